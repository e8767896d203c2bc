import Events
import Foundation

/// The standard record format by Foundation's `JSONDecoder` and `Decimal`, for comparison: slow, and
/// independent of the decoder under test.
struct ReferenceDecoder {
  struct Rejection: Error {}

  private let decoder = JSONDecoder()
  private let calendar: Calendar
  private var midnights: [String: Int64] = [:]

  init() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    self.calendar = calendar
  }

  mutating func decode(_ bytes: [UInt8]) throws -> Decoded {
    let record = try decoder.decode(ReferenceRecord.self, from: Data(bytes))
    let user = try id(record.user)
    let device = record.device == nil ? "" : try id(record.device)
    guard (1...256).contains(user.utf8.count), device.utf8.count <= 256 else { throw Rejection() }
    let hasAxes = record.x != nil || record.y != nil || record.z != nil
    guard [record.value != nil, hasAxes, record.samples != nil].filter({ $0 }).count == 1 else {
      throw Rejection()
    }
    // Whatever known field is there must be readable, even if the shape does not use it.
    let times = try [record.time, record.burstStart].map { try $0.map { try milliseconds($0) } }
    let rate = try record.rate.map { try number($0) }
    if let rate, rate <= 0 || rate > 100_000 { throw Rejection() }
    var samples: [Sample] = []
    var axes: [AxisSample] = []
    if let elements = record.samples {
      guard let start = times[1], let rate, !elements.isEmpty else { throw Rejection() }
      for (index, element) in elements.enumerated() {
        let value: Int32
        switch element {
        case .single(let scalar): value = try units(scalar)
        case .vector(let vector):
          value = try magnitude(vector)
          axes.append(try axisSample(vector))
        }
        guard isAlike(element, elements[0]) else { throw Rejection() }
        samples.append(Sample(time: try sampleTime(start, index, rate), value: value))
      }
    } else {
      guard let time = times[0] else { throw Rejection() }
      let vector = [record.x, record.y, record.z].compactMap { $0 }
      let value = hasAxes ? try magnitude(vector) : try record.value.map { try units($0) }
      if hasAxes { axes.append(try axisSample(vector)) }
      guard let value else { throw Rejection() }
      samples = [Sample(time: time, value: value)]
    }
    var decoded = Decoded(user: user, device: device, samples: samples, axes: axes)
    decoded.location = try location(record)
    if record.timezone != nil { decoded.timeZone = try id(record.timezone) }
    if record.site != nil { decoded.site = try id(record.site) }
    guard decoded.site.utf8.count <= 256, decoded.timeZone.utf8.count <= 64,
      decoded.timeZone.wholeMatch(of: /[A-Za-z0-9\/_+-]*/) != nil
    else { throw Rejection() }
    return decoded
  }

  private func location(_ record: ReferenceRecord) throws -> GeoLocation? {
    func degrees(_ scalar: ReferenceRecord.Scalar?, limit: Decimal) throws -> Double? {
      guard let scalar else { return nil }
      var scaled = try number(scalar) * 10_000_000
      var rounded = Decimal()
      NSDecimalRound(&rounded, &scaled, 0, .plain)
      guard abs(rounded) <= limit * 10_000_000 else { throw Rejection() }
      return NSDecimalNumber(decimal: rounded).doubleValue / 1e7
    }
    let latitude = try degrees(record.latitude, limit: 90)
    let longitude = try degrees(record.longitude, limit: 180)
    guard let latitude, let longitude else {
      guard latitude == nil, longitude == nil else { throw Rejection() }
      return nil
    }
    return GeoLocation(latitude: latitude, longitude: longitude)
  }

  private func isAlike(_ one: ReferenceRecord.Element, _ other: ReferenceRecord.Element) -> Bool {
    switch (one, other) {
    case (.single, .single), (.vector, .vector): true
    default: false
    }
  }

  private func id(_ scalar: ReferenceRecord.Scalar?) throws -> String {
    switch scalar {
    case .text(let text): return text
    case .number(let number):
      var value = number
      var rounded = Decimal()
      NSDecimalRound(&rounded, &value, 0, .plain)
      guard rounded == number else { throw Rejection() }
      return number.description
    case nil: throw Rejection()
    }
  }

  /// A number, quoted or not. Inside the quotes it must be JSON without white space around it.
  private func number(_ scalar: ReferenceRecord.Scalar) throws -> Decimal {
    switch scalar {
    case .number(let number): return number
    case .text(let text):
      guard let first = text.utf8.first, let last = text.utf8.last,
        first == UInt8(ascii: "-") || (0x30...0x39).contains(first), (0x30...0x39).contains(last)
      else { throw Rejection() }
      guard
        case .number(let number) = try decoder.decode(
          ReferenceRecord.Scalar.self, from: Data(text.utf8))
      else { throw Rejection() }
      return number
    }
  }

  private func units(_ scalar: ReferenceRecord.Scalar) throws -> Int32 {
    var scaled = try number(scalar) * 1_000_000
    var rounded = Decimal()
    NSDecimalRound(&rounded, &scaled, 0, .plain)
    guard abs(rounded) <= Decimal(Sample.maxMagnitude) else { throw Rejection() }
    return NSDecimalNumber(decimal: rounded).int32Value
  }

  private func magnitude(_ axes: [ReferenceRecord.Scalar]) throws -> Int32 {
    guard axes.count == 3 else { throw Rejection() }
    let sum = try axes.reduce(Int128(0)) { sum, axis in
      let value = Int128(try units(axis))
      return sum + value * value
    }
    var low: Int128 = 0
    var high: Int128 = 1 << 32
    // The largest root with (root − ½)² ≤ sum, found by bisection.
    while high - low > 1 {
      let middle = (low + high) / 2
      if (2 * middle - 1) * (2 * middle - 1) <= 4 * sum { low = middle } else { high = middle }
    }
    guard low <= Int128(Sample.maxMagnitude) else { throw Rejection() }
    return Int32(low)
  }

  private func axisSample(_ axes: [ReferenceRecord.Scalar]) throws -> AxisSample {
    let thousandths = try axes.map { axis in
      let rounded = (Double(try units(axis)) / 1000).rounded(.toNearestOrAwayFromZero)
      return Int16(max(-32_767, min(32_767, rounded)))
    }
    return AxisSample(x: thousandths[0], y: thousandths[1], z: thousandths[2])
  }

  private func sampleTime(_ start: Int64, _ index: Int, _ rate: Decimal) throws -> Int64 {
    // ⌊index·1000 / rate⌋ as the largest integer t with t·rate ≤ index·1000.
    let target = Decimal(index * 1000)
    guard target / rate < 1_000_000_000_000_000 else { throw Rejection() }
    var step = Int64(NSDecimalNumber(decimal: target / rate).doubleValue)
    while Decimal(step) * rate > target { step -= 1 }
    while Decimal(step + 1) * rate <= target { step += 1 }
    guard start + step <= Sample.maxTime else { throw Rejection() }
    return start + step
  }

  private mutating func milliseconds(_ scalar: ReferenceRecord.Scalar) throws -> Int64 {
    if case .text(let text) = scalar, Array(text.utf8).dropFirst(4).first == UInt8(ascii: "-"),
      let time = date(text)
    {
      guard (0...Sample.maxTime).contains(time) else { throw Rejection() }
      return time
    }
    var value = try number(scalar)
    var floor = Decimal()
    NSDecimalRound(&floor, &value, 0, .down)
    guard floor >= 0, floor <= Decimal(Sample.maxTime) else { throw Rejection() }
    return NSDecimalNumber(decimal: floor).int64Value
  }

  /// RFC 3339 or the original's form, by splitting the text.
  private mutating func date(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, [0x20, 0x54, 0x74].contains(bytes[10]) else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      let digits = bytes[range]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    guard bytes[13] == 0x3A, bytes[16] == 0x3A, let hour = number(11..<13), hour < 24,
      let minute = number(14..<16), minute < 60, let second = number(17..<19), second < 61,
      let midnight = midnight(String(decoding: bytes[..<10], as: UTF8.self))
    else { return nil }
    var tail = bytes[19...]
    var offset = 0
    if tail.first == 0x20 {
      guard tail.count <= 7 else { return nil }
    } else if tail.last == 0x5A || tail.last == 0x7A {
      tail.removeLast()
    } else {
      guard tail.count >= 6, let hours = number(bytes.count - 5..<bytes.count - 3), hours < 24,
        let minutes = number(bytes.count - 2..<bytes.count), minutes < 60,
        bytes[bytes.count - 3] == 0x3A, [0x2B, 0x2D].contains(bytes[bytes.count - 6])
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[bytes.count - 6] == 0x2D ? -1 : 1)
      tail.removeLast(6)
    }
    var fraction = 0
    if let mark = tail.popFirst() {
      guard mark == 0x2E || mark == 0x20, !tail.isEmpty,
        tail.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      fraction = Int(
        String(decoding: Array((Array(tail) + [0x30, 0x30]).prefix(3)), as: UTF8.self))!
    }
    let minutes = hour * 60 + minute - offset
    if second == 60, (minutes + 2880) % 1440 != 1439 { return nil }
    return midnight + Int64(minutes) * 60_000
      + (second == 60 ? 59_999 : Int64(second * 1000 + fraction))
  }

  private mutating func midnight(_ date: String) -> Int64? {
    if let known = midnights[date] { return known }
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int(parts[0]), year >= 1600
    else { return nil }
    let components = DateComponents(year: year, month: Int(parts[1]), day: Int(parts[2]))
    guard components.isValidDate(in: calendar), let day = calendar.date(from: components) else {
      return nil
    }
    midnights[date] = Int64(day.timeIntervalSince1970) * 1000
    return midnights[date]
  }
}

/// A record as `JSONDecoder` sees it.
struct ReferenceRecord: Decodable {
  enum Scalar: Decodable {
    case number(Decimal)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let number = try? container.decode(Decimal.self) {
        self = .number(number)
      } else {
        // Numbers too small for a Decimal, and zeros with a large exponent.
        guard abs(try container.decode(Double.self)) < 1e-100 else {
          throw ReferenceDecoder.Rejection()
        }
        self = .number(0)
      }
    }
  }

  enum Element: Decodable {
    case single(Scalar)
    case vector([Scalar])

    init(from decoder: any Decoder) throws {
      if let scalar = try? Scalar(from: decoder) {
        self = .single(scalar)
      } else {
        self = .vector(try [Scalar](from: decoder))
      }
    }
  }

  private enum Name: String, CodingKey {
    case user, userid, device, ts, time, acc, value, x, y, z, t0, hz, samples
    case latitude, longitude, timezone, site
  }

  var user: Scalar?
  var device: Scalar?
  var time: Scalar?
  var value: Scalar?
  var x: Scalar?
  var y: Scalar?
  var z: Scalar?
  var burstStart: Scalar?
  var rate: Scalar?
  var samples: [Element]?
  var latitude: Scalar?
  var longitude: Scalar?
  var timezone: Scalar?
  var site: Scalar?

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    func scalar(_ names: Name...) throws -> Scalar? {
      let present = names.filter { container.contains($0) }
      guard present.count <= 1 else { throw ReferenceDecoder.Rejection() }
      return try present.first.map { try container.decode(Scalar.self, forKey: $0) }
    }
    user = try scalar(.user, .userid)
    device = try container.decodeIfPresent(Scalar.self, forKey: .device)
    time = try scalar(.ts, .time)
    value = try scalar(.acc, .value)
    x = try scalar(.x)
    y = try scalar(.y)
    z = try scalar(.z)
    burstStart = try scalar(.t0)
    rate = try scalar(.hz)
    latitude = try container.decodeIfPresent(Scalar.self, forKey: .latitude)
    longitude = try container.decodeIfPresent(Scalar.self, forKey: .longitude)
    timezone = try container.decodeIfPresent(Scalar.self, forKey: .timezone)
    site = try container.decodeIfPresent(Scalar.self, forKey: .site)
    if container.contains(.samples) {
      samples = try container.decode([Element].self, forKey: .samples)
    }
  }
}

import Events
import Foundation

/// A camera event of our own format as a test makes it or a reader sees it.
struct CameraEvent: Equatable {
  struct Object: Equatable {
    var name: String
    /// Millionths.
    var probability: Int
    /// Millionths of the image: x, y, width, height.
    var box: [Int]?
    var track: String?
    var zones: [String]
    var isStationary: Bool
  }

  var user: String
  var device: String
  var site: String
  var time: Int64
  var location: GeoLocation?
  /// −1 for what is not known; contrast in millionths.
  var width = -1
  var height = -1
  var bytes = -1
  var contrast = -1
  var objects: [Object]

  init(
    user: String, device: String, site: String, time: Int64, objects: [Object]
  ) {
    (self.user, self.device, self.site, self.time) = (user, device, site, time)
    self.objects = objects
  }

  /// What the decoder gave.
  init?(_ batch: FrameBatch, _ fixture: CameraFixture) {
    func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
    guard batch.frames.count == 1, let frame = batch.frames.first else { return nil }
    self.init(
      user: text(frame.user), device: text(frame.device), site: text(frame.site), time: frame.time,
      objects: [])
    location = frame.location
    (width, height) = (Int(frame.image.width), Int(frame.image.height))
    (bytes, contrast) = (Int(frame.image.bytes), Int(frame.image.contrast))
    objects = batch.objects[frame.objects].map { object in
      let zones = batch.zoneIDs[Int(object.zones.lowerBound)..<Int(object.zones.upperBound)]
      let box = object.box
      return Object(
        name: fixture.names.classes.name(object.classID), probability: Int(object.probability),
        box: object.flags.contains(.hasBox)
          ? [box.x, box.y, box.width, box.height].map(Int.init) : nil,
        track: object.track == 0 ? nil : String(object.track),
        zones: zones.map(fixture.names.zones.name),
        isStationary: object.flags.contains(.stationary))
    }
  }

  /// Whether numbers differ by no more than what binary floating point does to them.
  func isAlike(_ other: CameraEvent) -> Bool {
    func near(_ one: [Int]?, _ two: [Int]?) -> Bool {
      guard let one, let two else { return one == nil && two == nil }
      return zip(one, two).allSatisfy { abs($0 - $1) <= 1 }
    }
    func near(_ one: GeoLocation?, _ two: GeoLocation?) -> Bool {
      guard let one, let two else { return one == nil && two == nil }
      return abs(one.latitude - two.latitude) < 1.1e-7
        && abs(one.longitude - two.longitude) < 1.1e-7
    }
    return near(location, other.location) && user.utf8.elementsEqual(other.user.utf8)
      && device.utf8.elementsEqual(other.device.utf8)
      && site.utf8.elementsEqual(other.site.utf8) && time == other.time && width == other.width
      && height == other.height && bytes == other.bytes && abs(contrast - other.contrast) <= 1
      && objects.count == other.objects.count
      && zip(objects, other.objects).allSatisfy { one, two in
        one.name == two.name && near([one.probability], [two.probability])
          && near(one.box, two.box) && one.track == two.track && one.zones == two.zones
          && one.isStationary == two.isStationary
      }
  }
}

/// Our own format by Foundation's `JSONSerialization`, for comparison: slow, simple, and independent of the
/// decoder under test. It takes records of the decoder's for good ones and says what is in them.
struct CameraReference {
  struct Rejection: Error {}

  static func decode(_ bytes: [UInt8]) throws -> CameraEvent {
    guard
      let top = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
      let list = top["objects"] as? [Any]
    else { throw Rejection() }
    var event = CameraEvent(
      user: try id(top["user"] ?? top["userid"]) ?? "", device: try id(top["device"]) ?? "",
      site: try id(top["site"]) ?? "", time: try time(top["ts"] ?? top["time"]), objects: [])
    if let image = top["image"] as? [String: Any] {
      event.width = try number(image["width"]).map { Int($0) } ?? -1
      event.height = try number(image["height"]).map { Int($0) } ?? -1
      event.bytes = try number(image["bytes"]).map { Int($0) } ?? -1
      event.contrast = try number(image["contrast"]).map(millionths) ?? -1
    }
    let latitude = try number(top["latitude"])
    let longitude = try number(top["longitude"])
    if let latitude, let longitude {
      guard abs(latitude) < 90.0000001, abs(longitude) < 180.0000001 else { throw Rejection() }
      event.location = GeoLocation(latitude: latitude, longitude: longitude)
    } else if latitude != nil || longitude != nil {
      throw Rejection()
    }
    event.objects = try list.map { try object($0, event) }
    return event
  }

  private static func object(_ value: Any, _ event: CameraEvent) throws -> CameraEvent.Object {
    guard let members = value as? [String: Any],
      let name = (members["class"] ?? members["label"]) as? String,
      let probability = try number(members["probability"])
    else { throw Rejection() }
    var zones: [String] = []
    for zone in members["zones"] as? [String] ?? [] {
      let lower = String(decoding: zone.utf8.map(lowercased), as: UTF8.self)
      if !zones.contains(where: { $0.utf8.elementsEqual(lower.utf8) }) { zones.append(lower) }
    }
    return CameraEvent.Object(
      name: String(decoding: name.utf8.map(lowercased), as: UTF8.self),
      probability: millionths(probability), box: try box(members["box"], event),
      track: try id(members["track"]).flatMap { $0.isEmpty ? nil : String(EventsTests.track($0)) },
      zones: zones, isStationary: members["stationary"] as? Bool ?? false)
  }

  private static func box(_ value: Any?, _ event: CameraEvent) throws -> [Int]? {
    guard let list = value as? [Any] else { return nil }
    var box = try list.compactMap { try number($0) }
    guard box.count == 4 else { throw Rejection() }
    if box.contains(where: { millionths($0) > 1_000_000 }) {
      guard event.width > 0, event.height > 0 else { throw Rejection() }
      for index in [0, 2] { box[index] /= Double(event.width) }
      for index in [1, 3] { box[index] /= Double(event.height) }
    }
    let left = min(1, max(0, box[0]))
    let top = min(1, max(0, box[1]))
    return [
      left, top, min(1, max(0, box[0] + box[2])) - left, min(1, max(0, box[1] + box[3])) - top,
    ].map(millionths)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    0x41...0x5A ~= byte ? byte + 32 : byte
  }

  private static func millionths(_ number: Double) -> Int {
    Int((number * 1_000_000).rounded(.toNearestOrAwayFromZero))
  }

  private static func id(_ value: Any?) throws -> String? {
    switch value {
    case nil, is NSNull: return nil
    case let text as String: return text
    case let number as NSNumber: return number.stringValue
    default: throw Rejection()
    }
  }

  private static func number(_ value: Any?) throws -> Double? {
    switch value {
    case nil, is NSNull: return nil
    case let text as String:
      guard let number = Double(text) else { throw Rejection() }
      return number
    case let number as NSNumber: return number.doubleValue
    default: throw Rejection()
    }
  }

  /// Unix milliseconds; −1 for a date, which is not read here.
  private static func time(_ value: Any?) throws -> Int64 {
    if let text = value as? String, Array(text.utf8).dropFirst(4).first == UInt8(ascii: "-") {
      return -1
    }
    guard let number = try number(value) else { throw Rejection() }
    return Int64(number.rounded(.down))
  }
}

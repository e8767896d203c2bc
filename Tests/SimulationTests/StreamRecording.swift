import Foundation

@testable import simulation

/// Everything that a population made, kept for looking at.
struct StreamRecording {
  struct Message: Equatable {
    var key: String
    var value: [UInt8]
    var due: Int64
    var text: String { String(decoding: value, as: UTF8.self) }
  }
  var messages: [Message] = []
  var truths: [Truth] = []
  var counters = PopulationCounters()

  static let start: Int64 = 1_767_225_600_000  // 2026-01-01T00:00:00Z

  /// Makes so many records of wearers, and then gives out what is still delayed.
  init(records: Int, _ change: (inout PopulationConfiguration) -> Void = { _ in }) throws {
    var configuration = PopulationConfiguration(startTime: Self.start)
    configuration.users = 10
    change(&configuration)
    try self.init(configuration, records: records)
  }

  /// The same of cameras, for so long.
  init(
    cameraSeconds: Double, _ change: (inout CameraPopulationConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = CameraPopulationConfiguration(startTime: Self.start)
    configuration.users = 3
    change(&configuration)
    let rate = Double(configuration.users * configuration.cameras) * configuration.rate
    try self.init(configuration, records: Int(rate * cameraSeconds))
  }

  private init(_ configuration: some StreamConfiguration, records: Int) throws {
    let population = try configuration.makeStream()
    var messages: [Message] = []
    var truths: [Truth] = []
    func note(_ record: borrowing RecordView) {
      messages.append(
        Message(
          key: String(decoding: record.key, as: UTF8.self), value: Array(record.value),
          due: record.due))
    }
    while population.counters.records < records {
      population.next(note) { truths.append($0) }
    }
    while population.nextDelayed(note) {}
    self.messages = messages
    self.truths = truths
    counters = population.counters
  }
}

/// A record as a reader that owes nothing to us sees it: by Foundation's JSON parser.
struct ReadRecord {
  var user: String
  /// Unix milliseconds of the first sample.
  var time: Double
  var hertz: Double
  /// Magnitudes in g.
  var values: [Double]

  /// nil when the bytes are no valid record of the format.
  init?(_ bytes: [UInt8], _ format: RecordFormat) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    else { return nil }
    func number(_ any: Any?) -> Double? {
      guard let value = any as? NSNumber, value.doubleValue.isFinite else { return nil }
      return value.doubleValue
    }
    guard let user = object[format == .original ? "userid" : "user"] as? String,
      (1...256).contains(user.utf8.count)
    else { return nil }
    self.user = user
    hertz = 0
    switch format {
    case .original:
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(identifier: "UTC")
      formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
      guard let text = object["time"] as? String, text.count == 26,
        let date = formatter.date(from: String(text.prefix(19))),
        let micro = Double(text.suffix(6)), let acc = object["acc"] as? String,
        let value = Double(acc), value.isFinite
      else { return nil }
      time = date.timeIntervalSince1970 * 1_000 + micro / 1_000
      values = [value]
    case .axes:
      guard let time = number(object["ts"]), let x = number(object["x"]),
        let y = number(object["y"]), let z = number(object["z"])
      else { return nil }
      self.time = time
      values = [(x * x + y * y + z * z).squareRoot()]
    case .burst:
      guard let time = number(object["t0"]), let hertz = number(object["hz"]),
        let samples = object["samples"] as? [[Any]], !samples.isEmpty
      else { return nil }
      self.time = time
      self.hertz = hertz
      values = []
      for sample in samples {
        let axes = sample.compactMap(number)
        guard axes.count == 3, sample.count == 3 else { return nil }
        values.append(axes.reduce(0) { $0 + $1 * $1 }.squareRoot())
      }
    }
    let tenYears = 10 * 365 * 86_400_000.0
    guard time < Double(StreamRecording.start) + tenYears / 2,
      values.allSatisfy({ $0 < 1_000 })
    else { return nil }
  }
}

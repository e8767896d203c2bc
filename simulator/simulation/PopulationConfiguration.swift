/// How a record is written.
public enum RecordFormat: String, CaseIterable, Sendable {
  /// `{"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}`, the magnitude in g.
  case original
  /// `{"user":"u-17","device":"watch","ts":1795255200123,"x":0.01,"y":-0.02,"z":0.99}`, in g.
  case axes
  /// `{"user":"u-17","device":"watch","t0":1795255200000,"hz":50,"samples":[[0.01,-0.02,0.99], …]}`: all
  /// samples of the time since the wearer's record before.
  case burst
}

/// Why a simulation cannot be run as asked.
public struct SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// Who is simulated, and what is wrong with the stream on purpose.
///
/// Two populations of equal configuration make the same stream, byte for byte.
public struct PopulationConfiguration: StreamConfiguration, Hashable {
  /// Wearers, 1 to 10,000,000.
  public var users = 2_000
  /// Records a second of each wearer, 0.001 to 1,000.
  public var rate = 1.0
  /// Samples a second inside a burst, 1 to 1,000. At most 100,000 samples make one record.
  public var hertz = 50.0
  public var format = RecordFormat.axes
  /// The mean number of records from one anomaly to the next over the whole stream; 0 for none. A wearer
  /// who has fallen has no second anomaly before getting up.
  public var anomalyEvery = 0
  /// The share of the anomalies that are falls; the others are single outliers.
  public var falls = 0.5
  public var disturbances = Disturbances()
  public var seed: UInt64 = 1
  /// Event time at which the stream begins: Unix milliseconds, from 1970 to 9990.
  public var startTime: Int64
  /// What user ids begin with, before the wearer's number; nil for the format's own (`u-`, and nothing
  /// in the original's). No quotes, backslashes or control characters, at most 200 bytes.
  public var userPrefix: String?
  /// The device of every wearer; empty leaves it out. The original's format has none.
  public var device = "watch"
  /// The share of the wearers whose records say where they are; not in the original's format.
  public var placed = 0.0

  public init(startTime: Int64) {
    self.startTime = startTime
  }

  /// - Throws: the first setting that is out of its range.
  public func validate() throws(SimulationError) {
    try require((1...10_000_000).contains(users), "users must be from 1 to 10,000,000")
    try require((0.001...1_000).contains(rate), "the rate must be from 0.001 to 1,000 a second")
    try require((1...1_000).contains(hertz), "the sampling rate must be from 1 to 1,000 Hz")
    try require(hertz / rate <= 100_000, "a burst would have more than 100,000 samples")
    try require(anomalyEvery >= 0, "the number of records between anomalies cannot be negative")
    try require((0...1).contains(falls), "the share of falls must be from 0 to 1")
    try require((0...1).contains(placed), "the share of placed wearers must be from 0 to 1")
    try disturbances.validate()
    try require(
      (0...253_000_000_000_000).contains(startTime), "the start time must be from 1970 to 9987")
    for text in [userPrefix ?? "", device] {
      try require(
        text.utf8.count <= 200
          && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F },
        "user prefix and device may have at most 200 bytes, no quotes, no backslashes")
    }
  }

  public func makeStream() throws(SimulationError) -> any MessageStream { try Population(self) }

  /// How many samples one record has.
  public var samplesPerRecord: Int {
    format == .burst ? max(1, Int((hertz / rate).rounded())) : 1
  }

  var prefix: String { userPrefix ?? (format == .original ? "" : "u-") }
}

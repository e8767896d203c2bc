// What the engine found in single samples, windows and records.

/// A sample that does not fit its subject's recent past.
public struct Anomaly: Sendable {
  public var subject: UInt32
  public var time: Int64
  public var value: Double
  public var mean: Double
  public var std: Double
  public var score: Double
  /// The detector that flagged it, e.g. `zscore`.
  public var detector: String
  public var origin: RecordOrigin

  public init(
    subject: UInt32, time: Int64, value: Double, mean: Double, std: Double, score: Double,
    detector: String, origin: RecordOrigin
  ) {
    self.subject = subject
    self.time = time
    self.value = value
    self.mean = mean
    self.std = std
    self.score = score
    self.detector = detector
    self.origin = origin
  }
}

/// A closed tumbling window of one subject.
///
/// A batch of very many subjects closes a hundred thousand at once: numbers are kept as short as they can be.
public struct WindowAggregate: Sendable {
  public var subject: UInt32
  private var shortCount: UInt32
  /// The window covers `start ..< end`. Another start moves it as it is, another end makes it longer or shorter.
  public var start: Int64
  /// The length in milliseconds, above it in four bits the digits.
  private var lengthAndDigits: UInt32
  private let shortFlagged: UInt32
  public var mean: Double
  /// Sample standard deviation; 0 for a single sample.
  public var std: Double
  public var min: Double
  public var max: Double
  private var firstPacked: UInt32
  private var packedBytes: UInt32

  private static let digitsShift: UInt32 = 28

  /// How long the window is, in milliseconds: less than 2²⁸, which is three days.
  public var length: Int64 { Int64(lengthAndDigits & (1 << Self.digitsShift - 1)) }

  public var end: Int64 {
    get { start + length }
    set {
      precondition(0..<1 << Int64(Self.digitsShift) ~= newValue - start)
      lengthAndDigits = UInt32(newValue - start) | UInt32(digits) << Self.digitsShift
    }
  }

  public var count: Int {
    get { Int(shortCount) }
    set { shortCount = UInt32(newValue) }
  }

  public var flagged: Int { Int(shortFlagged) }

  /// Decimal digits of the packed samples' fixed point: a packed 1 means 10^−digits.
  public var digits: Int { Int(lengthAndDigits >> Self.digitsShift) }

  /// The bytes of `Decisions.packedSamples` that hold this window's samples.
  public var packed: Range<Int> {
    get { Int(firstPacked)..<Int(firstPacked) + Int(packedBytes) }
    set { (firstPacked, packedBytes) = (UInt32(newValue.lowerBound), UInt32(newValue.count)) }
  }

  /// - Precondition: the bounds of ``length``, ``digits`` (0 … 15), and 32 bits for counts and places.
  public init(
    subject: UInt32, start: Int64, end: Int64, count: Int, mean: Double, std: Double, min: Double,
    max: Double, flagged: Int, digits: Int, packed: Range<Int>
  ) {
    self.subject = subject
    self.start = start
    precondition(0..<16 ~= digits)
    lengthAndDigits = UInt32(digits) << Self.digitsShift
    shortCount = UInt32(count)
    self.mean = mean
    self.std = std
    self.min = min
    self.max = max
    shortFlagged = UInt32(flagged)
    firstPacked = UInt32(packed.lowerBound)
    packedBytes = UInt32(packed.count)
    self.end = end
  }
}

/// A sample that came after its window had been closed.
public struct LateSample: Sendable {
  public var subject: UInt32
  public var time: Int64
  public var value: Double
  /// How far behind the subject's newest sample it came, in milliseconds.
  public var lateness: Int64
  public var origin: RecordOrigin

  public init(subject: UInt32, time: Int64, value: Double, lateness: Int64, origin: RecordOrigin) {
    self.subject = subject
    self.time = time
    self.value = value
    self.lateness = lateness
    self.origin = origin
  }
}

/// A header of a Kafka record, untouched.
public struct RecordHeader: Equatable, Sendable {
  public var name: String
  /// `nil` for a header without a value.
  public var value: [UInt8]?

  public init(name: String, value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}

/// A record that could not be used, as the table and the dead-letter topic keep it.
public struct InvalidRecordRow: Sendable {
  public var origin: RecordOrigin
  /// Kafka's timestamp of the record, in milliseconds since 1970.
  public var timestamp: Int64
  /// The reason's name, e.g. `missing_field`: one of a bounded set, so that it can label a metric.
  public var reason: String
  /// What is wrong and where, in words.
  public var detail: String
  /// The record's key and value, untouched.
  public var key: [UInt8]?
  public var value: [UInt8]
  public var headers: [RecordHeader]

  public init(
    origin: RecordOrigin, timestamp: Int64, reason: String, detail: String, key: [UInt8]?,
    value: [UInt8], headers: [RecordHeader] = []
  ) {
    self.headers = headers
    self.origin = origin
    self.timestamp = timestamp
    self.reason = reason
    self.detail = detail
    self.key = key
    self.value = value
  }
}

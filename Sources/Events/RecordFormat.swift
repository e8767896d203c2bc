/// What the records of one stream look like, and the limits they must keep.
///
/// The shape of a record is told by the fields it holds: `samples` makes it a burst, `x`, `y` and `z`
/// a magnitude, `value` a single number. The format is checked when it is made, so that whoever holds
/// one may rely on it.
public struct RecordFormat: Equatable, Sendable {
  /// The unit that the records' numbers are in. Values are kept and judged in g.
  public enum Unit: Equatable, Sendable, CaseIterable {
    /// Standard gravity; no conversion.
    case g
    /// Divided by 9.80665 (the standard acceleration of gravity, ISO 80000-3), exactly, and rounded
    /// once: half away from zero, to the stream's resolution.
    case metresPerSecondSquared
    /// Any other quantity; no conversion.
    case none
  }

  /// The JSON names of the fields.
  public let names: RecordFieldNames
  /// The unit of the records' numbers.
  public let unit: Unit
  /// The resolution: one unit of a ``Sample`` is 10^−digits, 0 to 9.
  public let digits: Int
  /// The largest record in bytes, 1 to 64 MiB.
  public let maxRecordBytes: Int
  /// How far a sample's time may lie after the record's arrival, in milliseconds.
  public let maxFutureSkew: Int64
  /// The most samples that one burst may hold, 1 to 1,000,000.
  public let maxBurstSamples: Int

  /// The formats that devices send without any configuration: names as in ``RecordFieldNames``, values
  /// in g, resolution one millionth of a g.
  public static let standard = RecordFormat()

  private init() {
    names = RecordFieldNames()
    unit = .g
    digits = 6
    maxRecordBytes = 1 << 20
    maxFutureSkew = 300_000
    maxBurstSamples = 10_000
  }

  /// - Throws: ``RecordFormatError`` if a number is out of its range or the names contradict each
  ///   other.
  public init(
    names: RecordFieldNames = RecordFieldNames(), unit: Unit = .g, digits: Int = 6,
    maxRecordBytes: Int = 1 << 20, maxFutureSkew: Int64 = 300_000, maxBurstSamples: Int = 10_000
  ) throws(RecordFormatError) {
    func check(_ holds: Bool, _ setting: String, _ problem: String) throws(RecordFormatError) {
      guard holds else { throw RecordFormatError(setting: setting, problem: problem) }
    }
    try check((0...9).contains(digits), "resolution", "must have 0 to 9 decimals, has \(digits)")
    try check(
      (1...64 << 20).contains(maxRecordBytes), "maxRecordBytes",
      "must be 1 to 67108864, is \(maxRecordBytes)")
    try check(
      (0...Sample.maxTime).contains(maxFutureSkew), "maxFutureSkew",
      "must be 0 ms to \(Sample.maxTime) ms, is \(maxFutureSkew) ms")
    try check(
      (1...1_000_000).contains(maxBurstSamples), "maxBurstSamples",
      "must be 1 to 1000000, is \(maxBurstSamples)")
    try names.validate()
    self.names = names
    self.unit = unit
    self.digits = digits
    self.maxRecordBytes = maxRecordBytes
    self.maxFutureSkew = maxFutureSkew
    self.maxBurstSamples = maxBurstSamples
  }

  /// How many units of a ``Sample`` make 1: 10^digits. A sample's value divided by it is the value in
  /// the stream's unit.
  public var unitsPerOne: Double {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return scale
  }
}

/// A contradiction in a ``RecordFormat``.
public struct RecordFormatError: Error, Equatable, CustomStringConvertible {
  /// The setting at fault, as the configuration spells it: `resolution`, `fields.user`, …
  public let setting: String
  /// What is wrong with it.
  public let problem: String

  public var description: String { "\(setting): \(problem)" }
}

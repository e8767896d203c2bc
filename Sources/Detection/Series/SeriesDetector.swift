/// One number of a subject's series.
public struct SeriesPoint: Equatable, Sendable {
  /// Event time, in milliseconds since 1970.
  public var time: Int64
  /// In the stream's unit.
  public var value: Double

  public init(time: Int64, value: Double) {
    self.time = time
    self.value = value
  }
}

/// Says of each number of one subject's series how odd it is, by those before it.
///
/// A detector takes the points in the order of their times, each time greater than the one before; what
/// comes late is not for it. It is a value without clock or randomness: the same points lead to the same
/// scores, to the bit, also if it was saved and taken up again in between. A point costs O(1), amortised.
public protocol SeriesDetector: Sendable {
  associatedtype Rules: Equatable, Sendable

  init(_ rules: Rules)

  /// Judges a point by what came before it, then learns from it.
  ///
  /// - Returns: how odd it is, at least 0 and finite, in the detector's own measure; `nil` while too little
  ///   is known to judge by.
  mutating func score(_ point: SeriesPoint) -> Double?

  /// Writes all that later scores depend on.
  func save(to state: inout DetectorStateWriter)

  /// Takes up what a detector of the same rules saved; `nil` if these bytes are not that.
  init?(_ rules: Rules, from state: inout DetectorStateReader)
}

/// The durable form of detectors' state: 64-bit little-endian words, one after the other.
public struct DetectorStateWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// All that another one wrote.
  public mutating func append(_ other: DetectorStateWriter) {
    bytes.append(contentsOf: other.bytes)
  }

  public mutating func write(_ value: Int) { write(Int64(value)) }
  public mutating func write(_ value: Bool) { write(value ? 1 : 0) }
  public mutating func write(_ value: Double) { write(Int64(bitPattern: value.bitPattern)) }

  public mutating func write(_ values: some Collection<Double>) {
    write(values.count)
    for value in values { write(value) }
  }
}

/// Reads what a ``DetectorStateWriter`` wrote; every read fails once the bytes have run out.
public struct DetectorStateReader: Sendable {
  private let bytes: [UInt8]
  private var place = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { place == bytes.count }

  /// Of all the bytes, read or not.
  var digest: Int64 { StateDigest.of(bytes) }

  public mutating func integer() -> Int64? {
    guard bytes.count - place >= 8 else { return nil }
    defer { place += 8 }
    return bytes.withUnsafeBytes {
      Int64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Int64.self))
    }
  }

  /// The next words as a state by itself.
  public mutating func part(words: Int) -> DetectorStateReader? {
    guard words >= 0, words <= (bytes.count - place) / 8 else { return nil }
    defer { place += 8 * words }
    return DetectorStateReader(Array(bytes[place..<place + 8 * words]))
  }

  /// A count or an index: `nil` if it is negative or above `limit`.
  public mutating func count(limit: Int) -> Int? {
    guard let value = integer(), value >= 0, value <= Int64(limit) else { return nil }
    return Int(value)
  }

  public mutating func flag() -> Bool? {
    guard let value = integer(), value == 0 || value == 1 else { return nil }
    return value == 1
  }

  /// A finite number.
  public mutating func number() -> Double? {
    guard let value = integer() else { return nil }
    let number = Double(bitPattern: UInt64(bitPattern: value))
    return number.isFinite ? number : nil
  }

  /// At most `limit` finite numbers.
  public mutating func numbers(limit: Int) -> [Double]? {
    guard let count = count(limit: limit), bytes.count - place >= 8 * count else { return nil }
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      guard let value = number() else { return nil }
      values.append(value)
    }
    return values
  }
}

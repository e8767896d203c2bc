import Events

/// A record of one sample, decoded ahead of its judgement.
///
/// Its key's bytes are lent: they have to outlive it.
public struct SingleRecord {
  public let key: SubjectKey
  let sample: Sample
  let axes: AxisSample?
  let origin: RecordOrigin
  let arrival: Int64
  /// The index that its subject most likely has.
  var guess: UInt32?

  /// - Parameters:
  ///   - axes: the acceleration whose magnitude the sample is, if known.
  ///   - origin: the record's place; it is not admitted yet.
  ///   - arrival: when the record reached Kafka, in milliseconds since 1970.
  @inline(__always)
  public init(
    _ key: SubjectKey, _ sample: Sample, axes: AxisSample?, origin: RecordOrigin, arrival: Int64
  ) {
    self.key = key
    self.sample = sample
    self.axes = axes
    self.origin = origin
    self.arrival = arrival
  }
}

/// Room for the few records that are judged together, see ``Engine/ingest(_:)``.
public struct RecordGroup: ~Copyable {
  /// Enough that the first one's memory has come when the last one's has been asked for; few enough that the
  /// cache holds all.
  private static let capacity = 16

  private let records = UnsafeMutableBufferPointer<SingleRecord>.allocate(capacity: capacity)
  private var count = 0

  public init() {}

  deinit { records.deallocate() }

  public var isEmpty: Bool { count == 0 }
  public var isFull: Bool { count == Self.capacity }

  /// There must be room.
  @inline(__always)
  public mutating func append(_ record: SingleRecord) {
    records.initializeElement(at: count, to: record)
    count += 1
  }

  /// Empties it. What it held, in its order, is valid until the next `append`.
  mutating func take() -> UnsafeMutableBufferPointer<SingleRecord> {
    defer { count = 0 }
    return UnsafeMutableBufferPointer(rebasing: records[..<count])
  }
}

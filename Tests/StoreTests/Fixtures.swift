import Detection
import Events
import Foundation

@testable import Store

/// A folder that is removed with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/acalert.db" }
}

/// 2026-11-21T04:32:00.123Z
let moment: Int64 = 1_795_235_520_123

func identity(_ index: UInt32, kind: String = "wearer") -> SubjectIdentity {
  SubjectIdentity(kind: kind, user: "u-\(index)", device: "watch")
}

func row(
  _ subject: UInt32, _ state: SafetyState = .safe, previous: SafetyState = .unknown,
  transition: Bool = true, since: Int64 = moment, lastSeen: Int64 = moment, value: Double? = 1.02,
  score: Double? = 0.5, offset: Int64? = 7, evidence: [UInt8] = []
) -> StatusRow {
  StatusRow(
    subject: subject, state: state, previousState: previous, isTransition: transition,
    since: since, lastSeen: lastSeen, lastArrival: lastSeen + 5, value: value, mean: 1.01,
    std: 0.02, score: score, reason: "because of \(subject)",
    cause: offset.map { RecordOrigin(partition: 0, offset: $0) }, evidence: evidence)
}

let headersOfInvalid = [
  RecordHeader(name: "ce_id", value: [0, 255]), RecordHeader(name: "ce_id", value: nil),
  RecordHeader(name: "größe", value: []),
]

func invalid(_ offset: Int64, reason: String = "not_json", value: [UInt8] = [1, 2, 3])
  -> InvalidRecordRow
{
  InvalidRecordRow(
    origin: RecordOrigin(partition: 0, offset: offset), timestamp: moment, reason: reason,
    detail: "at byte 0", key: Array("k".utf8), value: value, headers: headersOfInvalid)
}

extension Decisions {
  /// Appends a window of one subject with these values, 20 ms apart.
  mutating func addWindow(_ subject: UInt32, start: Int64, values: [Int32]) {
    let begin = packedSamples.count
    let samples = values.enumerated().map { place, value in
      PackedSamples.Element(
        time: start + Int64(place) * 20, value: value, isFlagged: place == 1)
    }
    PackedSamples.pack(samples, start: start, into: &packedSamples)
    windows.append(
      WindowAggregate(
        subject: subject, start: start, end: start + 10_000, count: values.count, mean: 1,
        std: 0.5, min: 0, max: 2, flagged: 1, digits: 6, packed: begin..<packedSamples.count))
  }
}

/// A store with partition 0 registered and `count` subjects introduced.
func makeStore(
  _ folder: TemporaryFolder, subjects: UInt32 = 3, options: StoreOptions = StoreOptions()
) throws -> Store {
  let store = try Store(path: folder.database, options: options)
  try store.useConfiguration(
    ConfigurationVersion(
      version: "a1b2c3d4", text: "streams: []", firstUsed: moment, units: ["wearer": "g"]))
  _ = try store.partitionIndex(for: TopicPartitionName(topic: "accelerometer", partition: 3))
  var first = Decisions()
  first.subjects = (0..<subjects).map { NewSubject(index: $0, identity: identity($0)) }
  try store.apply(first)
  return store
}

/// The first column of each row of a query, as text.
func texts(_ sql: String, _ connection: Connection) throws -> [String] {
  let statement = try Statement(sql: sql, connection: connection)
  defer { statement.finalize() }
  var found: [String] = []
  try statement.forEachRow("test") { found.append(statement.text(0)) }
  return found
}

extension StoreError.Code {
  /// The code of the error that `body` throws.
  static func thrown(by body: () throws -> Void) -> StoreError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? StoreError)?.code
    }
  }
}

import Detection
import Foundation
import Testing

@testable import Store

@Suite struct LogMoverTests {
  private func bytes(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// Under constant writing the log is begun anew again and again, and what it held is in the database.
  @Test func theLogStaysShort() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.checkpointBytes = 400 << 10
    let store = try makeStore(folder, subjects: 50, options: options)
    var largest = 0
    for round in 0..<400 as Range<Int64> {
      var decisions = Decisions()
      for subject in 0..<50 as Range<UInt32> {
        decisions.addWindow(
          subject, start: moment + round * 10_000, values: (0..<40).map { $0 * 7_919 })
      }
      try store.apply(decisions)
      largest = max(largest, bytes(store.path + "-wal"))
    }
    store.close()
    #expect(bytes(folder.database) > 2 << 20)
    // At 800 pages nothing is left to chance; a batch writes some 200.
    #expect(largest < 1_200 * 4_120)
    let reader = try StoreReader(path: folder.database)
    let page = try reader.windows(
      of: identity(3), from: 0, to: .max, maxSamples: .max)
    #expect(page?.windows.count == 400)
    #expect(try integrity(folder.database) == ["ok"])
  }

  /// Somebody with an open transaction keeps the log from being begun anew; nothing waits for them.
  @Test func aReaderThatHoldsOnDelaysNobody() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.checkpointBytes = 40 << 10
    let store = try makeStore(folder, subjects: 5, options: options)
    let other = try Connection(path: store.path, access: .readOnly, busyTimeout: 0)
    try other.execute("BEGIN; SELECT count(*) FROM status_rows", attempted: "hold on")
    for round in 0..<200 as Range<Int64> {
      var decisions = Decisions()
      for subject in 0..<5 as Range<UInt32> {
        decisions.addWindow(subject, start: moment + round * 10_000, values: [1, 2, 3])
      }
      try store.apply(decisions)
    }
    let held = bytes(store.path + "-wal")
    #expect(held > 200 * 4_096)
    other.close()
    // From when the log has been moved on it is written from its beginning.
    var isShort = false
    for _ in 0..<10_000 where !isShort {
      var decisions = Decisions()
      decisions.addWindow(0, start: moment, values: [1])
      try store.apply(decisions)
      isShort = store.connection.moveLog().map { $0.pages < held / 4_096 / 2 } ?? false
      usleep(1_000)
    }
    #expect(isShort)
    store.close()
  }

  private func integrity(_ path: String) throws -> [String] {
    let connection = try Connection(path: path, access: .readOnly, busyTimeout: 1_000)
    defer { connection.close() }
    return try texts("PRAGMA integrity_check", connection)
  }
}

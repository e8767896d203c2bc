import Detection
import Events
import Foundation
import Store
import Testing
import Threads

@testable import AcalertService

struct WindowMergeTests {
  /// Beside the writing, and without anybody who reads noticing.
  @Test func windowsShareRowsAfterAWhile() throws {
    let path = RunningService.makeFolder() + "/acalert.db"
    let store = try Store(path: path)
    defer { store.close() }
    try store.useConfiguration(Configuration().configurationVersion(at: 0))
    let handOver = HandOver(capacity: 4)
    let counters = ServiceCounters()
    let writer = try StoreWriter(store, handOver, counters, mergingAge: 0)
    let thread = try NamedThread(name: "store") { writer.run() }
    for number in 0..<30 as Range<Int64> {
      #expect(handOver.put(batch(number), timeout: 10))
    }
    #expect(handOver.waitUntilEmpty(timeout: 10))
    let figures =
      "select id, user, start, count, mean, std, min, max, flagged from windows order by id"
    let before = try ForeignProgram.run(["sqlite3", "-readonly", path, figures])
    #expect(before.output.split(separator: "\n").count == 60)
    try eventually("all windows share rows") { counters.mergedWindows.current == 60 }
    let after = try ForeignProgram.run(["sqlite3", "-readonly", path, figures])
    #expect(after.output == before.output)
    let rows = try ForeignProgram.run([
      "sqlite3", "-readonly", path, "select count(*), sum(windows) from window_runs",
    ])
    #expect(rows.output == "2|60\n")
    handOver.close()
    #expect(thread.join(withinMilliseconds: 10_000))
  }

  /// The next window of two wearers.
  private func batch(_ number: Int64) -> Decisions {
    var batch = Decisions()
    let start = 1_700_000_100_000 + number * 10_000
    for subject in 0..<2 as Range<UInt32> {
      if number == 0 {
        let identity = SubjectIdentity(kind: "wearer", user: "u-\(subject)", device: "watch")
        batch.subjects.append(NewSubject(index: subject, identity: identity))
      }
      let samples = (0..<10).map {
        PackedSamples.Element(
          time: start + Int64($0) * 1_000, value: 1_000_000 + Int32($0) * 100, isFlagged: false)
      }
      let begin = batch.packedSamples.count
      PackedSamples.pack(samples, start: start, into: &batch.packedSamples)
      var sums = WindowSums()
      for sample in samples { sums.add(sample.value) }
      batch.windows.append(
        WindowAggregate(
          subject: subject, start: start, end: start + 10_000, count: 10, mean: sums.mean / 1e6,
          std: sums.standardDeviation / 1e6, min: 1, max: 1.0009, flagged: 0, digits: 6,
          packed: begin..<batch.packedSamples.count))
    }
    return batch
  }
}

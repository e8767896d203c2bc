import Detection
import Foundation
import Synchronization
import Testing

@testable import Store

struct ReaderPoolTests {
  @Test func readersAreLentUpToTheirNumber() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let pool = try ReaderPool(path: store.path, size: 1)
    try pool.withReader { _ in
      let code = StoreError.Code.thrown {
        try pool.withReader(wait: .milliseconds(20)) { _ = try $0.currentRevision() }
      }
      #expect(code == .readersBusy)
    }
    #expect(try pool.withReader { try $0.currentRevision() } == 0)
    pool.close()
    #expect(StoreError.Code.thrown { try pool.withReader { _ in } } == .readersBusy)
  }

  @Test func aWaitingThreadGetsTheReaderThatComesBack() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let pool = try ReaderPool(path: store.path, size: 1)
    let isDone = Mutex(false)
    let thread = Thread {
      _ = try? pool.withReader(wait: .seconds(30)) { try $0.currentRevision() }
      isDone.withLock { $0 = true }
    }
    pool.withReaderForTest { thread.start() }
    let end = ContinuousClock.now + .seconds(30)
    while !isDone.withLock({ $0 }), ContinuousClock.now < end { sched_yield() }
    #expect(isDone.withLock { $0 })
  }

  @Test func aReaderSeesOnlyWholeBatchesWhileTheWriterWrites() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 20)
    let pool = try ReaderPool(path: store.path, size: 2)
    let isDone = Mutex(false)
    let torn = Mutex(0)
    let reads = Mutex(0)
    let readers = (0..<2).map { _ in
      Thread {
        repeat {
          let page = try? pool.withReader { try $0.statusPage(StatusQuery()) }
          reads.withLock { $0 += 1 }
          guard let page else {
            torn.withLock { $0 += 1 }
            continue
          }
          let states = Set(page.items.map(\.state))
          if states.count > 1 || page.total != page.counts.total || page.revision % 20 != 0 {
            torn.withLock { $0 += 1 }
          }
        } while !isDone.withLock { $0 }
      }
    }
    for reader in readers { reader.start() }
    let end = ContinuousClock.now + .seconds(30)
    var turn = 0
    while turn < 100 || reads.withLock({ $0 }) < 20, ContinuousClock.now < end {
      turn += 1
      var batch = Decisions()
      batch.rows = (0..<20).map { row($0, turn % 2 == 0 ? .safe : .danger) }
      try store.apply(batch)
    }
    isDone.withLock { $0 = true }
    while readers.contains(where: { !$0.isFinished }), ContinuousClock.now < end { sched_yield() }
    #expect(torn.withLock { $0 } == 0)
  }

  @Test func aReaderCannotWriteAndItsQueriesEnd() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let reader = try StoreReader(path: store.path, timeLimit: .milliseconds(20))
    #expect(throws: StoreError.self) {
      try reader.connection.execute("DELETE FROM meta", attempted: "")
    }
    let code = StoreError.Code.thrown {
      try reader.reading("count for ever") {
        _ = try reader.connection.integer(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
          attempted: "count for ever")
      }
    }
    #expect(code == .timedOut)
    #expect(try reader.currentRevision() == 0)
  }
}

extension ReaderPool {
  /// Borrows a reader around `body`, which cannot fail.
  func withReaderForTest(_ body: () -> Void) {
    try? withReader { _ in body() }
  }
}

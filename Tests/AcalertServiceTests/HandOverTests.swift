import Detection
import Foundation
import Synchronization
import Testing
import Threads

@testable import AcalertService

struct HandOverTests {
  /// A batch that can be told from others.
  private func batch(_ number: Int) -> Decisions {
    var decisions = Decisions()
    decisions.recordCount = number
    return decisions
  }

  private func timed<Result>(_ body: () -> Result) -> (result: Result, seconds: Double) {
    let begin = WallClock.monotonicSeconds()
    let result = body()
    return (result, WallClock.monotonicSeconds() - begin)
  }

  @Test func batchesComeOutInOrder() {
    let handOver = HandOver(capacity: 3)
    for number in 1...3 { #expect(handOver.put(batch(number), timeout: 0)) }
    for number in 1...3 {
      #expect(handOver.take(timeout: 0)?.recordCount == number)
      handOver.finished(batch(number))
    }
  }

  @Test func noMoreThanItsCapacityWaits() {
    let handOver = HandOver(capacity: 2)
    #expect(handOver.hasRoom)
    #expect(handOver.put(batch(1), timeout: 0))
    #expect(handOver.hasRoom)
    #expect(handOver.put(batch(2), timeout: 0))
    #expect(!handOver.hasRoom)
    #expect(!handOver.put(batch(3), timeout: 0.02))
    #expect(handOver.take(timeout: 0)?.recordCount == 1)
    #expect(handOver.hasRoom)
    #expect(handOver.put(batch(3), timeout: 0))
  }

  /// Small ones may: memory is what it is about.
  @Test func besideALargeBatchNoOtherWaits() {
    var large = batch(1)
    large.packedSamples = [UInt8](repeating: 0, count: 1_000)
    let handOver = HandOver(capacity: 2, largeBytes: 1_000)
    #expect(handOver.put(large, timeout: 0))
    #expect(!handOver.hasRoom)
    #expect(!handOver.put(batch(2), timeout: 0.02))
    #expect(handOver.take(timeout: 0)?.recordCount == 1)
    #expect(handOver.hasRoom)
    #expect(handOver.put(batch(2), timeout: 0))
    // A small one waits, so a large one may wait, too; but then nothing else.
    #expect(handOver.hasRoom)
    #expect(handOver.put(large, timeout: 0))
    #expect(handOver.take(timeout: 0)?.recordCount == 2)
    #expect(!handOver.hasRoom)
  }

  @Test func waitsEndWithTheirTime() {
    let handOver = HandOver(capacity: 1)
    let take = timed { handOver.take(timeout: 0.05) == nil }
    #expect(take.result && take.seconds >= 0.04)
    #expect(handOver.put(batch(1), timeout: 0))
    let put = timed { handOver.put(batch(2), timeout: 0.05) }
    #expect(!put.result && put.seconds >= 0.04)
    let wait = timed { handOver.waitUntilEmpty(timeout: 0.05) }
    #expect(!wait.result && wait.seconds >= 0.04)
  }

  @Test func emptyMeansStoredNotTaken() {
    let handOver = HandOver(capacity: 1)
    #expect(handOver.waitUntilEmpty(timeout: 0))
    #expect(handOver.put(batch(1), timeout: 0))
    #expect(handOver.take(timeout: 0) != nil)
    #expect(!handOver.waitUntilEmpty(timeout: 0.02))
    handOver.finished(batch(1))
    #expect(handOver.waitUntilEmpty(timeout: 0))
  }

  @Test func theMemoryOfABatchServesAnother() {
    let handOver = HandOver(capacity: 1)
    var large = batch(1)
    large.packedSamples = Array(repeating: 7, count: 10_000)
    handOver.finished(large)
    // A second is not kept beside it: it would lie idle.
    handOver.finished(large)
    let spares = [handOver.spare(), handOver.spare()]
    #expect(spares.allSatisfy { $0.packedSamples.isEmpty && $0.recordCount == 0 })
    #expect(spares.map { $0.packedSamples.capacity >= 10_000 } == [true, false])
  }

  @Test func memoryOfWhichLittleWasUsedIsNotKept() {
    let handOver = HandOver(capacity: 1)
    var small = batch(2)
    small.packedSamples.reserveCapacity(10_000)
    small.packedSamples.append(7)
    handOver.finished(small)
    #expect(handOver.spare().packedSamples.capacity < 10_000)
  }

  @Test func closedTakesNothingInAndGivesTheRestOut() {
    let handOver = HandOver(capacity: 2)
    #expect(handOver.put(batch(1), timeout: 0))
    handOver.close()
    #expect(!handOver.put(batch(2), timeout: 1))
    #expect(!handOver.isClosedAndEmpty)
    // Nobody may come to store what waits: the wait ends at once.
    #expect(!handOver.waitUntilEmpty(timeout: 60))
    #expect(handOver.take(timeout: 0)?.recordCount == 1)
    #expect(handOver.isClosedAndEmpty)
    #expect(handOver.take(timeout: 60) == nil)
  }

  @Test func closingWakesThoseWhoWait() throws {
    let full = HandOver(capacity: 1)
    #expect(full.put(batch(1), timeout: 0))
    let empty = HandOver(capacity: 1)
    let outcome = Mutex<[Bool]>([])
    let producer = try NamedThread(name: "producer") {
      let isTaken = full.put(Decisions(), timeout: 60)
      outcome.withLock { $0.append(isTaken) }
    }
    let consumer = try NamedThread(name: "consumer") {
      let isThere = empty.take(timeout: 60) != nil
      outcome.withLock { $0.append(isThere) }
    }
    full.close()
    empty.close()
    #expect(producer.join(withinMilliseconds: 20_000))
    #expect(consumer.join(withinMilliseconds: 20_000))
    #expect(outcome.withLock { $0 } == [false, false])
  }

  @Test func nothingIsLostOrDoubledBetweenTwoThreads() throws {
    let handOver = HandOver(capacity: 2)
    let taken = Mutex<[Int]>([])
    let consumer = try NamedThread(name: "consumer") {
      while !handOver.isClosedAndEmpty {
        guard let decisions = handOver.take(timeout: 0.5) else { continue }
        taken.withLock { $0.append(decisions.recordCount) }
        handOver.finished(decisions)
      }
    }
    for number in 0..<5_000 {
      while !handOver.put(batch(number), timeout: 1) {}
    }
    #expect(handOver.waitUntilEmpty(timeout: 20))
    #expect(taken.withLock { $0 } == Array(0..<5_000))
    handOver.close()
    #expect(consumer.join(withinMilliseconds: 20_000))
  }
}

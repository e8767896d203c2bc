import Testing

@testable import Kafka

@Suite("Offsets of the group")
struct GroupOffsetsTests {
  @Test func eachIsToldOnce_AndAgainAfterAFailure() {
    var offsets = GroupOffsets()
    offsets.store(0, next: 5, metadata: "a")
    offsets.store(1, next: 6, metadata: "")
    #expect(offsets.take(of: [0, 2]).map(\.index) == [0])
    #expect(offsets.take(of: [0, 1]).map(\.entry.next) == [6])
    #expect(offsets.take(of: [0, 1]).isEmpty)
    offsets.store(0, next: 9, metadata: "b")
    #expect(offsets.take(of: [0, 1]).map(\.entry.metadata) == ["b"])
    offsets.takeBack()
    #expect(offsets.take(of: [0, 1]).map(\.entry.next) == [9, 6])
  }

  @Test func onlyWhatHasChanged_IsTold() {
    var offsets = GroupOffsets()
    offsets.store(0, next: 5, metadata: "a")
    _ = offsets.take(of: [0])
    offsets.store(0, next: 5, metadata: "a")
    #expect(offsets.take(of: [0]).isEmpty)
    offsets.store(0, next: 5, metadata: "b")
    #expect(offsets.take(of: [0]).map(\.entry.metadata) == ["b"])
  }

  @Test func whatIsForgotten_IsNotTold() {
    var offsets = GroupOffsets()
    offsets.store(3, next: 5, metadata: "")
    offsets.forget([3])
    #expect(offsets.take(of: [3]).isEmpty)
  }
}

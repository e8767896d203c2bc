import Testing

@testable import Alerting

struct BoxedTests {
  @Test func copiesDoNotSeeEachOthersChanges() {
    let first = Boxed([1, 2])
    var second = first
    second.value.append(3)
    #expect(first.value == [1, 2] && second.value == [1, 2, 3])
    var third = second
    second.value[0] = 9
    third.value = []
    #expect(second.value == [9, 2, 3] && third.value == [])
  }

  /// There may be a million open alerts, and dictionaries hold room for twice as many.
  @Test func whatHoldsAnOpenAlertIsSmall() {
    #expect(MemoryLayout<EpisodeBook.Open>.stride <= 24)
    #expect(MemoryLayout<Dispatcher.Entry>.stride <= 40)
  }

  @Test func whatNobodyElseHoldsIsChangedInPlace() {
    var boxed = Boxed([1, 2])
    boxed.value.reserveCapacity(100)
    let before = boxed.value.withUnsafeBufferPointer { $0.baseAddress }
    boxed.value.append(3)
    #expect(boxed.value.withUnsafeBufferPointer { $0.baseAddress } == before)
  }
}

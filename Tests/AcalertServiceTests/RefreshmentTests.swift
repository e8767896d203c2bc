import Testing

@testable import AcalertService

/// How much mere refreshment a batch carries.
@Suite struct RefreshmentTests {
  /// Rows that a batch may refresh at most.
  private func rows(
    _ subjects: Int, after elapsed: Double, records: Int = 100_000, behind: Bool = false
  ) -> Double {
    Refreshment.share(of: subjects, after: elapsed, records: records, storeIsBehind: behind)
      * Double(subjects)
  }

  @Test func fewSubjects_areAllRefreshedWithinTheInterval() {
    for elapsed in [0.004, 0.05, 0.1] {
      let batches = (Refreshment.interval / elapsed).rounded(.up)
      #expect(batches * rows(2_000, after: elapsed) >= 1_999.9)
    }
    #expect(rows(2_000, after: 60) == 2_000)
    #expect(Refreshment.share(of: 0, after: 60, records: 0, storeIsBehind: true) == 1)
  }

  @Test func aBatch_takesNoMoreThanItsBound() {
    for subjects in [50_000, 1_000_000, 20_000_000] {
      #expect(rows(subjects, after: 60) <= Refreshment.maxRows)
      #expect(rows(subjects, after: 60) > Refreshment.maxRows * 0.99)
    }
  }

  @Test func aStoreThatIsBehind_getsOneRowForTwentyRecords() {
    #expect((4_999...5_000).contains(rows(1_000_000, after: 60, records: 100_000, behind: true)))
    // However small its batches are, refreshment never stands still.
    #expect((999...1_000).contains(rows(1_000_000, after: 60, records: 0, behind: true)))
    #expect(rows(1_000_000, after: 60, records: 10_000_000, behind: true) <= Refreshment.maxRows)
    // It never asks for more than a store that keeps up would.
    for records in [0, 1_000, 1_000_000] {
      #expect(
        rows(3_000, after: 0.1, records: records, behind: true)
          <= rows(3_000, after: 0.1, records: records))
    }
  }
}

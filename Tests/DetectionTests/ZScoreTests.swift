import Events
import Testing

@testable import Detection

@Suite struct ZScoreTests {
  @Test func sumsOverTheWholeRange_NeitherOverflowNorDrift() {
    var sums = WindowSums()
    for place in 0..<WindowSums.maxCount {
      sums.add(place % 2 == 0 ? Sample.maxMagnitude : -Sample.maxMagnitude)
    }
    let square = UInt128(Sample.maxMagnitude) * UInt128(Sample.maxMagnitude)
    #expect(sums.squares == square * UInt128(WindowSums.maxCount))
    #expect(sums.sum == 0)
    let expected = Double(Sample.maxMagnitude) * (65_536.0 / 65_535).squareRoot()
    #expect(abs(sums.standardDeviation / expected - 1) < 1e-12)
    for place in 0..<WindowSums.maxCount {
      sums.remove(place % 2 == 0 ? Sample.maxMagnitude : -Sample.maxMagnitude)
    }
    #expect(sums == WindowSums())
  }

  @Test func aSpikeThatHasLeft_LeavesNoTrace() {
    var sums = WindowSums()
    for value in [1_000_000, 1_000_010, 999_990] as [Int32] { sums.add(value) }
    let before = sums
    sums.add(Sample.maxMagnitude)
    sums.remove(Sample.maxMagnitude)
    #expect(sums == before)
  }

  /// With mean 0 and s = 10 exactly, k = 3: 30 is not above 3·s, 31 is.
  @Test func theBoundItself_IsNotFlagged() {
    var sums = WindowSums()
    // n = 5, Σv = 0, Σv² = 400: s² = 400 / 4 = 100.
    for value in [14, -14, 2, -2, 0] as [Int32] { sums.add(value) }
    #expect(sums.standardDeviation == 10)
    let zscore = ZScore(ZScoreRules(thousandthsOfK: 3_000, minSamples: 2, minStd: 0))
    #expect(!zscore.flags(30, against: sums))
    #expect(zscore.flags(31, against: sums))
    #expect(!zscore.flags(-30, against: sums))
    #expect(zscore.flags(-31, against: sums))
  }

  @Test func aConstantPast_MakesAnyOtherValueOdd_UnlessTheFloorHoldsIt() {
    var sums = WindowSums()
    for _ in 0..<10 { sums.add(1_000_000) }
    let bare = ZScore(ZScoreRules(thousandthsOfK: 3_000, minSamples: 2, minStd: 0))
    #expect(!bare.flags(1_000_000, against: sums))
    #expect(bare.flags(1_000_001, against: sums))
    let floored = ZScore(ZScoreRules(thousandthsOfK: 3_000, minSamples: 2, minStd: 1_000))
    #expect(!floored.flags(1_003_000, against: sums))
    #expect(floored.flags(1_003_001, against: sums))
  }

  @Test func oneSide_LooksAtThatSideOnly() {
    var sums = WindowSums()
    for value in [14, -14, 2, -2, 0] as [Int32] { sums.add(value) }
    let high = ZScore(
      ZScoreRules(thousandthsOfK: 3_000, minSamples: 2, minStd: 0, sides: .high))
    #expect(high.flags(31, against: sums) && !high.flags(-31, against: sums))
    let low = ZScore(ZScoreRules(thousandthsOfK: 3_000, minSamples: 2, minStd: 0, sides: .low))
    #expect(!low.flags(31, against: sums) && low.flags(-31, against: sums))
  }

  /// Ties and near-ties at full range go through the 256-bit comparison: the answer must stay exact.
  @Test func nearTies_AreDecidedExactly() {
    var generator = SplitMix64(state: 11)
    for _ in 0..<3_000 {
      let values = (0..<Int.random(in: 2...40, using: &generator)).map { _ in
        Int32.random(in: -Sample.maxMagnitude...Sample.maxMagnitude, using: &generator)
      }
      var sums = WindowSums()
      for value in values { sums.add(value) }
      let rules = StreamRules(
        zscore: ZScoreRules(
          thousandthsOfK: Int64.random(in: 1...2_000, using: &generator), minSamples: 2,
          minStd: 0))
      let bound = sums.mean + rules.zscore.k * sums.standardDeviation
      let past = values.enumerated().map { Sample(time: Int64($0.offset), value: $0.element) }
      for step in -1...1 {
        guard let value = Int32(exactly: bound.rounded() + Double(step)),
          value.magnitude <= Sample.maxMagnitude
        else { continue }
        let sample = Sample(time: 1_000, value: value)
        #expect(
          ZScore(rules.zscore).flags(value, against: sums)
            == Reference.flags(sample, among: past, rules))
      }
    }
  }
}

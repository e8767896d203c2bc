import Backtesting
import Foundation
import Testing

/// Against sums done by hand from the published formulae.
@Suite struct NABScoreTests {
  /// 100 records, 15 of them probation; the window is 40 ..< 50.
  func series(flagged: [Int: Double]) -> NABSeries {
    let scores = (0..<100).map { flagged[$0] ?? 0 }
    return NABSeries(name: "a.csv", scores: scores, windows: [40..<50])
  }

  func sigmoid(_ position: Double) -> Double { 2 / (1 + exp(5 * position)) - 1 }

  func standard(_ flagged: [Int: Double], at threshold: Double = 0.5) -> NABScore {
    NABScore.score(of: [series(flagged: flagged)], profile: .standard, threshold: threshold)
  }

  @Test func flaggingNothingIsNought() {
    let score = standard([:])
    #expect(score.raw == -1)
    #expect(score.normalized == 0)
    #expect(score.detectedWindows == 0)
  }

  @Test func theFirstRecordOfAWindowIsPerfect() {
    let score = standard([40: 1])
    #expect(score.raw == 1)
    #expect(score.normalized == 100)
    #expect(score.detectedWindows == 1)
    #expect(score.falsePositives == 0)
  }

  @Test func inAWindowTheEarliestFlagCounts() {
    let value = sigmoid(-0.5) / sigmoid(-1)
    #expect(abs(standard([45: 1]).raw - value) < 1e-12)
    #expect(abs(standard([45: 1, 47: 1, 49: 1]).raw - value) < 1e-12)
    #expect(abs(standard([49: 1]).raw - sigmoid(-0.1) / sigmoid(-1)) < 1e-12)
  }

  @Test func aFlagBeforeEveryWindowCostsItsWholeWeight() {
    #expect(abs(standard([40: 1, 20: 1, 39: 1]).raw - (1 - 2 * 0.11)) < 1e-12)
    #expect(standard([20: 1, 39: 1]).falsePositives == 2)
  }

  @Test func aFlagBehindAWindowCostsMoreTheFartherItIs() {
    // The record behind the last one lies 1 of 9 widths behind it.
    #expect(abs(standard([50: 1]).raw - (-1 + 0.11 * sigmoid(1.0 / 9))) < 1e-12)
    #expect(abs(standard([76: 1]).raw - (-1 + 0.11 * sigmoid(27.0 / 9))) < 1e-12)
    #expect(abs(standard([77: 1]).raw - (-1 - 0.11)) < 1e-12)
  }

  @Test func flagsInTheProbationAreNotScored() {
    #expect(standard([0: 1, 14: 1]).raw == -1)
    #expect(abs(standard([15: 1]).raw - (-1.11)) < 1e-12)
    // At most 750 records of it, however long the file.
    let scores = (0..<10_000).map { $0 == 749 || $0 == 750 ? 1.0 : 0 }
    let long = NABSeries(name: "long", scores: scores, windows: [9_000..<9_100])
    let score = NABScore.score(of: [long], profile: .standard, threshold: 1)
    #expect(abs(score.raw - (-1.11)) < 1e-12)
  }

  @Test func aWindowWithinTheProbationDoesNotExist() {
    let series = NABSeries(
      name: "a", scores: Array(repeating: 1, count: 15) + Array(repeating: 0, count: 85),
      windows: [5..<15])
    let score = NABScore.score(of: [series], profile: .standard, threshold: 0.5)
    #expect(score.windows == 0)
    #expect(score.normalized == nil)
  }

  @Test func profilesWeighMissedWindowsAndFalseFlags() {
    let flagged = series(flagged: [20: 1])
    func raw(_ profile: NABProfile) -> Double {
      NABScore.score(of: [flagged], profile: profile, threshold: 1).raw
    }
    #expect(abs(raw(.standard) - (-1.11)) < 1e-12)
    #expect(abs(raw(.rewardLowFPRate) - (-1.22)) < 1e-12)
    #expect(abs(raw(.rewardLowFNRate) - (-2.11)) < 1e-12)
  }

  @Test func theBestThresholdIsSharedByAllFiles() {
    // In `a` 0.8 alone would do; but `b` is only found at 0.4, at the price of one false flag in `a`.
    let corpus = [series(flagged: [40: 0.8, 20: 0.5]), series(flagged: [40: 0.4])]
    let best = NABScore.best(of: corpus, profile: .standard)
    #expect(best.threshold == 0.4)
    #expect(best.detectorThreshold < 0.4)
    #expect(abs(best.raw - (2 - 0.11)) < 1e-12)
    #expect(best == NABScore.score(of: corpus, profile: .standard, threshold: 0.4))
    // (1.89 + 2) of (2 + 2)
    #expect(abs((best.normalized ?? 0) - 97.25) < 1e-9)
  }

  @Test func recordsOfOneScoreAreFlaggedTogether() {
    var flagged = Dictionary(uniqueKeysWithValues: (15..<35).map { ($0, 0.7) })
    flagged[40] = 0.7
    let best = NABScore.best(of: [series(flagged: flagged)], profile: .standard)
    #expect(best.threshold == .infinity)
    #expect(best.raw == -1)
  }

  @Test func bestIsTheBestOfAllThresholds() {
    var random = Seeded(state: 7)
    for _ in 0..<12 {
      let corpus = (0..<3).map { index in
        NABSeries(
          name: "\(index)",
          scores: (0..<100).map { _ in Double(Int.random(in: 0..<40, using: &random)) },
          windows: [20..<30, 60..<61, 70..<90])
      }
      for profile in NABProfile.allCases {
        let best = NABScore.best(of: corpus, profile: profile)
        let all = (0...40).map {
          NABScore.score(of: corpus, profile: profile, threshold: Double($0)).raw
        }
        #expect(abs(best.raw - (all.max() ?? 0)) < 1e-9)
      }
    }
  }

  @Test func windowsAreFoundByTheTimesOfTheirRecords() throws {
    let times: [Int64] = [10, 20, 30, 30, 40, 20, 50]
    let windows = try #require(
      NABSeries.windows(from: [(first: 20, last: 30), (first: 40, last: 50)], times: times))
    #expect(windows == [1..<3, 4..<7])
    #expect(NABSeries.windows(from: [(first: 25, last: 30)], times: times) == nil)
    #expect(NABSeries.windows(from: [(first: 40, last: 30)], times: times) == nil)
    #expect(
      NABSeries.windows(from: [(first: 10, last: 30), (first: 30, last: 40)], times: times) == nil)
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers in every run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

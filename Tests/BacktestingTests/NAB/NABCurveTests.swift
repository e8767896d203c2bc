import Testing

@testable import Backtesting

struct NABCurveTests {
  /// Two files, scores in quarters so that many are equal, the second without windows.
  private let corpus: [NABSeries] = {
    var random = SplitMix64(seed: 7)
    let scores = (0..<2).map { _ in (0..<400).map { _ in Double(random.below(40)) / 4 } }
    return [
      NABSeries(name: "a", scores: scores[0], windows: [20..<50, 100..<140, 300..<330]),
      NABSeries(name: "b", scores: scores[1], windows: []),
    ]
  }()
  private let thresholds = [20, 9.75, 9.5, 9.3, 7, 2]

  @Test func curvesOfFilesAddUpToTheScoreOfTheCorpus() throws {
    for (place, profile) in NABProfile.allCases.enumerated() {
      var sum = NABCurve(profile: profile, thresholds: thresholds)
      for series in corpus {
        sum += NABCurve.curves(of: series, thresholds: thresholds)[place]
      }
      for (raw, threshold) in zip(sum.raw, thresholds) {
        let score = NABScore.score(of: corpus, profile: profile, threshold: threshold)
        #expect(abs(raw - score.raw) < 1e-9)
        #expect(sum.windows == score.windows)
        let normalized = try #require(
          NABCurve.normalized(raw, windows: sum.windows, profile: profile))
        #expect(abs(normalized - (score.normalized ?? .nan)) < 1e-9)
      }
    }
  }

  @Test func withoutWindowsThereIsNoNormalizedScore() {
    let curve = NABCurve.curves(of: corpus[1], thresholds: thresholds)[0]
    #expect(curve.windows == 0)
    #expect(NABCurve.normalized(curve.raw[0], windows: 0, profile: .standard) == nil)
    #expect(curve.raw[0] == 0)
    #expect(curve.raw[5] < 0)
  }
}

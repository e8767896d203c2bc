import Detection
import Testing

@Suite struct SeriesRulesTests {
  private static func fault(_ rules: SeriesRules, zscoreHasVoice: Bool = true) -> String? {
    do throws(RulesError) {
      try rules.validate(zscoreHasVoice: zscoreHasVoice)
      return nil
    } catch {
      return error.setting
    }
  }

  private static func fault(_ detector: SeriesDetectorRules) -> String? {
    fault(SeriesRules(detectors: [detector]))
  }

  @Test func defaultsAreValid() {
    let all: [SeriesDetectorRules] = [
      .robust(RobustRules()), .ewma(EWMARules()), .cusum(CUSUMRules()),
      .likelihood(LikelihoodRules()), .seasonal(SeasonalRules()), .rate(RateRules()),
      .flatline(FlatlineRules()), .range(RangeRules()), .novelty(NoveltyRules()),
    ]
    #expect(Self.fault(SeriesRules(detectors: all)) == nil)
    #expect(Self.fault(SeriesRules()) == nil)
    #expect(Self.fault(SeriesRules(), zscoreHasVoice: false) == nil)
    #expect(SeriesRules().leavesAllToZScore)
    #expect(!SeriesRules(detectors: [.range(RangeRules())]).leavesAllToZScore)
  }

  @Test func faultsAreNamed() {
    let faults: [(SeriesDetectorRules, String)] = [
      (.robust(RobustRules(threshold: 0)), "series.robust.threshold"),
      (.robust(RobustRules(threshold: .nan)), "series.robust.threshold"),
      (.robust(RobustRules(window: 99)), "series.robust.window"),
      (.robust(RobustRules(minSamples: 2)), "series.robust.minSamples"),
      (.robust(RobustRules(minDeviation: -1)), "series.robust.minDeviation"),
      (.ewma(EWMARules(halfLife: 0)), "series.ewma.halfLife"),
      (.ewma(EWMARules(minSamples: 1)), "series.ewma.minSamples"),
      (.ewma(EWMARules(minStd: .infinity)), "series.ewma.minStd"),
      (.cusum(CUSUMRules(drift: -0.1)), "series.cusum.drift"),
      (.cusum(CUSUMRules(minSamples: 1)), "series.cusum.minSamples"),
      (.likelihood(LikelihoodRules(short: 0)), "series.likelihood.short"),
      (.likelihood(LikelihoodRules(long: 9, minSamples: 5)), "series.likelihood.long"),
      (.likelihood(LikelihoodRules(long: 50)), "series.likelihood.minSamples"),
      (.seasonal(SeasonalRules(buckets: 2_017)), "series.seasonal.buckets"),
      (.seasonal(SeasonalRules(minPeriods: 0)), "series.seasonal.minPeriods"),
      (.seasonal(SeasonalRules(learning: 0)), "series.seasonal.learning"),
      (.rate(RateRules(window: 999)), "series.rate.window"),
      (.rate(RateRules(max: 0)), "series.rate.max"),
      (.rate(RateRules(min: 2, max: 1)), "series.rate.min"),
      (.flatline(FlatlineRules(duration: 99)), "series.flatline.duration"),
      (.flatline(FlatlineRules(tolerance: .nan)), "series.flatline.tolerance"),
      (.flatline(FlatlineRules(minSamples: 1)), "series.flatline.minSamples"),
      (.range(RangeRules(min: 2, max: 1)), "series.range.min"),
      (.range(RangeRules(max: .nan)), "series.range.max"),
      (.novelty(NoveltyRules(threshold: -1)), "series.novelty.threshold"),
    ]
    for (rules, setting) in faults { #expect(Self.fault(rules) == setting) }
  }

  @Test func combinationsMustComeAbout() {
    func fault(
      _ combination: CombinationRules, zscoreHasVoice: Bool = true
    ) -> String? {
      Self.fault(
        SeriesRules(
          detectors: [.range(RangeRules()), .rate(RateRules())], combination: combination),
        zscoreHasVoice: zscoreHasVoice)
    }
    #expect(fault(CombinationRules(need: .atLeast(3))) == nil)
    #expect(fault(CombinationRules(need: .atLeast(3.1))) == "series.combination.need")
    #expect(fault(CombinationRules(need: .atLeast(3)), zscoreHasVoice: false) != nil)
    #expect(fault(CombinationRules(need: .atLeast(0))) == "series.combination.need")
    #expect(fault(CombinationRules(need: .atLeast(.nan))) == "series.combination.need")
    #expect(fault(CombinationRules(need: .atLeast(4), weights: ["zscore": 2])) == nil)
    #expect(fault(CombinationRules(weights: ["ewma": 1])) == "series.combination.weights.ewma")
    #expect(fault(CombinationRules(weights: ["rate": -1])) == "series.combination.weights.rate")
    #expect(
      fault(CombinationRules(weights: ["zscore": 0, "rate": 0, "range": 0]))
        == "series.combination.weights")
    #expect(fault(CombinationRules(hold: -1)) == "series.combination.hold")
    #expect(fault(CombinationRules(refractory: .max)) == "series.combination.refractory")
    #expect(
      Self.fault(SeriesRules(detectors: [.range(RangeRules()), .range(RangeRules(min: 0))]))
        == "series.range")
  }
}

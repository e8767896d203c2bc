import Detection
import Testing

@testable import AcalertService

struct DetectorSettingsTests {
  private static func stream(_ rest: String) throws -> StreamSettings {
    let text = "streams: [{name: a, topics: a, unit: none, \(rest)}]"
    return try #require(try Configuration(text: text, file: "t").streams.first)
  }

  @Test func noneIsThereByDefault() throws {
    #expect(try Self.stream("detectors: {}").rules.series == SeriesRules())
    #expect(try Self.stream("combine: {}").rules.series == SeriesRules())
    #expect(try Self.stream("detectors: ").rules.series == SeriesRules())
  }

  @Test func everyKeyIsRead() throws {
    let series = try Self.stream(
      """
      zscore: {enabled: no},
      detectors: {
        range: {min: -1.5, max: 2},
        robust: {threshold: 7, window: 2m, minSamples: 11, minDeviation: 0.2},
        ewma: {threshold: 4.5, halfLife: 1m, minSamples: 12, minStd: 0.3},
        cusum: {threshold: 9, drift: 1, reference: running, minSamples: 51, minStd: 0.4},
        likelihood: {threshold: 6, short: 5, long: 500, minSamples: 50, minStd: 0.5},
        seasonal: {threshold: 3, period: day, buckets: 24, minPeriods: 3, learning: 0.2, minStd: 1},
        rate: {window: 30s, min: 0.5, max: 100},
        flatline: {duration: 2m, tolerance: 0.01, minSamples: 4},
        novelty: {threshold: 1.25, window: 4000, warmUp: 100, caution: 0.5, quiet: 70}},
      combine: {need: 2.5, weights: {zscore: 0, robust: 2}, hold: 3s, refractory: 1m}
      """
    ).rules.series
    var flatline = FlatlineRules(duration: 120_000, tolerance: 0.01)
    flatline.minSamples = 4
    #expect(
      series.detectors == [
        .robust(RobustRules(threshold: 7, window: 120_000, minSamples: 11, minDeviation: 0.2)),
        .ewma(EWMARules(threshold: 4.5, halfLife: 60_000, minSamples: 12, minStd: 0.3)),
        .cusum(
          CUSUMRules(threshold: 9, drift: 1, reference: .running, minSamples: 51, minStd: 0.4)),
        .likelihood(
          LikelihoodRules(threshold: 6, short: 5, long: 500, minSamples: 50, minStd: 0.5)),
        .seasonal(
          SeasonalRules(
            threshold: 3, period: .day, buckets: 24, minPeriods: 3, learning: 0.2, minStd: 1)),
        .rate(RateRules(window: 30_000, min: 0.5, max: 100)), .flatline(flatline),
        .range(RangeRules(min: -1.5, max: 2)),
        .novelty(
          NoveltyRules(threshold: 1.25, window: 4_000, warmUp: 100, caution: 0.5, quiet: 70)),
      ])
    #expect(
      series.combination
        == CombinationRules(
          need: .atLeast(2.5), weights: ["zscore": 0, "robust": 2], hold: 3_000,
          refractory: 60_000))
  }

  @Test func nameAloneTakesADetectorWithItsDefaults() throws {
    #expect(
      try Self.stream("detectors: {robust: {}, range: }").rules.series.detectors
        == [.robust(RobustRules()), .range(RangeRules())])
    #expect(try Self.stream("detectors: {robust: off}").rules.series.detectors == [])
  }

  @Test func zscoreCanBeWithoutAVoice() throws {
    #expect(try !Self.stream("zscore: {enabled: false}").rules.zscore.isEnabled)
  }

  /// The order of a dictionary differs from one run to the next; the version of a judgement may not.
  @Test func judgementDoesNotDependOnAnyOrder() throws {
    func text(_ rest: String) throws -> String {
      try Configuration(
        text: "streams: [{name: a, topics: a, \(rest)}]", file: "t"
      ).judgementText()
    }
    let names = ["robust", "ewma", "cusum", "likelihood", "seasonal", "rate", "novelty"]
    func rest(_ names: [String]) -> String {
      "detectors: {\(names.map { "\($0): {}" }.joined(separator: ", "))}, "
        + "combine: {weights: {\(names.map { "\($0): 2" }.joined(separator: ", "))}}"
    }
    let one = try text(rest(names))
    #expect(one == (try text(rest(names.reversed()))))
    let place = names.sorted().compactMap { one.range(of: "\"\($0)\": 2")?.lowerBound }
    #expect(place.count == names.count)
    #expect(place == place.sorted())
  }

  @Test func summarySaysWhatTheDetectorsMean() throws {
    let settings = try Configuration(
      text: """
        streams: [{name: a, topics: a, detectors: {robust: {}, range: {max: 8}},
          combine: {need: 2, hold: 1s}}]
        """, file: "t")
    let summary = settings.summary(try RulesFiles(settings))
    #expect(
      summary.contains(
        "  detectors: zscore, robust beyond 6, range above 8; abnormal by weights of 2 together, "
          + "held for 1s"))
  }
}

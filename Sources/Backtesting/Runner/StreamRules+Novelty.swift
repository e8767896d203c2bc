import Detection

extension StreamRules {
  /// For series of anything that comes without a configuration: novelty alone judges, and one abnormal sample
  /// is an alarm, because series are sampled at any rate.
  public static var novelty: StreamRules {
    StreamRules(
      kind: "series", unit: "", zscore: ZScoreRules(isEnabled: false),
      series: SeriesRules(detectors: [.novelty(NoveltyRules())]),
      status: StatusRules(raiseCount: 1))
  }
}

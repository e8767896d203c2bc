/// A moment at which an alarm would be raised, were the threshold low enough.
public struct AlarmCandidate: Equatable, Sendable {
  /// When the alarm would come, in event time.
  public var time: Int64
  /// The alarm is raised if the threshold is not above this.
  public var score: Double

  public init(time: Int64, score: Double) {
    self.time = time
    self.score = score
  }
}

/// How sensitivity and precision depend on the threshold: the same findings, alarmed from different scores on.
///
/// For falls the scores are the active model's probabilities, as recorded with every candidate; for series the
/// combined scores of the samples, of which 1 is the threshold in use. An alarm keeps the next ones back for
/// `refractory`. Detectors are not run again, so what depends on the threshold in other ways (the end of a
/// fall, say) is as in the run.
public struct ThresholdCurve: Equatable, Sendable {
  public struct Point: Equatable, Sendable {
    public var threshold: Double
    public var events: Int
    public var detected: Int
    public var quietTrials: Int
    public var alarmedTrials: Int
    public var falseAlarms: Int
    public var quietTime: Int64

    public var tally: Tally {
      var tally = Tally()
      tally.events = events
      tally.detected = detected
      tally.quietTrials = quietTrials
      tally.alarmedTrials = alarmedTrials
      tally.falseAlarms = falseAlarms
      tally.quietTime = quietTime
      return tally
    }
  }

  /// By rising threshold.
  public var points: [Point]

  /// One trial's part in it.
  public struct Trial: Sendable {
    public var label: TrialLabel
    public var span: ClosedRange<Int64>
    /// In order of time.
    public var candidates: [AlarmCandidate]

    public init(label: TrialLabel, span: ClosedRange<Int64>, candidates: [AlarmCandidate]) {
      self.label = label
      self.span = span
      self.candidates = candidates
    }
  }

  /// - Parameters:
  ///   - refractory: in milliseconds.
  ///   - most: so many thresholds at most, spread evenly over the scores by rank.
  public init(
    _ trials: [Trial], scoring: EventScoring, refractory: Int64, most: Int = 256
  ) {
    let scores = Set(trials.lazy.flatMap { $0.candidates.lazy.map(\.score) }).sorted()
    let thresholds = Self.spread(scores, most: most)
    // Trials without candidates are the same at every threshold.
    var silent = Tally()
    for trial in trials where trial.candidates.isEmpty {
      silent += scoring.score(alarms: [], trial.label, span: trial.span).tally
    }
    let speaking = trials.filter { !$0.candidates.isEmpty }
    points = thresholds.map { threshold in
      var tally = silent
      for trial in speaking {
        let alarms = Self.alarms(trial.candidates, threshold: threshold, refractory: refractory)
        tally += scoring.score(alarms: alarms, trial.label, span: trial.span).tally
      }
      return Point(
        threshold: threshold, events: tally.events, detected: tally.detected,
        quietTrials: tally.quietTrials, alarmedTrials: tally.alarmedTrials,
        falseAlarms: tally.falseAlarms, quietTime: tally.quietTime)
    }
  }

  /// The times at which alarms are raised.
  public static func alarms(
    _ candidates: [AlarmCandidate], threshold: Double, refractory: Int64
  ) -> [Int64] {
    var alarms: [Int64] = []
    for candidate in candidates where candidate.score >= threshold {
      if let last = alarms.last, candidate.time - last < refractory { continue }
      alarms.append(candidate.time)
    }
    return alarms
  }

  /// At most `most` of sorted values: the first, the last and those evenly between them.
  private static func spread(_ values: [Double], most: Int) -> [Double] {
    guard values.count > most, most > 1 else { return values }
    return (0..<most).map { values[$0 * (values.count - 1) / (most - 1)] }
  }

  /// The area under the curve of precision over sensitivity, by steps: each point's precision times what it
  /// adds in sensitivity (average precision); `nil` without events.
  public var averagePrecision: Double? {
    guard let first = points.first, first.events > 0 else { return nil }
    var area = 0.0
    var recall = 0.0
    for point in points.reversed() {
      let next = point.tally.sensitivity ?? 0
      // Merging by the refractory time may lose an event at a lower threshold: that adds nothing.
      area += max(0, next - recall) * (point.tally.precision ?? 0)
      recall = max(recall, next)
    }
    return area
  }
}

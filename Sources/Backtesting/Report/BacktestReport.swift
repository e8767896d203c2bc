/// What a backtest came to. All of it is a function of the recordings, the labels and the rules.
public struct BacktestReport: Sendable {
  /// What was read.
  public struct Data: Equatable, Sendable {
    public var paths: [String] = []
    public var labels = ""
    /// Recordings that were judged and scored.
    public var recordings = 0
    /// Recordings that nothing is known of: they were not judged.
    public var unlabelled = 0
    /// Recordings whose users were not asked for.
    public var excluded = 0
    public var samples = 0
    /// Of all recordings together, in milliseconds.
    public var duration: Int64 = 0
    public var late = 0
    public var evicted = 0
    public var badLines = BadLines()
    /// Files of folders that are no recordings.
    public var skipped: [String] = []
  }

  /// One line of a table.
  public struct Row: Equatable, Sendable {
    public var name: String
    public var tally: Tally
  }

  public var data: Data
  /// The rules, in words.
  public var rules: [String]
  public var scoring: EventScoring
  public var total = Tally()
  public var users: [Row] = []
  public var groups: [Row] = []
  public var activities: [Row] = []
  public var intervals: Bootstrap
  /// Absent if nothing has a score to set a threshold to.
  public var curve: ThresholdCurve?
  /// The threshold in use, on the curve's scale.
  public var threshold: Double?
  /// Absent without labelled series.
  public var benchmark: BenchmarkScores?
  /// In the order in which they were read.
  public var trials: [TrialDigest]

  /// - Parameters:
  ///   - rules: in words, see ``Detection/StreamRules``.
  ///   - refractory: of the alarms at other thresholds, in milliseconds.
  ///   - threshold: the one in use.
  init(
    data: Data, rules: [String], scoring: EventScoring, trials: [TrialDigest], refractory: Int64,
    threshold: Double?, seed: UInt64
  ) {
    self.data = data
    self.rules = rules
    self.scoring = scoring
    self.trials = trials
    self.threshold = threshold
    var byUser: [String: Tally] = [:]
    var byGroup: [String: Tally] = [:]
    var byActivity: [String: Tally] = [:]
    for trial in trials {
      let tally = trial.score.tally
      total += tally
      byUser[trial.label.user, default: Tally()] += tally
      if !trial.label.group.isEmpty { byGroup[trial.label.group, default: Tally()] += tally }
      if !trial.label.activity.isEmpty {
        byActivity[trial.label.activity, default: Tally()] += tally
      }
      self.data.samples += trial.samples
      self.data.duration += trial.span.upperBound - trial.span.lowerBound
      self.data.late += trial.late
      self.data.evicted += trial.evicted
    }
    self.data.recordings = trials.count
    users = Self.rows(byUser)
    groups = Self.rows(byGroup)
    activities = Self.rows(byActivity)
    intervals = Bootstrap(users: byUser, seed: seed)
    benchmark = BenchmarkScores(trials)
    // Probabilities of falls and scores of samples have no threshold in common.
    let areFalls = trials.contains { !$0.isSeries }
    let comparable = trials.filter { $0.isSeries != areFalls }
    if comparable.contains(where: { !$0.candidates.isEmpty }) {
      curve = ThresholdCurve(
        comparable.map {
          ThresholdCurve.Trial(label: $0.label, span: $0.span, candidates: $0.candidates)
        },
        scoring: scoring, refractory: refractory)
    }
  }

  private static func rows(_ tallies: [String: Tally]) -> [Row] {
    tallies.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { Row(name: $0.key, tally: $0.value) }
  }

  /// Trials in which an event was missed, and those with false alarms.
  public var missed: [TrialDigest] {
    trials.filter { $0.score.events.contains { $0.delay == nil } }
  }
  public var falselyAlarmed: [TrialDigest] {
    trials.filter { !$0.score.falseAlarms.isEmpty }
  }
}

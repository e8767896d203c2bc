import Detection
import Events

/// What a report needs of one judged trial; the recording itself is not kept.
public struct TrialDigest: Sendable {
  public var name: String
  public var label: TrialLabel
  /// What `0 ms` is in texts about it.
  public var start: Int64
  public var span: ClosedRange<Int64>
  public var samples: Int
  public var late: Int
  public var evicted: Int
  public var alarms: [TrialOutcome.Alarm]
  public var warnings: [TrialOutcome.EarlyWarning]
  public var score: TrialScore
  /// What would have been alarmed at other thresholds.
  public var candidates: [AlarmCandidate]
  /// Whether `candidates` are single samples, as against possible falls.
  public var isSeries: Bool
  /// One for each sample of a series, for the benchmark's scorer: its time and its score.
  public var times: [Int64]
  public var scores: [Double]
  /// For drawing.
  public var trace: Trace

  /// The smallest and the largest value of each of up to 300 parts of a recording, equally long.
  public struct Trace: Sendable {
    public static let parts = 300
    public var low: [Float] = []
    public var high: [Float] = []

    /// `nil` parts are without a sample: NaN.
    init(_ recording: Recording, span: ClosedRange<Int64>) {
      let length = Double(span.upperBound - span.lowerBound)
      let parts = min(Self.parts, max(1, recording.samples.count))
      low = Array(repeating: .nan, count: parts)
      high = low
      let unit = (0..<recording.digits).reduce(1.0) { unit, _ in unit * 10 }
      for sample in recording.samples {
        let share = length == 0 ? 0 : Double(sample.time - span.lowerBound) / length
        let part = min(parts - 1, Int(share * Double(parts)))
        let value = Float(Double(sample.value) / unit)
        low[part] = low[part].isNaN ? value : min(low[part], value)
        high[part] = high[part].isNaN ? value : max(high[part], value)
      }
    }
  }

  /// Samples with a lower score, as a share of the threshold in use, are no candidates: there are many, and
  /// nobody sets a threshold there.
  static let leastScore = 0.5

  /// - Parameter runner: that came to the outcome.
  init(_ trial: LabelledTrial, _ outcome: TrialOutcome, _ runner: BacktestRunner) {
    let recording = trial.recording
    name = recording.name
    label = trial.label
    start = recording.start
    span = outcome.span
    samples = outcome.samples
    late = outcome.late
    evicted = outcome.evicted
    alarms = outcome.alarms
    warnings = outcome.warnings
    score = runner.scoring.score(outcome, trial.label)
    trace = Trace(recording, span: outcome.span)
    isSeries = !recording.hasAxes || runner.rules.falls == nil
    times = []
    scores = []
    if !isSeries {
      candidates = outcome.candidates.compactMap { candidate in
        candidate.scores.first { $0.role == .active }.map {
          AlarmCandidate(time: candidate.decided, score: $0.probability)
        }
      }
    } else {
      candidates = outcome.scores.compactMap { score in
        score.score.flatMap {
          $0 >= Self.leastScore ? AlarmCandidate(time: score.time, score: $0) : nil
        }
      }
      if !recording.hasAxes, runner.traces {
        (times, scores) = Self.align(outcome.scores, with: recording.samples)
      }
    }
    candidates.sort { $0.time < $1.time }
  }

  /// A score for every sample, in their order: 0 for those of which nothing was said.
  private static func align(
    _ found: [SampleScore], with samples: [Sample]
  ) -> (times: [Int64], scores: [Double]) {
    var scores = Array(repeating: 0.0, count: samples.count)
    var next = 0
    for (place, sample) in samples.enumerated() {
      // The engine tells in the order of arrival, and leaves out what came too late.
      guard next < found.count, found[next].time == sample.time else { continue }
      scores[place] = found[next].score ?? 0
      next += 1
    }
    return (samples.map(\.time), scores)
  }
}

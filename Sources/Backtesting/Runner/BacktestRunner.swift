import Detection
import Events
import Foundation

/// Judges recordings with the engine of the service.
///
/// Each recording is a subject of its own in an engine of its own: its user is the trial's, so that rules for
/// some users hold, its device is the one that the recording names, or else the trial. What comes out is a
/// function of the recording and the rules alone, to the bit, whatever the number of threads. Silence is not
/// judged: a recording has no time of day.
public struct BacktestRunner: Sendable {
  /// For recordings with three axes, and for all if `seriesRules` is absent.
  public var rules: StreamRules
  /// For recordings without axes.
  public var seriesRules: StreamRules?
  /// How many recordings are judged at the same time, at least 1.
  public var threads: Int
  /// Whether outcomes say of every sample what the detectors did, where falls are not judged.
  public var traces = false
  /// Whether outcomes hold all candidates for falls, however improbable.
  public var allCandidates = false
  public var scoring = EventScoring()

  /// - Parameter threads: all cores, if absent.
  public init(rules: StreamRules, seriesRules: StreamRules? = nil, threads: Int? = nil) {
    self.rules = rules
    self.seriesRules = seriesRules
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// The rules that a recording is judged by. Thresholds in units of the resolution are those of the
  /// recording's own.
  public func rules(for recording: Recording) -> StreamRules {
    let chosen = recording.hasAxes ? rules : seriesRules ?? rules
    return chosen.digits == recording.digits ? chosen : chosen.rescaled(to: recording.digits)
  }

  /// Samples that are given to the engine at once.
  private static let batch = 512

  /// Judges one recording.
  ///
  /// - Throws: ``RulesError`` for rules that contradict themselves.
  public func judge(_ recording: Recording, user: String) throws(RulesError) -> TrialOutcome {
    let rules = rules(for: recording)
    var engine = try Engine(streams: [rules])
    engine.tracesScores = traces && !(recording.hasAxes && rules.falls != nil)
    engine.recordsAllCandidates = allCandidates
    engine.assign(0, rewind: 0, next: 0)
    var outcome = TrialOutcome()
    outcome.samples = recording.samples.count
    outcome.span = recording.span
    var level: SafetyState?
    let user = Self.id(user.isEmpty ? recording.name : user)
    let device = Self.id(recording.device ?? recording.name)
    recording.samples.withUnsafeBufferPointer { samples in
      recording.axes.withUnsafeBufferPointer { axes in
        user.withUnsafeBytes { user in
          device.withUnsafeBytes { device in
            var offset: Int64 = 0
            for start in stride(from: 0, to: samples.count, by: Self.batch) {
              let range = start..<min(start + Self.batch, samples.count)
              let origin = RecordOrigin(partition: 0, offset: offset)
              offset += 1
              guard engine.admit(origin, arrival: 0) else { continue }
              engine.ingest(
                stream: 0, user: user, device: device,
                samples: UnsafeBufferPointer(rebasing: samples[range]),
                axes: axes.isEmpty ? axes : UnsafeBufferPointer(rebasing: axes[range]),
                origin: origin, arrival: 0)
              outcome.add(engine.takeDecisions(), level: &level)
            }
          }
        }
      }
    }
    return outcome
  }

  /// At most the 256 bytes that an id may have. What is cut off distinguishes nobody: there is one subject.
  private static func id(_ text: String) -> [UInt8] { Array(text.utf8.prefix(256)) }

  /// Judges recordings, several at a time.
  ///
  /// - Returns: as many outcomes, in the same order.
  public func outcomes(of trials: [LabelledTrial]) throws(RulesError) -> [TrialOutcome] {
    let results = ParallelTrials.map(trials.count, threads: threads) { place in
      Result { () throws(RulesError) in
        try judge(trials[place].recording, user: trials[place].label.user)
      }
    }
    var outcomes: [TrialOutcome] = []
    outcomes.reserveCapacity(trials.count)
    for result in results { outcomes.append(try result.get()) }
    return outcomes
  }

  /// Judges recordings and scores what comes out, summed up by user: what a search for parameters asks again
  /// and again.
  public func tallies(of trials: [LabelledTrial]) throws(RulesError) -> [String: Tally] {
    let results = ParallelTrials.map(trials.count, threads: threads) { place in
      Result { () throws(RulesError) in
        let outcome = try judge(trials[place].recording, user: trials[place].label.user)
        return scoring.score(outcome, trials[place].label).tally
      }
    }
    var tallies: [String: Tally] = [:]
    for (trial, result) in zip(trials, results) {
      tallies[trial.label.user, default: Tally()] += try result.get()
    }
    return tallies
  }
}

extension StreamRules {
  /// The same rules for samples of another resolution.
  func rescaled(to digits: Int) -> StreamRules {
    var rules = self
    let from = self.digits
    rules.digits = digits
    rules.zscore = zscore.rescaled(from: from, to: digits)
    for place in rules.overrides.indices {
      rules.overrides[place].zscore = overrides[place].zscore.rescaled(from: from, to: digits)
    }
    return rules
  }
}

extension ZScoreRules {
  /// The floor under the deviation, which is in units of the resolution, for another one; held within its
  /// bounds.
  fileprivate func rescaled(from: Int, to: Int) -> ZScoreRules {
    var rules = self
    for _ in 0..<max(0, to - from) {
      rules.minStd = min(rules.minStd * 10, Int64(Sample.maxMagnitude))
    }
    for _ in 0..<max(0, from - to) { rules.minStd = (rules.minStd + 5) / 10 }
    return rules
  }
}

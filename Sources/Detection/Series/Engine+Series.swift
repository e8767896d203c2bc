import Events

/// A subject's detectors beside the z-score, and when their state was saved last.
///
/// What they have learned reaches further back than any ring. So their state is saved now and then with the
/// results of the batch, and the records after that are read again at a restart: those up to
/// `lastTime` of the state are not taken twice; which of them were abnormal is saved with it.
struct SubjectBank {
  var bank: DetectorBank
  /// The step of the engine at or after which all that is not saved arrived.
  var savedStep: UInt32
  /// By the partition's clock.
  var savedAt: Int64 = .min
  /// The bank's time as it was saved.
  var savedTime: Int64
  /// While a restart fills the ring: the times of its samples up to `savedTime` that were abnormal.
  var abnormalTimes: [Int64] = []

  /// How often a state is saved, in milliseconds of the partition's clock.
  static let interval: Int64 = 60_000
}

extension StreamRules {
  /// Whether a sample is abnormal just if the z-score says so.
  var leavesAllToZScore: Bool { series.leavesAllToZScore && zscore.isEnabled }

  /// Whether a sample is abnormal if the z-score says so, whatever the others say.
  var isZScoreEnough: Bool {
    let weight = zscore.isEnabled ? series.combination.weights["zscore"] ?? 1 : 0
    guard weight > 0 else { return false }
    switch series.combination.need {
    case .any: return true
    case .all: return series.detectors.allSatisfy { series.combination.weights[$0.name] == 0 }
    case .atLeast(let sum): return weight >= sum
    }
  }
}

extension Engine {
  /// Has all detectors of a subject judge a sample.
  @inline(never)
  mutating func judgeSeries(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample, isFlagged: Bool,
    against baseline: WindowSums
  ) -> BankFinding {
    let stream = Int(subject.pointee.stream)
    let zscore = hot[stream].zscore
    var said: ZScoreFinding?
    if zscore.canJudge(baseline) {
      // Two equal values have no deviation: what is not flagged is then as usual as can be.
      let score = zscore.score(sample.value, against: baseline)
      said = ZScoreFinding(
        score: score.isFinite ? score : .greatestFiniteMagnitude,
        threshold: rules[stream].zscore.k, isFlagged: isFlagged)
    }
    if banks[index] == nil {
      banks[index] = SubjectBank(
        bank: DetectorBank(
          rules[stream].series, zscoreHasVoice: rules[stream].zscore.isEnabled),
        savedStep: step, savedTime: .min)
    }
    if !isLive, let kept = banks[index], sample.time <= kept.savedTime {
      let isAbnormal = kept.abnormalTimes.contains(sample.time)
      return BankFinding(
        isAbnormal: isAbnormal, ratio: nil, detector: "", score: 0, threshold: 0)
    }
    let point = SeriesPoint(time: sample.time, value: decimal(sample.value, of: subject))
    return banks[index]?.bank.judge(point, zscore: said)
      ?? BankFinding(isAbnormal: false, ratio: nil, detector: "", score: 0, threshold: 0)
  }

  /// Hands out what was said of a sample.
  @inline(never)
  mutating func trace(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample,
    _ finding: BankFinding?, against baseline: WindowSums
  ) {
    guard isLive else { return }
    let stream = Int(subject.pointee.stream)
    let zscore = hot[stream].zscore
    var score = finding?.ratio
    if finding == nil, zscore.canJudge(baseline) {
      score = zscore.score(sample.value, against: baseline) / rules[stream].zscore.k
    }
    decisions.scores.append(
      SampleScore(
        subject: index, time: sample.time, value: decimal(sample.value, of: subject), score: score))
  }

  /// Saves a subject's detectors if it is time. Returns the step at or after which all that is not saved
  /// arrived: a restart must begin to read no later.
  mutating func sweepBank(
    of index: UInt32, _ subject: UnsafeMutablePointer<Subject>, clock: Int64
  ) -> UInt32 {
    guard hot[Int(subject.pointee.stream)].hasSeries, let kept = banks[index] else { return .max }
    if kept.savedTime < kept.bank.lastTime, clock != .min,
      kept.savedAt == .min || clock - kept.savedAt >= SubjectBank.interval
    {
      saveBank(of: index, subject)
      banks[index]?.savedAt = clock
    }
    return banks[index]?.savedStep ?? .max
  }

  /// Saves a subject's detectors, if they have learned anything since.
  mutating func saveBank(of index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    guard isLive, let kept = banks[index], kept.savedTime < kept.bank.lastTime else { return }
    var state = DetectorStateWriter()
    let times = abnormalTimes(subject)
    state.write(times.count)
    for time in times { state.write(time) }
    kept.bank.save(to: &state)
    decisions.detectorStates.append(DetectorState(subject: index, bytes: state.bytes))
    banks[index]?.savedTime = kept.bank.lastTime
    // The sweep comes behind the records of this step.
    banks[index]?.savedStep = step &+ 1
  }

  /// Takes up the detectors that were saved in an earlier run, if the rules are still theirs.
  mutating func restoreBank(
    of index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ bytes: [UInt8]
  ) {
    if bytes.isEmpty { return }
    let stream = Int(subject.pointee.stream)
    var state = DetectorStateReader(bytes)
    guard hot[stream].hasSeries, let count = state.count(limit: WindowSums.maxCount) else { return }
    var times: [Int64] = []
    for _ in 0..<count {
      guard let time = state.integer() else { return }
      times.append(time)
    }
    guard
      let bank = DetectorBank(
        rules[stream].series, zscoreHasVoice: rules[stream].zscore.isEnabled, from: &state)
    else { return }
    banks[index] = SubjectBank(
      bank: bank, savedStep: step, savedTime: bank.lastTime, abnormalTimes: times)
  }

  /// The times of the abnormal samples in a subject's ring.
  private func abnormalTimes(_ subject: UnsafeMutablePointer<Subject>) -> [Int64] {
    guard subject.pointee.count > 0 else { return [] }
    let ring = ring(subject)
    return (0..<ring.count).filter { ring.sample(at: $0).isFlagged }.map(ring.time(at:))
  }
}

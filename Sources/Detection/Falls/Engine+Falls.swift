import Events

/// Falls: peaks are looked at until all has been said of them, and what was said is told.
///
/// Whether a sample is a peak, and how it looks, depends on the samples around it in the ring alone. So after a
/// restart, which fills the ring again, the same peaks are open; what had been told of them is in the notes.
extension Engine {
  /// Takes the newest sample of a subject that is watched, or one above the trigger.
  @inline(never)
  mutating func watchFalls(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample,
    _ rules: UnsafeMutablePointer<HotRules>, _ origin: RecordOrigin
  ) {
    guard let judge = fallJudges[Int(subject.pointee.stream)] else { return }
    let place = watch(subject)
    if sample.value > rules.pointee.fallTrigger {
      addPeak(sample, at: Int(subject.pointee.count) - 1, of: subject, place, judge)
    }
    guard sample.time >= watches[place].nextDue else { return }
    lookAtPeaks(index, subject, place, judge, at: sample.time, origin)
    lookAtRecovery(index, subject, place, judge, at: sample.time, origin)
    schedule(index, subject, place, judge, at: sample.time)
  }

  /// Takes a sample that has been put into its place behind newer ones: it may be the impact.
  mutating func watchLate(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample, at position: Int,
    _ origin: RecordOrigin
  ) {
    guard let judge = fallJudges[Int(subject.pointee.stream)] else { return }
    let place = watch(subject)
    addPeak(sample, at: position, of: subject, place, judge)
    let now = subject.pointee.lastTime
    lookAtPeaks(index, subject, place, judge, at: now, origin)
    schedule(index, subject, place, judge, at: now)
  }

  /// The place of a subject's watch, which begins if there is none.
  mutating func watch(_ subject: UnsafeMutablePointer<Subject>) -> Int {
    if subject.pointee.flags.contains(.watched) { return Int(subject.pointee.watch) }
    subject.pointee.flags.insert(.watched)
    if let free = freeWatches.popLast() {
      subject.pointee.watch = free
    } else {
      subject.pointee.watch = UInt32(watches.count)
      watches.append(FallWatch())
    }
    return Int(subject.pointee.watch)
  }

  mutating func unwatch(_ subject: UnsafeMutablePointer<Subject>) {
    guard subject.pointee.flags.contains(.watched) else { return }
    subject.pointee.flags.remove(.watched)
    watches[Int(subject.pointee.watch)].peaks.removeAll(keepingCapacity: true)
    watches[Int(subject.pointee.watch)].nextDue = .max
    freeWatches.append(subject.pointee.watch)
  }

  /// Whether the falls of a subject can be judged: there are axes, and enough of them.
  func canJudgeFalls(_ subject: UnsafeMutablePointer<Subject>) -> Bool {
    guard subject.pointee.axisBlock != Subject.noAxes, subject.pointee.count > 1,
      let judge = fallJudges[Int(subject.pointee.stream)]
    else { return false }
    // By the newest samples, as many as make two seconds at the least rate.
    let steps = min(Int(2 * judge.rules.minRate), Int(subject.pointee.count) - 1)
    let ring = motion(subject)
    let span = ring.time(at: ring.count - 1) - ring.time(at: ring.count - 1 - steps)
    return ring.axes(at: ring.count - 1) != nil
      && Double(span) * judge.rules.minRate <= 1_000 * Double(steps)
  }

  /// Adds a sample to the peaks, unless one within the separation exceeds it; of equal ones the first holds.
  private mutating func addPeak(
    _ sample: Sample, at position: Int, of subject: UnsafeMutablePointer<Subject>, _ place: Int,
    _ judge: FallJudge
  ) {
    let separation = judge.rules.separation
    let ring = ring(subject)
    var before = position - 1
    while before >= 0, sample.time - ring.time(at: before) <= separation {
      if ring.value(at: before) >= sample.value { return }
      before -= 1
    }
    var after = position + 1
    while after < ring.count, ring.time(at: after) - sample.time <= separation {
      if ring.value(at: after) > sample.value { return }
      after += 1
    }
    var isPossible = false
    watches[place].peaks.removeAll { peak in
      let isExceeded =
        abs(peak.time - sample.time) <= separation && peak.value < sample.value
      if isExceeded, peak.isPossible { isPossible = true }
      return isExceeded
    }
    var peak = FallWatch.Peak(
      time: sample.time, value: sample.value, nextLook: sample.time + (judge.impact?.firstLook ?? 0)
    )
    // What was a possible fall remains one until this peak has been looked at.
    peak.isPossible = isPossible
    peak.isEarlyDone = !judge.hasEarly
    // Who wants to see all candidates wants their features, too.
    peak.isModelDone = !judge.hasModels && !recordsAllCandidates
    peak.isImpactDone =
      judge.impact.map { !$0.isImpact(milliG(sample.value, of: subject)) } ?? true
    let end = watches[place].peaks.firstIndex { $0.time > sample.time }
    watches[place].peaks.insert(peak, at: end ?? watches[place].peaks.count)
    watches[place].nextDue = min(watches[place].nextDue, due(peak, judge))
  }

  private func milliG(_ value: Int32, of subject: UnsafeMutablePointer<Subject>) -> Int64 {
    let digits = rules[Int(subject.pointee.stream)].digits
    return Int64(value) * 1_000 / Int64(DecimalText.unit(digits: digits))
  }

  private func due(_ peak: FallWatch.Peak, _ judge: FallJudge) -> Int64 {
    var due = Int64.max
    if !peak.isEarlyDone { due = min(due, peak.time + judge.earlyDelay) }
    if !peak.isModelDone { due = min(due, peak.time + judge.modelDelay) }
    if !peak.isImpactDone { due = min(due, peak.nextLook) }
    // Nothing to ask: it goes at the next look.
    return due == .max ? peak.time : due
  }

  /// Does what is due for each peak by `now`.
  private mutating func lookAtPeaks(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ place: Int, _ judge: FallJudge,
    at now: Int64, _ origin: RecordOrigin
  ) {
    var next = 0
    while next < watches[place].peaks.count {
      var peak = watches[place].peaks[next]
      if !peak.isEarlyDone, now >= peak.time + judge.earlyDelay {
        askEarly(&peak, index, subject, judge, at: now, origin)
      }
      if !peak.isModelDone, now >= peak.time + judge.modelDelay {
        peak.isModelDone = true
        if judge.measure(peak.time, in: motion(subject)) {
          peak.features = judge.features
          peak.scores += judge.ask()
        }
      }
      if !peak.isImpactDone, now >= peak.nextLook { look(&peak, subject, judge, at: now) }
      if peak.outcome == nil, let isFall = judge.isFall(peak) {
        peak.outcome = conclude(peak, isFall, index, subject, judge, at: now, origin)
        if !isFall, peak.isPossible {
          peak.isPossible = false
          watches[place].peaks[next] = peak
          withdraw(index, subject, place, at: now, origin)
        }
      }
      if peak.isEarlyDone, peak.isModelDone, peak.isImpactDone {
        watches[place].peaks.remove(at: next)
        record(peak, index, subject, judge, at: now, origin)
      } else {
        watches[place].peaks[next] = peak
        next += 1
      }
    }
  }

  private mutating func askEarly(
    _ peak: inout FallWatch.Peak, _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ judge: FallJudge, at now: Int64, _ origin: RecordOrigin
  ) {
    peak.isEarlyDone = true
    guard judge.measure(peak.time, in: motion(subject)), let score = judge.askEarly() else {
      return
    }
    peak.scores.append(score)
    guard score.isFall else { return }
    peak.isPossible = true
    guard isLive, notes[index]?.fall == nil else { return }
    let posture = Posture(
      motion(subject), from: peak.time - ImpactSequence.postureBefore.upperBound,
      through: peak.time - ImpactSequence.postureBefore.lowerBound)
    let text = DecimalText.text(decimal(peak.value, of: subject), places: 1)
    tellFall(
      FallEpisode(level: .warning, peak: peak.time, toldAt: now, posture: posture.mean), index,
      subject, peak, at: now, reason: "possible fall: impact of \(text) g", origin)
  }

  private func look(
    _ peak: inout FallWatch.Peak, _ subject: UnsafeMutablePointer<Subject>, _ judge: FallJudge,
    at now: Int64
  ) {
    guard let impact = judge.impact else {
      peak.isImpactDone = true
      return
    }
    let ring = motion(subject)
    let finding = impact.look(at: peak.time, in: ring, now: now) { place in
      milliG(ring.samples.value(at: place), of: subject)
    }
    guard finding != .open else {
      while peak.nextLook <= now { peak.nextLook += ImpactSequence.step }
      return
    }
    peak.isImpactDone = true
    peak.scores.append(
      FallScore(
        role: .impact, model: "", probability: finding == .fall ? 1 : 0, threshold: 1,
        isFall: finding == .fall))
  }

  /// Tells what a peak has been found to be.
  private mutating func conclude(
    _ peak: FallWatch.Peak, _ isFall: Bool, _ index: UInt32,
    _ subject: UnsafeMutablePointer<Subject>, _ judge: FallJudge, at now: Int64,
    _ origin: RecordOrigin
  ) -> FallCandidate.Outcome {
    guard isFall else { return FallCandidate.Outcome.none }
    // While a restart fills the ring, the open fall may be this one.
    if let open = notes[index]?.fall, open.level == .danger, isLive || open.peak != peak.time,
      (0..<judge.rules.refractory).contains(now - open.toldAt)
    {
      return .repeated
    }
    guard isLive else { return .fall }
    var posture = Posture(
      motion(subject), from: peak.time - ImpactSequence.postureBefore.upperBound,
      through: peak.time - ImpactSequence.postureBefore.lowerBound
    ).mean
    // Who falls again while lying there still was upright before the first fall.
    if let open = notes[index]?.fall, open.level == .danger { posture = open.posture }
    let text = DecimalText.text(decimal(peak.value, of: subject), places: 1)
    let decisive = peak.scores.filter { $0.isFall && $0.role != .shadow && $0.role != .early }
    let by = decisive.map { score in
      score.role == .impact
        ? "impact, rest and posture"
        : "probability \(DecimalText.text(score.probability, places: 2))"
    }
    recordFall(peak, decisive, index, subject, origin)
    tellFall(
      FallEpisode(level: .danger, peak: peak.time, toldAt: now, posture: posture), index, subject,
      peak, at: now, reason: "fall: impact of \(text) g (\(by.joined(separator: "; ")))", origin)
    return .fall
  }

  /// A fall is an anomaly too, at the time of its peak.
  private mutating func recordFall(
    _ peak: FallWatch.Peak, _ decisive: [FallScore], _ index: UInt32,
    _ subject: UnsafeMutablePointer<Subject>, _ origin: RecordOrigin
  ) {
    var cursor = BaselineCursor(length: hot[Int(subject.pointee.stream)].length)
    cursor.begin(before: peak.time, of: ring(subject))
    let unit = DecimalText.unit(digits: rules[Int(subject.pointee.stream)].digits)
    decisions.anomalies.append(
      Anomaly(
        subject: index, time: peak.time, value: Double(peak.value) / unit,
        mean: cursor.sums.mean / unit, std: cursor.sums.standardDeviation / unit,
        score: decisive.map(\.probability).max() ?? 0,
        detector: decisive.contains { $0.role == .active } ? "model" : "impact", origin: origin))
  }

  /// Keeps a candidate, if it is one to keep.
  private mutating func record(
    _ peak: FallWatch.Peak, _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ judge: FallJudge, at now: Int64, _ origin: RecordOrigin
  ) {
    guard isLive, !peak.scores.isEmpty || !peak.features.isEmpty else { return }
    let most = peak.scores.map(\.probability).max() ?? 0
    let findings = Set(
      peak.scores.filter { $0.role == .active || $0.role == .shadow }.map(\.isFall))
    guard recordsAllCandidates || most >= judge.rules.recordFrom || findings.count > 1 else {
      return
    }
    decisions.fallCandidates.append(
      FallCandidate(
        subject: index, time: peak.time, decided: now, peak: decimal(peak.value, of: subject),
        outcome: peak.outcome ?? FallCandidate.Outcome.none, scores: peak.scores,
        features: peak.features, origin: origin))
  }

  private mutating func tellFall(
    _ episode: FallEpisode, _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ peak: FallWatch.Peak, at now: Int64, reason: String, _ origin: RecordOrigin
  ) {
    note(index, subject) { $0.fall = episode }
    settle(index, subject, at: now, origin, reason: reason)
    tell(
      .fall, of: index, episode.level, at: now, reason: reason, origin: origin,
      value: decimal(peak.value, of: subject))
  }

  /// Withdraws a possible fall, unless another peak is possibly one.
  private mutating func withdraw(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ place: Int, at now: Int64,
    _ origin: RecordOrigin
  ) {
    guard isLive, notes[index]?.fall?.level == .warning,
      !watches[place].peaks.contains(where: \.isPossible)
    else { return }
    endFall(index, subject, at: now, origin)
  }

  /// Goes on with a fall that a silence or a restart has interrupted.
  mutating func resume(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at now: Int64, _ origin: RecordOrigin
  ) {
    if subject.pointee.state == .unknown {
      settle(index, subject, at: now, origin, reason: "silent since a fall")
    }
    if !subject.pointee.flags.contains(.watched), fallJudges[Int(subject.pointee.stream)] != nil {
      let place = watch(subject)
      watches[place].nextDue = .min
    }
  }

  /// Brings a subject's state in line with its open causes.
  private mutating func settle(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at now: Int64,
    _ origin: RecordOrigin,
    reason: String?
  ) {
    let noted = notes[index]
    let isKnown = Int(subject.pointee.count) > rules[Int(subject.pointee.stream)].zscore.minSamples
    let open = SafetyState.worse(noted?.fall?.level ?? .unknown, noted?.episode?.level ?? .unknown)
    let state = open == .unknown ? (isKnown ? .safe : .unknown) : open
    if state != subject.pointee.state {
      change(
        index, subject, to: state, at: now, cause: origin, reason: reason,
        tellsAbnormal: state == .safe && noted?.isAbnormalKeptOpen == true)
    } else if let reason {
      list(index, subject)
      note(index, subject) { $0.reason = reason }
    }
  }

  /// The fall, or its possibility, is over.
  private mutating func endFall(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at now: Int64, _ origin: RecordOrigin
  ) {
    note(index, subject) { $0.fall = nil }
    settle(index, subject, at: now, origin, reason: nil)
    tell(.fall, of: index, nil, at: now, origin: origin)
  }

  private mutating func lookAtRecovery(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ place: Int, _ judge: FallJudge,
    at now: Int64, _ origin: RecordOrigin
  ) {
    let ring = motion(subject)
    // Once a second, whichever samples there are: counted from the fall, so that a restart changes nothing.
    guard isLive, var fall = notes[index]?.fall,
      now
        >= fall.nextLook(after: ring.count > 1 ? ring.time(at: ring.count - 2) : .min, judge.rules),
      fall.level == .danger || !watches[place].peaks.contains(where: \.isPossible)
    else { return }
    let mean = Posture(ring, from: now - FallEpisode.step, through: now)
    let before = fall.uprightSince
    if fall.look(mean, at: now, judge.rules.recovery) != nil {
      endFall(index, subject, at: now, origin)
    } else if fall.uprightSince != before {
      note(index, subject) { $0.fall = fall }
      list(index, subject)
    }
  }

  /// Notes when there is something to do next, or lets the watch go.
  private mutating func schedule(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ place: Int, _ judge: FallJudge,
    at now: Int64
  ) {
    let fall = notes[index]?.fall
    guard fall != nil || !watches[place].peaks.isEmpty else { return unwatch(subject) }
    var next = fall?.nextLook(after: now, judge.rules) ?? .max
    for peak in watches[place].peaks { next = min(next, due(peak, judge)) }
    watches[place].nextDue = next
  }
}

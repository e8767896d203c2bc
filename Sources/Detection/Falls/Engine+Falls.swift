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
    let place = watch(index, subject)
    let isExceeded =
      sample.value <= watches[place].newestValue
      && sample.time &- watches[place].newestTime <= rules.pointee.fallSeparation
    let isHigh = sample.value > rules.pointee.fallTrigger && !isExceeded
    guard isHigh || sample.time >= watches[place].nextDue else { return }
    guard let judge = fallJudges[Int(subject.pointee.stream)] else { return }
    if isHigh {
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
    let place = watch(index, subject)
    addPeak(sample, at: position, of: subject, place, judge)
    let now = subject.pointee.lastTime
    lookAtPeaks(index, subject, place, judge, at: now, origin)
    schedule(index, subject, place, judge, at: now)
  }

  /// The place of a subject's watch, which begins if there is none.
  mutating func watch(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) -> Int {
    if let place = watchPlaces[index] { return place }
    subject.pointee.flags.insert(.watched)
    var place = watches.count
    if let free = freeWatches.popLast() {
      place = free
    } else {
      watches.append(FallWatch())
    }
    watchPlaces[index] = place
    return place
  }

  mutating func unwatch(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    guard subject.pointee.flags.contains(.watched) else { return }
    subject.pointee.flags.remove(.watched)
    guard let place = watchPlaces.removeValue(forKey: index) else { return }
    watches[place].peaks.removeAll(keepingCapacity: true)
    watches[place].nextDue = .max
    watches[place].newestTime = .min
    watches[place].newestValue = .min
    freeWatches.append(place)
  }

  /// Whether the falls of a subject can be judged: there are axes, and enough of them.
  func canJudgeFalls(_ subject: UnsafeMutablePointer<Subject>) -> Bool {
    guard subject.pointee.format == .motion, subject.pointee.count > 1,
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
    peak.isImpactNew = !peak.isImpactDone && judge.impact?.rules.warns == true
    let end = watches[place].peaks.firstIndex { $0.time > sample.time }
    watches[place].peaks.insert(peak, at: end ?? watches[place].peaks.count)
    if end == nil {
      watches[place].newestTime = peak.time
      watches[place].newestValue = peak.value
    }
    watches[place].nextDue = min(watches[place].nextDue, due(peak, judge))
  }

  private func milliG(_ value: Int32, of subject: UnsafeMutablePointer<Subject>) -> Int64 {
    let digits = rules[Int(subject.pointee.stream)].digits
    return Int64(value) * 1_000 / Int64(DecimalText.unit(digits: digits))
  }

  private func due(_ peak: FallWatch.Peak, _ judge: FallJudge) -> Int64 {
    if peak.isImpactNew { return peak.time }
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
      if peak.isImpactNew { takeImpact(&peak, index, subject, judge, at: now, origin) }
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
    tellPossibleFall(index, subject, peak, at: now, origin)
  }

  /// An impact is a warning at once, unless free fall is asked for and was none.
  private mutating func takeImpact(
    _ peak: inout FallWatch.Peak, _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ judge: FallJudge, at now: Int64, _ origin: RecordOrigin
  ) {
    peak.isImpactNew = false
    let ring = motion(subject)
    guard
      judge.impact?.isPrecededByFreeFall(
        peak.time, in: ring,
        magnitude: { milliG(ring.samples.value(at: $0), of: subject) }) == true
    else { return }
    peak.isPossible = true
    tellPossibleFall(index, subject, peak, at: now, origin)
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

  /// Notes when there is something to do next, or lets the watch go.
  private mutating func schedule(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ place: Int, _ judge: FallJudge,
    at now: Int64
  ) {
    let fall = notes[index]?.fall
    guard fall != nil || !watches[place].peaks.isEmpty else { return unwatch(index, subject) }
    var next = fall?.nextLook(after: now, judge.rules) ?? .max
    for peak in watches[place].peaks { next = min(next, due(peak, judge)) }
    watches[place].nextDue = next
  }
}

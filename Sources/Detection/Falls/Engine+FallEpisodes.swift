import Events

/// What becomes of a fall: it is told, may be withdrawn, outlives silence, and is over when the wearer has got up.
extension Engine {
  /// Tells that a fall is possible, unless a fall or the possibility of one is open.
  mutating func tellPossibleFall(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ peak: FallWatch.Peak,
    at now: Int64, _ origin: RecordOrigin
  ) {
    guard isLive, notes[index]?.fall == nil else { return }
    let text = DecimalText.text(decimal(peak.value, of: subject), places: 1)
    tellFall(
      FallEpisode(
        level: .warning, peak: peak.time, toldAt: now, posture: posture(before: peak, subject)),
      index, subject, peak, at: now, reason: "possible fall: impact of \(text) g", origin)
  }

  /// The mean acceleration before a peak.
  private func posture(
    before peak: FallWatch.Peak, _ subject: UnsafeMutablePointer<Subject>
  ) -> AxisSample? {
    let time = ImpactSequence.postureBefore
    return Posture(
      motion(subject), from: peak.time - time.upperBound, through: peak.time - time.lowerBound
    ).mean
  }

  /// Tells what a peak has been found to be.
  mutating func conclude(
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
    var posture = posture(before: peak, subject)
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
  mutating func record(
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

  mutating func tellFall(
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
  mutating func withdraw(
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
      let place = watch(index, subject)
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
    } else {
      // The row keeps what is noted of the fall, whether the state shows it or not.
      list(index, subject)
      if let reason { note(index, subject) { $0.reason = reason } }
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

  mutating func lookAtRecovery(
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
}

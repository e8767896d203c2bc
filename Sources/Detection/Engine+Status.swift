import Events

/// From samples to states, and from states to rows.
extension Engine {
  func decimal(_ value: Int32, of subject: UnsafeMutablePointer<Subject>) -> Double {
    Double(value) / hot[Int(subject.pointee.stream)].unit
  }

  /// Takes what one sample means for the subject's state. `baseline` is the window before the sample,
  /// `finding` what all detectors together said, where there are others than the z-score.
  @inline(never)
  mutating func observe(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample,
    _ finding: BankFinding?, isFlagged: Bool, isInOrder: Bool, baseline: WindowSums,
    _ origin: RecordOrigin
  ) {
    guard isLive else { return }
    if subject.pointee.state == .stale {
      change(index, subject, to: .unknown, at: sample.time, cause: origin, reason: nil)
    }
    if subject.pointee.state == .unknown || !subject.pointee.flags.contains(.watched),
      notes[index]?.fall != nil
    {
      resume(index, subject, at: sample.time, origin)
    }
    // By its place: a copy of all rules for each sample would be dear.
    let stream = Int(subject.pointee.stream)
    let zscore = hot[stream].zscore
    if isFlagged { recordAnomaly(index, sample, finding, baseline, stream, zscore, origin) }
    let isOdd = isFlagged && !isRecordedOnly(subject, stream)

    guard var episode = notes[index]?.episode else {
      if isOdd {
        var episode = Episode(
          reference: baseline, referenceUntil: sample.time + rules[stream].window.length)
        let step = episode.abnormal(at: sample.time, rules: rules[stream].status)
        note(index, subject) { $0.episode = episode }
        raise(index, subject, step, sample, finding, against: baseline, stream, zscore, origin)
      } else if subject.pointee.state == .unknown, isInOrder, zscore.canJudge(baseline) {
        change(index, subject, to: .safe, at: sample.time, cause: origin, reason: nil)
      }
      return
    }

    // What other detectors find is not a matter of the window that the anomaly sits in.
    let fitsReference =
      finding != nil || sample.time > episode.referenceUntil || isRecordedOnly(subject, stream)
      || !zscore.flags(sample.value, against: episode.reference)
    if isOdd || !fitsReference {
      var judgedBy = fitsReference ? baseline : episode.reference
      if sample.time > episode.referenceUntil {
        episode.reference = baseline
        episode.referenceUntil = sample.time + rules[stream].window.length
        judgedBy = baseline
      }
      let step = episode.abnormal(at: sample.time, rules: rules[stream].status)
      note(index, subject) { $0.episode = episode }
      list(index, subject)
      raise(index, subject, step, sample, finding, against: judgedBy, stream, zscore, origin)
    } else if isInOrder {
      let quietBefore = episode.quietSince
      let step = episode.normal(at: sample.time, rules: rules[stream].status)
      if episode.quietSince != quietBefore {
        note(index, subject) { $0.episode = episode }
        list(index, subject)
      }
      guard case .lower(let level) = step else { return }
      let quiet = "no abnormal sample for \(DecimalText.duration(rules[stream].status.clearAfter))"
      if level == .safe { note(index, subject) { $0.episode = nil } }
      let state = SafetyState.worse(level, notes[index]?.fall?.level ?? .safe)
      if state != subject.pointee.state {
        change(
          index, subject, to: state, at: sample.time, cause: origin,
          reason: state == .safe ? nil : "recovering: \(quiet)")
      } else if level == .safe {
        tell(.abnormal, of: index, nil, at: sample.time, origin: origin)
      }
    }
  }

  /// Whether what the detectors find of a subject's samples is recorded and leaves its state as it is,
  /// because its falls are judged.
  private func isRecordedOnly(
    _ subject: UnsafeMutablePointer<Subject>, _ stream: Int
  ) -> Bool {
    rules[stream].falls?.others == .record && canJudgeFalls(subject)
  }

  private mutating func recordAnomaly(
    _ index: UInt32, _ sample: Sample, _ finding: BankFinding?, _ baseline: WindowSums,
    _ stream: Int, _ zscore: ZScore, _ origin: RecordOrigin
  ) {
    let unit = DecimalText.unit(digits: rules[stream].digits)
    decisions.anomalies.append(
      Anomaly(
        subject: index, time: sample.time, value: Double(sample.value) / unit,
        mean: baseline.mean / unit, std: baseline.standardDeviation / unit,
        score: finding?.score ?? zscore.score(sample.value, against: baseline),
        detector: finding?.detector ?? "zscore", origin: origin))
  }

  private mutating func raise(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ step: Episode.Step,
    _ sample: Sample, _ finding: BankFinding?, against baseline: WindowSums, _ stream: Int,
    _ zscore: ZScore, _ origin: RecordOrigin
  ) {
    guard case .raise(let level) = step else { return }
    let unit = DecimalText.unit(digits: rules[stream].digits)
    let label = rules[stream].unit.isEmpty ? "" : " \(rules[stream].unit)"
    let value = DecimalText.text(Double(sample.value) / unit, places: 3)
    let mean = DecimalText.text(baseline.mean / unit, places: 3)
    let std = DecimalText.text(baseline.standardDeviation / unit, places: 3)
    var facts = "\(value)\(label) against mean \(mean), std \(std)"
    if let finding, finding.detector != "zscore" {
      let score = DecimalText.text(finding.score, places: 2)
      facts = "\(value)\(label) by \(finding.detector) (score \(score))"
    } else {
      let score = DecimalText.text(zscore.score(sample.value, against: baseline), places: 1)
      facts += " (score \(score))"
    }
    let reason =
      level == .danger
      ? "\(rules[stream].status.raiseCount) abnormal within "
        + "\(DecimalText.duration(rules[stream].status.raiseWithin)): \(facts)"
      : "abnormal: \(facts)"
    if level.rawValue > subject.pointee.state.rawValue {
      change(index, subject, to: level, at: sample.time, cause: origin, reason: reason)
    }
    tell(
      .abnormal, of: index, level, at: sample.time, reason: reason, origin: origin,
      value: Double(sample.value) / unit)
  }

  /// Changes a subject's state, and lists its row.
  ///
  /// - Parameters:
  ///   - isTold: whether silence, if that is the state, is a cause of alerts.
  ///   - tellsAbnormal: whether the change may begin or end the cause `abnormal`.
  mutating func change(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, to state: SafetyState,
    at time: Int64, cause: RecordOrigin?, reason: String?, isTold: Bool = true,
    tellsAbnormal: Bool = true
  ) {
    list(index, subject)
    let before = subject.pointee.state
    subject.pointee.previousState = before
    subject.pointee.state = state
    subject.pointee.since = time
    subject.pointee.causeOffset = cause?.offset ?? -1
    subject.pointee.causePartition = cause?.partition ?? 0
    subject.pointee.flags.insert(.transitioned)
    note(index, subject) { $0.reason = reason }
    tellCauses(
      of: index, subject, after: before, at: time, origin: cause, reason: reason, isTold: isTold,
      tellsAbnormal: tellsAbnormal)
  }

  /// Puts a subject's row on the list of those to be written with this batch.
  mutating func list(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    guard !subject.pointee.flags.contains(.listed) else { return }
    subject.pointee.flags.insert(.listed)
    listed.append((index, subject.pointee.state))
  }

  /// Changes what is noted of a subject.
  mutating func note(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ body: (inout SubjectNotes) -> Void
  ) {
    // Most subjects have none, and their rows and changes need not look for them.
    guard subject.pointee.flags.contains(.noted) else {
      var first = SubjectNotes()
      body(&first)
      guard !first.isEmpty else { return }
      notes[index] = first
      subject.pointee.flags.insert(.noted)
      return
    }
    // In its place: a copy would have to be made of what it holds.
    if Self.change(&notes[index, default: SubjectNotes()], body) {
      notes[index] = nil
      subject.pointee.flags.remove(.noted)
    }
  }

  /// Returns whether nothing is left.
  private static func change(
    _ notes: inout SubjectNotes, _ body: (inout SubjectNotes) -> Void
  ) -> Bool {
    body(&notes)
    return notes.isEmpty
  }

  /// The row of a subject as it stands; its changes count as handed out from now on.
  mutating func row(of index: UInt32, replacing replaced: SafetyState) -> StatusRow {
    let subject = subjects[index]
    let state = subject.pointee
    let unit = hot[Int(state.stream)].unit
    let isNoted = state.flags.contains(.noted)
    var row = StatusRow(
      subject: index, state: state.state, previousState: state.previousState,
      replacedState: replaced, isTransition: state.flags.contains(.transitioned),
      since: state.since, lastSeen: state.lastTime == .min ? state.since : state.lastTime,
      lastArrival: state.lastArrival,
      reason: usualReason(state.state, stream: Int(state.stream)),
      cause: state.causeOffset < 0
        ? nil : RecordOrigin(partition: state.causePartition, offset: state.causeOffset))
    if isNoted {
      if let reason = notes[index]?.reason { row.reason = reason }
      row.evidence = evidence(of: index, subject)
    }
    fill(placeOf: index, into: &row)
    if state.count > 0 {
      let ring = ring(subject)
      let newest = ring.value(at: ring.count - 1)
      row.value = Double(newest) / unit
      let zscore = hot[Int(state.stream)].zscore
      let sums = ring.block.sums(of: subject)
      if zscore.canJudge(sums) {
        row.mean = sums.mean / unit
        row.std = sums.standardDeviation / unit
        let score = zscore.score(newest, against: sums)
        row.score = score.isFinite ? score : nil
      }
    }
    subject.pointee.flags.subtract([.listed, .dirty, .transitioned])
    return row
  }

  private func evidence(of index: UInt32, _ subject: UnsafeMutablePointer<Subject>) -> [UInt8] {
    guard var noted = notes[index] else { return [] }
    if !floorMatters(index, subject) { noted.floor = .min }
    return noted.evidence
  }

  /// Whether a restart must know the subject's floor: while samples from before it could still lie in
  /// the ring, had they not been kept out, or in the window of one that does.
  func floorMatters(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) -> Bool {
    guard let floor = notes[index]?.floor, floor != .min else { return false }
    let rules = hot[Int(subject.pointee.stream)]
    return subject.pointee.lastTime < floor + rules.retention + rules.length
  }

  /// What is said of a subject's state for which there is no particular reason.
  func usualReason(_ state: SafetyState, stream: Int) -> UsualReason {
    UsualReason(state, isCamera: hot[stream].isCamera)
  }
}

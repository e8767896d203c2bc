import Events

/// What moves a camera's state: rules that are raised, equipment that is at fault, and quiet.
///
///     unknown ──first good image──► safe ──rule──► warning, danger ──nothing for clearAfter──► safe
///     any ──void images──► warning ──none for clearAfter──► unknown
///     any ──no record for staleAfter──► stale
///
/// A state that a rule has raised is not stepped down until all is quiet.
extension Engine {
  /// Raises the rules whose condition the frame meets.
  mutating func alarm(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ frame: CameraFrame,
    _ batch: FrameBatch, _ camera: Camera, _ origin: RecordOrigin
  ) {
    guard let list = camera.list else { return }
    var noted = notes[index]?.camera ?? CameraNotes()
    let judge = camera.judge
    let outcomes = judge.outcomes
    // By the camera's newest time and the partition's clock, which only go forward: so what is raised
    // last is also called off last, whoever notices.
    let news = noted.alarms.take(
      outcomes, of: list, time: subject.pointee.lastTime,
      arrival: partitions[Int(origin.partition)].clock
    ) { judge.words($0, frame, batch) }
    for new in news {
      let outcome = outcomes[new.outcome]
      let rule = list.rules[outcome.rule]
      let threat = Threat(
        subject: index, site: String(decoding: frame.site, as: UTF8.self), time: frame.time,
        rule: rule.id, name: rule.name, severity: rule.severity,
        objects: judge.objects(outcome, batch), reason: judge.words(outcome, frame, batch),
        origin: origin)
      tell(
        .rule(rule.id), of: index, rule.severity, at: frame.time, reason: threat.reason,
        origin: origin, value: threat.objects.first?.probability, ruleName: rule.name)
      if new.isThreat { decisions.threats.append(threat) }
    }
    settle(index, subject, noted, to: raised(subject, noted), at: frame.time, cause: origin)
  }

  /// Lowers the rules that are no longer among those for the camera.
  mutating func forgetAlarms(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, but camera: Camera,
    _ frame: CameraFrame, _ origin: RecordOrigin
  ) {
    guard let list = camera.list, var noted = notes[index]?.camera else { return }
    let keptOpen = noted.alarms.keptOpen
    let gone = noted.alarms.adopt(list)
    let forgotten = keptOpen.filter { list.rule(id: $0) == nil }
    for rule in (gone + forgotten).sorted() {
      tell(.rule(rule), of: index, nil, at: frame.time, origin: origin)
    }
    if gone.isEmpty {
      // What is not raised has no part in the state.
      if !forgotten.isEmpty {
        note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
        self.list(index, subject)
      }
      return
    }
    settle(index, subject, noted, to: noted.state, at: frame.time, cause: origin)
  }

  /// Declares a camera's equipment at fault.
  mutating func fail(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ frame: CameraFrame,
    _ origin: RecordOrigin
  ) {
    var noted = notes[index]?.camera ?? CameraNotes()
    let isNew = noted.fault == nil
    noted.isFaultKeptOpen = false
    let why =
      frame.isUnreadable
      ? "the detector could not read them"
      : "contrast \(DecimalText.text(Double(frame.image.contrast) / 1_000_000, places: 3))"
    let reason = "nothing can be seen in its images: \(why)"
    noted.fault = CameraNotes.Fault(
      lastVoid: subject.pointee.lastTime, lastArrival: partitions[Int(origin.partition)].clock,
      reason: noted.fault?.reason ?? reason)
    if isNew {
      decisions.equipmentFaults.append(
        EquipmentFault(
          subject: index, time: frame.time, kind: .void, reason: reason, origin: origin))
      tell(
        .voidImage, of: index, .warning, at: frame.time, reason: reason, origin: origin)
    }
    settle(index, subject, noted, to: raised(subject, noted), at: frame.time, cause: origin)
  }

  /// Lowers what has been quiet for long enough, by the camera's own time or by its partition's clock:
  /// whichever comes first, the row says the same.
  mutating func calm(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at time: Int64?, clock: Int64
  ) {
    guard var noted = notes[index]?.camera, subject.pointee.state != .stale else { return }
    let clearAfter = rules[Int(subject.pointee.stream)].status.clearAfter
    let before = noted
    let seeing = noted.endFault(at: time, clock: clock, clearAfter: clearAfter) ?? .min
    let blindUntil = noted.fault == nil ? seeing : .max
    let lowered = noted.alarms.clear(
      before: time ?? .min, arrival: clock, clearAfter: clearAfter, blindUntil: blindUntil)
    let quiet = lowered.map(\.at).max() ?? .min
    guard noted != before else { return }
    if seeing != .min { tell(.voidImage, of: index, nil, at: seeing) }
    for (rule, end) in lowered where end > blindUntil {
      tell(.rule(rule), of: index, nil, at: end)
    }
    if before.hasCauses, !noted.hasCauses {
      // That nothing has been seen of late does not make a blind camera's house a safe one.
      settle(
        index, subject, noted, to: seeing >= quiet ? .unknown : .safe, at: max(quiet, seeing),
        cause: nil)
    } else {
      note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
      list(index, subject)
    }
  }

  /// Keeps the notes, and brings the camera's state and row into line with them.
  private mutating func settle(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ noted: CameraNotes,
    to state: SafetyState, at time: Int64, cause: RecordOrigin?
  ) {
    note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
    if state != subject.pointee.state {
      change(index, subject, to: state, at: time, cause: cause, reason: noted.reason)
    } else {
      note(index, subject) { $0.reason = noted.reason }
      list(index, subject)
    }
  }

  /// What a camera's state becomes with new causes: until all is quiet it is not stepped down. Whoever
  /// covers the lens does not call off the danger.
  private func raised(
    _ subject: UnsafeMutablePointer<Subject>, _ noted: CameraNotes
  ) -> SafetyState {
    subject.pointee.state == .danger ? .danger : noted.state
  }

  /// Lets go of what is held of a camera that has fallen silent, and of its series.
  mutating func lookAway(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    if let camera = cameras[index] {
      settlePlace(ofCamera: index)
      cameras[index] = nil
      for series in camera.buckets.series {
        if let index = series.subject { end(series: index, reason: "its camera is silent") }
      }
    }
    guard isLive, var noted = notes[index]?.camera else { return }
    noted.alarms.lowerAll()
    noted.isFaultKeptOpen = noted.isFaultKeptOpen || noted.fault != nil
    noted.fault = nil
    note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
  }
}

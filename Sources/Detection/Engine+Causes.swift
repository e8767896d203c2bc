import Events

/// What is amiss with subjects, as their states change: the source of alerts.
///
/// - `abnormal` is told at each step up to `warning` or `danger`. It is over when the state reaches `safe`,
///   be it after a silence.
/// - `fall` is told as `warning` while a fall is possible and as `danger` when it is one, and again at each
///   further fall. It is over when it is withdrawn, or the wearer has got up; a silence does not end it.
/// - `stale` is told when the subject falls silent, and is over when it is heard again. It is not told of a
///   subject that has not been heard since the start and whose last known partition is not read here: most
///   likely another member of the group hears it.
/// - A rule is told when it is raised, within its cooldown too. It is over when it is lowered, be it by the
///   clock alone: a camera that sends only what it detects says nothing while all is quiet. But if it is
///   lowered while nothing can be seen, or because the camera falls silent, then it is over only when the
///   camera's state reaches `safe`. Rules that are taken away are over.
/// - `voidImage` is told when the equipment is declared at fault, and is over with the fault; with a camera
///   that falls silent before that, when its state reaches `safe`.
///
/// So neither a watch that breaks in the fall nor a lens that is covered calls off the danger. What must be
/// remembered for that is kept in the subject's notes, and so across a restart. Something may be told again
/// that is not over: whoever has called it off by hand in the meantime must hear of it.
///
/// A series of counts is over as well when nothing is left to count. If it ends with its camera's silence,
/// `abnormal` stays until it has begun again and is `safe`; it has no `stale` of its own. If a partition is
/// revoked, nothing is said: what was amiss with its subjects when they were seen last has not ended because
/// another member of the group sees them next.
extension Engine {
  /// Hands out a change of a cause: the one place where such a change is made.
  mutating func tell(
    _ cause: Cause, of index: UInt32, _ level: SafetyState?, at time: Int64, reason: String = "",
    origin: RecordOrigin? = nil, value: Double? = nil, ruleName: String = ""
  ) {
    guard isLive else { return }
    let place = place(of: index)
    decisions.causes.append(
      CauseChange(
        subject: index, cause: cause, level: level, time: time, reason: reason, origin: origin,
        value: value, ruleName: ruleName, site: place?.site ?? "", location: place?.location,
        timeZone: place?.timeZone ?? ""))
  }

  /// Says which causes a change of state, which has just been made, begins or ends; what raises a state
  /// tells that itself, with the value that showed it.
  mutating func tellCauses(
    of index: UInt32, _ subject: UnsafeMutablePointer<Subject>, after before: SafetyState,
    at time: Int64, origin: RecordOrigin?, reason: String?, isTold: Bool,
    tellsAbnormal: Bool
  ) {
    let state = subject.pointee.state
    if state == .stale {
      if isTold {
        tell(.stale, of: index, .warning, at: time, reason: reason ?? "no data", origin: origin)
      }
    } else if before == .stale {
      tell(.stale, of: index, nil, at: time, origin: origin)
    }
    if hot[Int(subject.pointee.stream)].isCamera {
      if state == .safe { endKeptOpen(of: index, subject, at: time, origin) }
      return
    }
    let isKeptOpen =
      subject.pointee.flags.contains(.noted) && notes[index]?.isAbnormalKeptOpen ?? false
    guard tellsAbnormal else { return }
    guard isKeptOpen || before == .warning || before == .danger else { return }
    if state == .safe { tell(.abnormal, of: index, nil, at: time, origin: origin) }
    // While the state shows it, nothing more need be remembered.
    let keepsOpen = state == .stale || state == .unknown
    if keepsOpen != isKeptOpen { note(index, subject) { $0.isAbnormalKeptOpen = keepsOpen } }
  }

  /// Ends what a camera's blindness or silence kept from ending.
  private mutating func endKeptOpen(
    of index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at time: Int64,
    _ origin: RecordOrigin?
  ) {
    guard var noted = notes[index]?.camera else { return }
    let rules = noted.alarms.endKeptOpen()
    guard noted.isFaultKeptOpen || !rules.isEmpty else { return }
    if noted.isFaultKeptOpen { tell(.voidImage, of: index, nil, at: time, origin: origin) }
    for rule in rules { tell(.rule(rule), of: index, nil, at: time, origin: origin) }
    noted.isFaultKeptOpen = false
    note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
  }
}

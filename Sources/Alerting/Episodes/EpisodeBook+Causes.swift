import Detection
import Events
import Store

/// From causes to episodes.
extension EpisodeBook {
  /// Takes a change with a level.
  mutating func begin(
    _ change: CauseChange, _ identity: SubjectIdentity?, now: Int64, _ draft: inout Draft
  ) {
    // A possible fall is a state for the second or two until more is known: whoever jogs would fill the list
    // with what has been withdrawn before anybody could look.
    if change.cause == .fall, change.level != .danger { return }
    let key = Key(subject: change.subject, cause: change.cause)
    if change.cause == .stale {
      // A silence that has come back while its alert was recovering has nothing to wait for.
      guard settings.staleSeverity != nil || numbers[key] != nil else { return }
      if settings.staleAfter > 0, numbers[key] == nil {
        return wait(for: change, identity, now: now)
      }
    }
    apply(change, identity, now: now, &draft)
  }

  /// Takes a change that says that a cause is over.
  mutating func end(_ change: CauseChange, now: Int64, _ draft: inout Draft) {
    if change.cause == .stale { silences[change.subject]?.change = nil }
    let key = Key(subject: change.subject, cause: change.cause)
    // Without an episode it has been resolved by hand before, or never was an alert.
    guard let id = numbers[key], episodes[id]?.alert.phase == .firing else { return }
    episodes[id]?.alert.phase = .recovering
    episodes[id]?.alert.recovering = now
    episodes[id]?.alert.ended = change.time
    follow(change, id)
    draft.touch(id)
    if let alert = episodes[id]?.alert, alert.flaps < AlertEvent.maxFlapEvents {
      draft.record(.recovering, id, at: now)
    }
    schedule(id, from: now)
  }

  /// Opens an episode, or has one go on.
  private mutating func apply(
    _ change: CauseChange, _ identity: SubjectIdentity?, now: Int64, _ draft: inout Draft
  ) {
    let level = change.cause == .stale ? settings.staleSeverity ?? .warning : change.level
    let severity = level == .danger ? SafetyState.danger : .warning
    let key = Key(subject: change.subject, cause: change.cause)
    guard let id = numbers[key], var alert = episodes[id]?.alert else {
      if let identity { open(change, key, identity, severity, now: now, &draft) }
      return
    }
    if alert.phase == .recovering {
      alert.phase = .firing
      alert.recovering = nil
      alert.ended = nil
      alert.flaps += 1
      draft.touch(id)
      if alert.flaps <= AlertEvent.maxFlapEvents {
        draft.record(.flapped, id, at: now, change.reason)
      }
    }
    if severity.rawValue > alert.severity.rawValue {
      var text = "\(severity.name): \(change.reason)"
      if let taken = alert.acknowledgement {
        let author = taken.author.isEmpty ? "" : " of \(taken.author)"
        text += "; the acknowledgement\(author) was for \(alert.severity.name) and is void"
      }
      alert.severity = severity
      alert.raised = now
      alert.acknowledgement = nil
      describe(change, &alert)
      draft.record(.raised, id, at: now, text)
    }
    episodes[id]?.alert = alert
    episodes[id]?.due = nil
    if follow(change, id) { draft.touch(id) }
  }

  private mutating func open(
    _ change: CauseChange, _ key: Key, _ identity: SubjectIdentity, _ severity: SafetyState,
    now: Int64, _ draft: inout Draft
  ) {
    var alert = Alert(
      id: nextID, identity: identity, cause: change.cause, severity: severity, began: change.time,
      opened: now, reason: change.reason)
    describe(change, &alert)
    nextID += 1
    numbers[key] = alert.id
    episodes[alert.id] = Open(subject: key.subject, alert: alert)
    follow(change, alert.id)
    draft.record(.opened, alert.id, at: now, change.reason)
  }

  private func describe(_ change: CauseChange, _ alert: inout Alert) {
    alert.reason = change.reason
    alert.value = change.value
    alert.origin = change.origin
    if !change.ruleName.isEmpty { alert.ruleName = change.ruleName }
  }

  /// Takes over where the subject is, if the change says anything new of it; returns whether it did.
  @discardableResult
  private mutating func follow(_ change: CauseChange, _ id: Int64) -> Bool {
    guard let alert = episodes[id]?.alert else { return false }
    let site = change.site.isEmpty ? alert.site : change.site
    let zone = change.timeZone.isEmpty ? alert.timeZone : change.timeZone
    let location = change.location ?? alert.location
    if site == alert.site, zone == alert.timeZone, location == alert.location { return false }
    episodes[id]?.alert.site = site
    episodes[id]?.alert.timeZone = zone
    episodes[id]?.alert.location = location
    return true
  }

  private mutating func wait(
    for change: CauseChange, _ identity: SubjectIdentity?, now: Int64
  ) {
    guard let identity else { return }
    if let known = silences[change.subject] {
      // Still in the queue: its entry will be put back when its turn comes.
      let since = known.change == nil ? now : known.since
      silences[change.subject] = Silence(change: change, identity: identity, since: since)
    } else {
      silences[change.subject] = Silence(change: change, identity: identity, since: now)
      queue.push(.silence(change.subject), at: now + settings.staleAfter)
    }
  }
}

/// What time brings about.
extension EpisodeBook {
  mutating func advance(to now: Int64, _ draft: inout Draft) {
    // Those who ask at the same time may come in another order than they read the clock in.
    if now < clock - 1_000 {
      setBack(to: now)
      clock = now
    }
    clock = max(clock, now)
    while let deadline = queue.pop(until: now) {
      switch deadline {
      case .recovery(let id): resolve(id, now: now, &draft)
      case .silence(let subject): openSilence(of: subject, now: now, &draft)
      }
    }
  }

  private mutating func resolve(_ id: Int64, now: Int64, _ draft: inout Draft) {
    guard let episode = episodes[id] else { return }
    episodes[id]?.isQueued = false
    guard let due = episode.due else { return }
    guard due <= now else { return queueUp(id, due: due) }
    let seconds = Double(settings.keepFiring) / 1_000
    var words = "over for \(seconds == seconds.rounded() ? "\(Int64(seconds))" : "\(seconds)") s"
    if episode.alert.flaps > 0 { words += ", came back \(episode.alert.flaps) times before" }
    close(id, now: now, words, &draft)
  }

  private mutating func openSilence(of subject: UInt32, now: Int64, _ draft: inout Draft) {
    guard let silence = silences[subject] else { return }
    guard let change = silence.change else {
      silences[subject] = nil
      return
    }
    let due = silence.since + settings.staleAfter
    guard due <= now else { return queue.push(.silence(subject), at: due) }
    silences[subject] = nil
    apply(change, silence.identity, now: now, &draft)
  }

  /// Takes an alert off the book.
  mutating func close(
    _ id: Int64, now: Int64, _ words: String, by author: String = "", _ draft: inout Draft
  ) {
    guard let episode = episodes.removeValue(forKey: id) else { return }
    if numbers[episode.key] == id { numbers[episode.key] = nil }
    var alert = episode.alert
    alert.phase = .resolved
    alert.recovering = nil
    alert.resolved = now
    // Resolved by hand: then this is when it ended, as far as people are concerned.
    alert.ended = alert.ended ?? now
    draft.closed[id] = alert
    draft.record(.resolved, id, at: now, words, by: author)
  }

  /// Has an alert resolved once it has been recovering for long enough.
  mutating func schedule(_ id: Int64, from since: Int64) {
    let due = since + settings.keepFiring
    episodes[id]?.due = due
    if episodes[id]?.isQueued == false { queueUp(id, due: due) }
  }

  private mutating func queueUp(_ id: Int64, due: Int64) {
    episodes[id]?.isQueued = true
    queue.push(.recovery(id), at: due)
  }

  /// Makes the queue anew, by the delays in use.
  mutating func reschedule() {
    queue = DeadlineQueue()
    silences = silences.filter { $0.value.change != nil }
    for (subject, silence) in silences.sorted(by: { $0.key < $1.key }) {
      queue.push(.silence(subject), at: silence.since + settings.staleAfter)
    }
    for id in episodes.keys.sorted() {
      episodes[id]?.isQueued = false
      if let alert = episodes[id]?.alert, alert.phase == .recovering {
        schedule(id, from: alert.recovering ?? alert.opened)
      }
    }
  }

  /// The wall clock was set back: nobody waits longer than the delay for that.
  private mutating func setBack(to now: Int64) {
    for (subject, silence) in silences where silence.since > now {
      silences[subject]?.since = now
    }
    for (id, episode) in episodes {
      if let since = episode.alert.recovering, since > now {
        episodes[id]?.alert.recovering = now
      }
    }
    reschedule()
  }
}

import Store

extension Dispatcher {
  /// What is said of a group: all that the receiver will know of it, and what of that is news.
  struct Summary {
    var told: [AlertNotification.Told] = []
    var news: [Int64] = []
  }

  /// Does what is due about a group at a receiver.
  mutating func attend(_ place: Int) {
    if let wake = groups[place].wake, wake <= now {
      groups[place].wake = nil
      groups[place].isRepeatParked = false
      for id in groups[place].parked.sorted() { judge(id, place) }
    }
    while let id = groups[place].nextRipe(at: now) { judge(id, place) }
    guard !groups[place].isWaiting else { return }
    if groups[place].hasNews(at: now) { parkRipe(place) }
    let hasNews = groups[place].hasNews(at: now)
    guard hasNews || !groups[place].isHeld && groups[place].hasRepeat(at: now) && mayRepeat(place)
    else { return }
    takeAlong(place)
    let receiver = groups[place].receiver
    if !groups[place].hasDanger, isHoldingBack(receiver) {
      groups[place].isHeld = true
      receivers[receiver].held.insert(place)
    } else {
      notify(place)
    }
    scheduleDigest(receiver)
  }

  /// Its news have waited for company: they may go out, or must not just now.
  private mutating func judge(_ id: Int64, _ place: Int) {
    guard let alert = entries[id]?.alert else { return }
    if alert.isOpen, let reason = suppression(of: id, place, at: now) {
      park(id, place, reason)
    } else {
      ripen(alert, place)
    }
  }

  private mutating func park(_ id: Int64, _ place: Int, _ reason: Suppression) {
    groups[place].setNews(.parked, of: id)
    watch(reason, place)
    record(reason, id)
  }

  private mutating func ripen(_ alert: Alert, _ place: Int) {
    let isCalm = !alert.isOpen || alert.acknowledgement != nil
    groups[place].setNews(.ripe(isCalm ? .calm : .init(alert.severity)), of: alert.id)
    groups[place].change(alert) { $0.isOwed = true }
    if let member = groups[place].members[alert.id], member.isEscalated, member.told == nil {
      let name = receivers[groups[place].receiver].settings.name
      record(.escalated, alert.id, "not acknowledged: \(name) is told")
    }
  }

  /// Looks again at what is ripe: it may have been silenced since.
  mutating func parkRipe(_ place: Int) {
    for id in groups[place].ripe.sorted() {
      guard entries[id]?.alert.isOpen ?? false else { continue }
      if let reason = suppression(of: id, place, at: now) { park(id, place, reason) }
    }
  }

  /// What still waits for company goes along.
  mutating func takeAlong(_ place: Int) {
    for id in groups[place].allRipening {
      guard let alert = entries[id]?.alert else { continue }
      if !alert.isOpen || suppression(of: id, place, at: now) == nil { ripen(alert, place) }
    }
  }

  /// Whether anything that can be repeated may be told just now.
  mutating func mayRepeat(_ place: Int) -> Bool {
    var reasons: [Suppression] = []
    for (id, member) in groups[place].members {
      guard member.isMatched, let told = member.told, told.status != .resolved,
        let alert = entries[id]?.alert, alert.isOpen, alert.acknowledgement == nil
      else { continue }
      guard let reason = suppression(of: id, place, at: now) else { return true }
      reasons.append(reason)
    }
    groups[place].isRepeatParked = true
    for reason in reasons { watch(reason, place) }
    return false
  }

  private mutating func notify(_ place: Int) {
    let receiver = groups[place].receiver
    let summary = summary(place)
    guard !summary.told.isEmpty else { return }
    if groups[place].isHeld {
      groups[place].isHeld = false
      receivers[receiver].held.remove(place)
    }
    receivers[receiver].window.add(now)
    let first = summary.told.map(\.alert).filter { groups[place].members[$0]?.told == nil }
    let generation = tell(place, summary.told)
    plan.notifications.append(
      PlannedNotification(
        receiver: receivers[receiver].settings.name, group: groups[place].name,
        groupLabels: groups[place].labels, generation: generation, kind: .alerts,
        status: status(of: summary.told, receiver), told: summary.told, news: summary.news,
        first: first))
    groups[place].isWaiting = true
    groups[place].waiting = summary.told.map(\.alert)
    for id in groups[place].waiting {
      guard let alert = entries[id]?.alert else { continue }
      groups[place].change(alert) { $0.isWaiting = true }
    }
  }

  // MARK: What is said

  func summary(_ place: Int) -> Summary {
    var lines: [(rank: Int, told: AlertNotification.Told)] = []
    var news: Set<Int64> = []
    let sendsAcknowledged = groups[place].sendsAcknowledged
    for (id, member) in groups[place].members {
      guard let alert = entries[id]?.alert else { continue }
      var line = AlertNotification.Told(
        alert: id,
        status: !alert.isOpen ? .resolved : alert.acknowledgement == nil ? .firing : .acknowledged,
        severity: alert.severity)
      if case .ripe = member.news {
        news.insert(id)
      } else {
        guard alert.isOpen, let told = member.told, told.status != .resolved else { continue }
        // Of what must not be told just now nothing new is said; of what belongs elsewhere, no rise.
        line.severity = told.severity
        if member.news != .none { line.status = told.status }
        if sendsAcknowledged, line.status == .acknowledged, told.status == .firing {
          news.insert(id)
        }
      }
      lines.append((Self.rank(line), line))
    }
    lines.sort { ($0.rank, $0.told.alert) < ($1.rank, $1.told.alert) }
    let told = lines.map(\.told)
    return Summary(told: told, news: told.map(\.alert).filter(news.contains))
  }

  /// The most urgent first.
  static func rank(_ told: AlertNotification.Told) -> Int {
    switch told.status {
    case .firing: told.severity == .danger ? 0 : 1
    case .acknowledged: told.severity == .danger ? 2 : 3
    case .resolved: 4
    }
  }

  func status(
    of told: [AlertNotification.Told], _ receiver: Int
  ) -> AlertNotification.Told.Status {
    if told.allSatisfy({ $0.status == .resolved }) { return .resolved }
    let isAttended = told.allSatisfy { $0.status != .firing }
    return isAttended && receivers[receiver].settings.sendsAcknowledged ? .acknowledged : .firing
  }

  /// Notes that the receiver is being told, and plans the group's new row.
  ///
  /// Returns the generation that the notification belongs to.
  mutating func tell(_ place: Int, _ told: [AlertNotification.Told]) -> Int64 {
    for line in told {
      guard let alert = entries[line.alert]?.alert else { continue }
      groups[place].change(alert) {
        $0.told = line
        $0.toldAt = now
      }
      if case .ripe = groups[place].members[line.alert]?.news {
        groups[place].setNews(.none, of: line.alert)
      }
      groups[place].mostUrgentTold = max(
        groups[place].mostUrgentTold, ReceiverGroup.Urgency(line.severity))
    }
    let generation = groups[place].generation ?? told.map(\.alert).min() ?? 0
    groups[place].generation = generation
    groups[place].notified = now
    plan.groups.append(
      AlertGroup(
        receiver: receivers[groups[place].receiver].settings.name, group: groups[place].name,
        generation: generation, notified: now, accepted: groups[place].accepted))
    groups[place].endGenerationIfOver()
    return generation
  }
}

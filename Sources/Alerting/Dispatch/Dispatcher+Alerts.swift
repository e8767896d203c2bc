import Detection
import Store

extension Alert {
  /// Whether anything that routes, groups and receivers go by is different.
  fileprivate func differsToOthers(from other: Alert) -> Bool {
    severity != other.severity || isOpen != other.isOpen || raised != other.raised
      || site != other.site || acknowledgement != other.acknowledgement
      || isSettled != other.isSettled
  }
}

extension Dispatcher {
  // MARK: Alerts come and change

  mutating func update(_ boxed: Boxed<Alert>) {
    let alert = boxed.value
    guard let old = entries[alert.id] else {
      guard !alert.isSettled else { return }
      add(boxed)
      settleIfDone(alert.id)
      return
    }
    entries[alert.id]?.boxed = boxed
    // What flaps is firing to those who are told: in a storm most changes end here.
    if alert.isOpen, !old.alert.differsToOthers(from: alert) { return }
    let isRelabeled = old.alert.severity != alert.severity || old.alert.site != alert.site
    if isRelabeled, alert.isOpen {
      relabel(boxed, from: old)
    } else if old.alert.raised != alert.raised {
      scheduleEscalations(alert.id)
    }
    for place in entries[alert.id]?.groups ?? [] {
      refresh(alert, place, since: now)
      schedule(place)
    }
    settleIfDone(alert.id)
  }

  private mutating func add(_ boxed: Boxed<Alert>) {
    let alert = boxed.value
    let entry = makeEntry(boxed)
    entries[alert.id] = entry
    if alert.isOpen { inhibitions.add(alert.id, opened: alert.opened, entry.roles) }
    for match in entry.matches { join(alert, match, match.receivers, since: now) }
    scheduleEscalations(alert.id)
  }

  mutating func makeEntry(_ boxed: Boxed<Alert>) -> Entry {
    var entry = Entry(boxed: boxed)
    let labels = entry.labels
    let matches = tree.routes(for: labels)
    if matches != newestMatches { newestMatches = matches }
    entry.matches = newestMatches
    entry.roles = inhibitions.roles(of: labels)
    return entry
  }

  /// Its labels are others now: it may belong to other groups. In those in which it was told it stays.
  private mutating func relabel(_ boxed: Boxed<Alert>, from old: Entry) {
    let alert = boxed.value
    for key in inhibitions.remove(alert.id, old.roles) { wakeInhibited(key) }
    var entry = makeEntry(boxed)
    entry.effects = old.effects
    entry.groups = old.groups
    entries[alert.id] = entry
    inhibitions.add(alert.id, opened: alert.opened, entry.roles)
    var matched: Set<Int> = []
    for match in entry.matches {
      let escalated = escalatedReceivers(alert.id, match)
      for name in match.receivers + escalated {
        if let place = place(of: name, match) { matched.insert(place) }
      }
    }
    for place in old.groups where !matched.contains(place) {
      groups[place].change(alert) {
        $0.isMatched = false
        if $0.told == nil { $0.isOwed = false }
      }
    }
    for place in old.groups where groups[place].parked.contains(alert.id) {
      // What kept it from being told may not match any more.
      groups[place].setNews(.ripening(now), of: alert.id)
    }
    for match in entry.matches { join(alert, match, match.receivers, since: now) }
    scheduleEscalations(alert.id)
  }

  private func place(of receiver: String, _ match: RouteMatch) -> Int? {
    receiverPlaces[receiver].flatMap { places[GroupKey(receiver: $0, group: match.group)] }
  }

  /// Those of the route's escalations who are concerned with the alert already.
  func escalatedReceivers(_ id: Int64, _ match: RouteMatch) -> [String] {
    tree.route(match.index).escalations.flatMap(\.receivers).filter { name in
      place(of: name, match).flatMap { groups[$0].members[id] }?.isEscalated ?? false
    }
  }

  /// Makes an alert a member of a group at receivers. Those that are not in the settings are left out.
  mutating func join(
    _ alert: Alert, _ match: RouteMatch, _ names: [String], escalated: Bool = false, since: Int64
  ) {
    for name in names {
      guard let receiver = receiverPlaces[name] else { continue }
      let place = group(match.group, receiver, route: match.index)
      let member = groups[place].members[alert.id]
      guard member?.isMatched != true else { continue }
      groups[place].change(alert) {
        $0.isMatched = true
        $0.isEscalated = escalated
      }
      if member == nil {
        entries[alert.id]?.groups.append(place)
        groups[place].setNews(.ripening(since), of: alert.id)
      }
      refresh(alert, place, since: since)
      schedule(place)
    }
  }

  /// The place of a group at a receiver, made if there is none.
  mutating func group(_ name: String, _ receiver: Int, route: Int?) -> Int {
    let key = GroupKey(receiver: receiver, group: name)
    if let place = places[key] { return place }
    let group = ReceiverGroup(
      receiver: receiver, settings: receivers[receiver].settings, name: name, route: route,
      route.map(tree.route) ?? Route())
    if let place = free.popLast() {
      groups[place] = group
      places[key] = place
      return place
    }
    groups.append(group)
    places[key] = groups.count - 1
    return groups.count - 1
  }

  // MARK: What there is to say of one alert to one receiver

  /// Compares what is so with what was told.
  ///
  /// - Parameter since: from when on news wait for company.
  mutating func refresh(_ alert: Alert, _ place: Int, since: Int64) {
    guard let member = groups[place].members[alert.id] else { return }
    groups[place].count(alert)
    let news =
      alert.isOpen
      ? openNews(alert, member, since: since) : resolvedNews(alert, member, place, since: since)
    groups[place].setNews(news, of: alert.id)
    groups[place].endGenerationIfOver()
    leaveIfDone(alert.id, place)
  }

  private func openNews(
    _ alert: Alert, _ member: ReceiverGroup.Member, since: Int64
  ) -> ReceiverGroup.News {
    guard member.isMatched else { return .none }
    let isAttended = alert.acknowledgement != nil
    if let told = member.told {
      let isRisen = told.severity != .danger && alert.severity == .danger
      guard isRisen || told.status != .firing && !isAttended else { return .none }
    } else if member.isEscalated, isAttended {
      // Somebody looks after it before the next in line was asked.
      return .none
    }
    let urgency = isAttended ? .calm : ReceiverGroup.Urgency(alert.severity)
    switch member.news {
    case .none: return .ripening(since)
    case .ripening, .parked: return member.news
    case .ripe(let old): return urgency > old ? .ripening(since) : .ripe(urgency)
    }
  }

  private mutating func resolvedNews(
    _ alert: Alert, _ member: ReceiverGroup.Member, _ place: Int, since: Int64
  ) -> ReceiverGroup.News {
    if let told = member.told {
      guard told.status != .resolved, groups[place].sendsResolved else { return .none }
      switch member.news {
      case .ripening: return member.news
      case .ripe: return .ripe(.calm)
      case .none, .parked: return .ripening(since)
      }
    }
    if member.isEscalated { return .none }
    switch member.news {
    case .none: return .none
    case .ripe: return .ripe(.calm)
    case .parked: return member.isOwed ? .ripe(.calm) : .none
    case .ripening:
      // Over before it could be told: it is told all the same, unless it must not have been.
      guard !member.isOwed else { return member.news }
      if let reason = suppression(of: alert.id, place, at: since) {
        record(reason, alert.id)
        return .none
      }
      groups[place].change(alert) { $0.isOwed = true }
      return member.news
    }
  }

  // MARK: Alerts go

  /// Takes an alert out of a group in which there is nothing more to say of it.
  mutating func leaveIfDone(_ id: Int64, _ place: Int) {
    guard let member = groups[place].members[id], let alert = entries[id]?.alert,
      member.news == .none, !member.isWaiting, !member.isInDigest
    else { return }
    let isAbandoned = !member.isMatched || member.isEscalated && alert.acknowledgement != nil
    guard !alert.isOpen || member.told == nil && isAbandoned else { return }
    groups[place].remove(id)
    groups[place].endGenerationIfOver()
    entries[id]?.groups.removeAll { $0 == place }
    releaseIfEmpty(place)
    settleIfDone(id)
  }

  mutating func settleIfDone(_ id: Int64) {
    guard let entry = entries[id], !entry.alert.isOpen, entry.groups.isEmpty else { return }
    entries[id] = nil
    plan.settled.append(id)
  }

  mutating func releaseIfEmpty(_ place: Int) {
    guard groups[place].isEmpty else { return }
    let receiver = groups[place].receiver
    let key = GroupKey(receiver: receiver, group: groups[place].name)
    guard places[key] == place else { return }
    places[key] = nil
    if receivers[receiver].held.remove(place) != nil { scheduleDigest(receiver) }
    groups[place].scheduled = nil
    groups[place].wake = nil
    free.append(place)
  }

  // MARK: Escalation

  mutating func scheduleEscalations(_ id: Int64) {
    guard let entry = entries[id], entry.alert.isOpen, entry.alert.acknowledgement == nil else {
      return
    }
    for match in entry.matches {
      for step in tree.route(match.index).escalations {
        let time = entry.alert.raised + step.after
        queue.push(.escalation(alert: id, raised: entry.alert.raised), at: time)
      }
    }
  }

  mutating func escalate(_ id: Int64, raised: Int64) {
    guard let entry = entries[id], entry.alert.isOpen, entry.alert.acknowledgement == nil,
      entry.alert.raised == raised
    else { return }
    for match in entry.matches {
      for step in tree.route(match.index).escalations where raised + step.after <= now {
        join(entry.alert, match, step.receivers, escalated: true, since: now)
      }
    }
  }
}

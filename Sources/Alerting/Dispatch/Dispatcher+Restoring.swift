import Detection
import Store

extension Dispatcher {
  /// Takes up what the store knows, as if there had been no interruption.
  mutating func restore(_ memory: Memory, boxed: (Alert) -> Boxed<Alert>) {
    // The store gives them so; a million need not be copied.
    var alerts = memory.alerts
    if alerts.contains(where: \.isSettled) { alerts.removeAll(where: \.isSettled) }
    if zip(alerts, alerts.dropFirst()).contains(where: { $0.id > $1.id }) {
      alerts.sort { $0.id < $1.id }
    }
    entries.reserveCapacity(alerts.count)
    for alert in alerts {
      let entry = makeEntry(boxed(alert))
      entries[alert.id] = entry
      // Those resolved as well, for now: others may have been inhibited by them.
      inhibitions.add(alert.id, opened: alert.opened, entry.roles)
    }
    for event in memory.events {
      entries[event.alert]?.effects.insert(Self.effect(event.kind, event.text))
    }
    let told = memory.told.sorted {
      ($0.told.alert, $0.receiver, $0.group) < ($1.told.alert, $1.receiver, $1.group)
    }
    restoreTold(told.filter { $0.group != GroupName.digest })
    for alert in alerts { restoreMatches(alert) }
    restoreDigests(told.filter { $0.group == GroupName.digest })
    restoreGroups(memory.groups)
    restoreWindows(memory)

    for alert in alerts where alert.isOpen { restoreNews(alert) }
    // What was resolved at one moment was inhibited until then by what was resolved later.
    let resolved = alerts.filter { !$0.isOpen }
      .sorted { ($0.resolved ?? .min, $0.id) < ($1.resolved ?? .min, $1.id) }
    var first = 0
    while first < resolved.count {
      let next =
        resolved[first...].firstIndex { $0.resolved != resolved[first].resolved } ?? resolved.count
      for alert in resolved[first..<next] { restoreNews(alert) }
      for alert in resolved[first..<next] {
        _ = inhibitions.remove(alert.id, inhibitions.roles(of: AlertLabels(alert)))
      }
      first = next
    }

    for place in groups.indices {
      groups[place].sortRipening()
      schedule(place)
    }
    for alert in alerts {
      scheduleEscalations(alert.id)
      settleIfDone(alert.id)
    }
  }

  private mutating func restoreTold(_ records: [ToldRecord]) {
    for record in records {
      guard let receiver = receiverPlaces[record.receiver] else { continue }
      let route = tree.index(ofRoute: GroupName(record.group).route)
      restore(record, group(record.group, receiver, route: route))
    }
  }

  private mutating func restore(_ record: ToldRecord, _ place: Int) {
    let id = record.told.alert
    if record.state == .waiting {
      groups[place].isWaiting = true
      groups[place].waiting.append(id)
    }
    guard let entry = entries[id] else { return }
    if !entry.groups.contains(place) { entries[id]?.groups.append(place) }
    groups[place].change(entry.alert) {
      $0.told = record.told
      $0.toldAt = record.time
      $0.isWaiting = record.state == .waiting
    }
  }

  /// The groups that its labels lead to, and those it was escalated to.
  private mutating func restoreMatches(_ alert: Alert) {
    for match in entries[alert.id]?.matches ?? [] {
      let steps = tree.route(match.index).escalations.flatMap(\.receivers)
      for name in match.receivers + steps {
        let isEscalated = !match.receivers.contains(name)
        guard let receiver = receiverPlaces[name] else { continue }
        if isEscalated {
          // It is known to have been escalated only if that was told; else it will be again.
          let key = GroupKey(receiver: receiver, group: match.group)
          guard let place = places[key], groups[place].members[alert.id]?.told != nil else {
            continue
          }
        }
        let place = group(match.group, receiver, route: match.index)
        if groups[place].members[alert.id] == nil { entries[alert.id]?.groups.append(place) }
        groups[place].change(alert) {
          $0.isMatched = true
          $0.isEscalated = isEscalated
        }
      }
    }
  }

  /// What a digest told was told in all groups of the receiver.
  private mutating func restoreDigests(_ records: [ToldRecord]) {
    for record in records {
      guard let receiver = receiverPlaces[record.receiver] else { continue }
      let id = record.told.alert
      let isWaiting = record.state == .waiting
      if isWaiting {
        let place = group(GroupName.digest, receiver, route: nil)
        groups[place].isWaiting = true
        groups[place].waiting.append(id)
      }
      guard let entry = entries[id] else { continue }
      let own = entry.groups.filter { groups[$0].receiver == receiver }
      for place in own {
        groups[place].change(entry.alert) {
          $0.isInDigest = isWaiting
          guard $0.toldAt <= record.time else { return }
          $0.told = record.told
          $0.toldAt = record.time
        }
      }
      // Its labels have led elsewhere since: what is to be said of it is said in the digests' group.
      if own.isEmpty { restore(record, group(GroupName.digest, receiver, route: nil)) }
    }
  }

  private mutating func restoreGroups(_ rows: [AlertGroup]) {
    for row in rows {
      guard let receiver = receiverPlaces[row.receiver],
        let place = places[GroupKey(receiver: receiver, group: row.group)], groups[place].alive > 0
      else { continue }
      groups[place].generation = row.generation
      groups[place].notified = row.notified
      groups[place].accepted = row.accepted
    }
    for place in groups.indices where groups[place].alive > 0 {
      let told = groups[place].members.values.filter { $0.told != nil }
      for member in told {
        guard let line = member.told else { continue }
        groups[place].mostUrgentTold = max(
          groups[place].mostUrgentTold, ReceiverGroup.Urgency(line.severity))
        groups[place].notified = max(groups[place].notified, member.toldAt)
      }
      if groups[place].generation == nil {
        groups[place].generation = told.compactMap { $0.told?.alert }.min()
      }
    }
  }

  private mutating func restoreWindows(_ memory: Memory) {
    var planned = memory.planned
    for row in memory.groups where row.group != GroupName.digest {
      if memory.planned[row.receiver] == nil {
        planned[row.receiver, default: []].append(row.notified)
      }
    }
    for place in receivers.indices {
      let settings = receivers[place].settings
      receivers[place].window = RateWindow(
        settings.rateCap, restoring: planned[settings.name] ?? [])
    }
  }

  /// Finds again what there is to say of an alert, and since when.
  private mutating func restoreNews(_ alert: Alert) {
    for place in entries[alert.id]?.groups ?? [] {
      guard let member = groups[place].members[alert.id] else { continue }
      if member.told == nil {
        restoreUntold(alert, place)
      } else {
        refresh(alert, place, since: min(alert.resolved ?? alert.raised, now))
      }
    }
  }

  /// It must be told if it could have been when it had waited for company, had the receiver been free.
  private mutating func restoreUntold(_ alert: Alert, _ place: Int) {
    let since = min(alert.raised, now)
    let judged = min(since + groups[place].wait, alert.resolved ?? .max)
    let reason = judged <= now ? suppression(of: alert.id, place, at: judged) : nil
    let isOwed = judged <= now && reason == nil
    // Of what is open still, a tick will see it.
    if let reason, !alert.isOpen { record(reason, alert.id) }
    groups[place].change(alert) { $0.isOwed = isOwed }
    if alert.isOpen || isOwed { groups[place].setNews(.ripening(since), of: alert.id) }
    leaveIfDone(alert.id, place)
  }
}

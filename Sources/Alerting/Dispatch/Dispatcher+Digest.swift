import Store

extension Dispatcher {
  func isDigestWaiting(_ receiver: Int) -> Bool {
    places[GroupKey(receiver: receiver, group: GroupName.digest)].map { groups[$0].isWaiting }
      ?? false
  }

  /// Whether what is not urgent is kept for a digest: the cap is reached, or the digest before has not
  /// arrived yet. Follows from what is stored, so that a restart changes nothing.
  func isHoldingBack(_ receiver: Int) -> Bool {
    receivers[receiver].window.room > now || isDigestWaiting(receiver)
  }

  /// There is room again: one notification tells of all that the rate cap has held back. It does not count
  /// itself.
  mutating func planDigest(_ receiver: Int) {
    defer { scheduleDigest(receiver) }
    guard !isHoldingBack(receiver) else { return }

    let held = receivers[receiver].held.sorted { groups[$0].name < groups[$1].name }
    receivers[receiver].held = []
    var parts: [(place: Int, told: [AlertNotification.Told])] = []
    for place in held {
      groups[place].isHeld = false
      let told = heldBack(place)
      if !told.isEmpty { parts.append((place, told)) } else { schedule(place) }
    }
    guard !parts.isEmpty else { return }

    var told: [AlertNotification.Told] = []
    var listed: Set<Int64> = []
    for part in parts {
      told += part.told.filter { listed.insert($0.alert).inserted }
    }
    told.sort { (Self.rank($0), $0.alert) < (Self.rank($1), $1.alert) }
    plan.notifications.append(notification(of: told, receiver, groups: parts.count))
    noteDigest(told, receiver)
    for part in parts { schedule(part.place) }
  }

  private func notification(
    of told: [AlertNotification.Told], _ receiver: Int, groups count: Int
  ) -> PlannedNotification {
    var notification = PlannedNotification(
      receiver: receivers[receiver].settings.name, group: GroupName.digest, groupLabels: [:],
      generation: told.map(\.alert).min() ?? 0, kind: .digest, status: status(of: told, receiver),
      told: told, news: told.map(\.alert))
    notification.heldBack = count
    notification.first = notification.news.filter { id in
      let places = entries[id]?.groups ?? []
      return places.allSatisfy {
        groups[$0].receiver != receiver || groups[$0].members[id]?.told == nil
      }
    }
    return notification
  }

  /// What a digest says of a group: its news, or all of it if it was to be repeated.
  private mutating func heldBack(_ place: Int) -> [AlertNotification.Told] {
    parkRipe(place)
    // What it was held back for may be over.
    let hasNews = groups[place].hasNews(at: now)
    guard hasNews || groups[place].hasRepeat(at: now) && mayRepeat(place) else { return [] }
    takeAlong(place)
    let summary = summary(place)
    let news = Set(summary.news)
    return news.isEmpty ? summary.told : summary.told.filter { news.contains($0.alert) }
  }

  /// The receiver knows of these alerts in whatever group.
  private mutating func noteDigest(
    _ told: [AlertNotification.Told], _ receiver: Int
  ) {
    var lines: [Int: [AlertNotification.Told]] = [:]
    for line in told {
      for place in entries[line.alert]?.groups ?? [] where groups[place].receiver == receiver {
        lines[place, default: []].append(line)
      }
    }
    for (place, told) in lines.sorted(by: { groups[$0.key].name < groups[$1.key].name }) {
      _ = tell(place, told)
      for line in told {
        guard let alert = entries[line.alert]?.alert else { continue }
        groups[place].change(alert) { $0.isInDigest = true }
        refresh(alert, place, since: now)
      }
      schedule(place)
    }
    let place = group(GroupName.digest, receiver, route: nil)
    groups[place].isWaiting = true
    groups[place].waiting = told.map(\.alert)
    plan.groups.append(
      AlertGroup(
        receiver: receivers[receiver].settings.name, group: GroupName.digest,
        generation: told.map(\.alert).min() ?? 0, notified: now))
  }
}

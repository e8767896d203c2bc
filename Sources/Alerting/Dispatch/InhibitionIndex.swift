/// Which open alerts inhibit which others.
///
/// As in Prometheus' Alertmanager, an alert that is on both sides of an inhibition is not inhibited by
/// others on both sides, else two of them would hide each other. An alert that is inhibited still inhibits.
struct InhibitionIndex: Sendable {
  /// One inhibition and one set of values of its `equal` labels.
  struct Key: Hashable, Sendable {
    var inhibition: Int
    var values: [String]
  }

  /// An alert's part in one inhibition.
  struct Role: Equatable, Sendable {
    var key: Key
    var isSource: Bool
    var isTarget: Bool
  }

  private struct Source: Sendable {
    var alert: Int64
    var opened: Int64
  }

  /// By alert.
  private struct Sources: Sendable {
    var only: [Source] = []
    var both: [Source] = []
  }

  private let inhibitions: [(source: MatcherSet, target: MatcherSet, equal: [AlertLabel])]
  private var sources: [Key: Sources] = [:]

  init(_ inhibitions: [Inhibition]) {
    self.inhibitions = inhibitions.map {
      (MatcherSet($0.source), MatcherSet($0.target), $0.equal)
    }
  }

  func roles(of labels: AlertLabels) -> [Role] {
    var roles: [Role] = []
    for (place, inhibition) in inhibitions.enumerated() {
      let isSource = inhibition.source.matches(labels)
      let isTarget = inhibition.target.matches(labels)
      guard isSource || isTarget else { continue }
      let key = Key(inhibition: place, values: inhibition.equal.map { labels[$0] })
      roles.append(Role(key: key, isSource: isSource, isTarget: isTarget))
    }
    return roles
  }

  mutating func add(_ alert: Int64, opened: Int64, _ roles: [Role]) {
    let source = Source(alert: alert, opened: opened)
    for role in roles where role.isSource {
      if role.isTarget {
        Self.insert(source, &sources[role.key, default: Sources()].both)
      } else {
        Self.insert(source, &sources[role.key, default: Sources()].only)
      }
    }
  }

  /// Returns the keys of which it was a source.
  mutating func remove(_ alert: Int64, _ roles: [Role]) -> [Key] {
    var keys: [Key] = []
    for role in roles where role.isSource {
      Self.remove(alert, &sources[role.key, default: Sources()].only)
      Self.remove(alert, &sources[role.key, default: Sources()].both)
      if let left = sources[role.key], left.only.isEmpty, left.both.isEmpty {
        sources[role.key] = nil
      }
      keys.append(role.key)
    }
    return keys
  }

  /// An alert that inhibits this one at `time`, and by which key.
  func inhibitor(of alert: Int64, _ roles: [Role], at time: Int64) -> (key: Key, alert: Int64)? {
    for role in roles where role.isTarget {
      guard let sources = sources[role.key] else { continue }
      let lists = role.isSource ? [sources.only] : [sources.only, sources.both]
      for list in lists {
        if let source = list.first(where: { $0.alert != alert && $0.opened <= time }) {
          return (role.key, source.alert)
        }
      }
    }
    return nil
  }

  private static func place(_ alert: Int64, _ list: [Source]) -> Int {
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].alert < alert { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func insert(_ source: Source, _ list: inout [Source]) {
    let place = place(source.alert, list)
    guard place == list.count || list[place].alert != source.alert else { return }
    list.insert(source, at: place)
  }

  private static func remove(_ alert: Int64, _ list: inout [Source]) {
    let place = place(alert, list)
    if place < list.count, list[place].alert == alert { list.remove(at: place) }
  }
}

import Store

/// A silence, ready to be asked.
struct CompiledSilence: Sendable {
  let silence: Silence
  let matchers: MatcherSet

  init(_ silence: Silence) {
    self.silence = silence
    matchers = MatcherSet(texts: silence.matchers)
  }

  /// It cannot have held before it was made.
  func isActive(at time: Int64) -> Bool {
    silence.isActive(at: time) && silence.created <= time
  }
}

/// Why an alert must not be told just now.
enum Suppression: Equatable, Sendable {
  case silence(Silence)
  case inhibition(InhibitionIndex.Key, by: Int64)
  case mute(MuteClock.Muting)

  /// When that ends by itself.
  var until: Int64? {
    switch self {
    case .silence(let silence): silence.ends
    case .inhibition: nil
    case .mute(let muting): muting.until
    }
  }

  var kind: AlertEvent.Kind {
    switch self {
    case .silence: .silenced
    case .inhibition: .inhibited
    case .mute: .muted
    }
  }

  var text: String {
    switch self {
    case .silence(let silence):
      silence.comment.isEmpty
        ? "silence \(silence.id)" : "silence \(silence.id): \(silence.comment)"
    case .inhibition(_, let alert): "by alert \(alert)"
    case .mute(let muting): "schedule \(muting.schedule)"
    }
  }
}

extension Dispatcher {
  /// Why an alert must not be told to a receiver at `time`; `nil` if it may be.
  mutating func suppression(of id: Int64, _ place: Int, at time: Int64) -> Suppression? {
    guard let entry = entries[id] else { return nil }
    if !silences.isEmpty {
      if entry.silenceEpoch != silenceEpoch {
        entries[id]?.silences = silences.indices.filter {
          silences[$0].matchers.matches(entry.labels)
        }
        entries[id]?.silenceEpoch = silenceEpoch
      }
      for silence in entries[id]?.silences ?? [] where silences[silence].isActive(at: time) {
        return .silence(silences[silence].silence)
      }
    }
    if let inhibitor = inhibitions.inhibitor(of: id, entry.roles, at: time) {
      return .inhibition(inhibitor.key, by: inhibitor.alert)
    }
    guard let route = groups[place].route else { return nil }
    let schedules = tree.route(route).mute
    return mutes.muting(by: schedules, zone: entry.alert.timeZone, at: time).map { .mute($0) }
  }

  /// Once for each alert and reason; of being inhibited only the first.
  mutating func record(_ reason: Suppression, _ id: Int64) {
    record(reason.kind, id, reason.text)
  }

  mutating func record(_ kind: AlertEvent.Kind, _ id: Int64, _ text: String) {
    let key = Self.effect(kind, text)
    guard entries[id]?.effects.insert(key).inserted == true else { return }
    plan.events.append(AlertEvent(alert: id, kind: kind, time: now, text: text))
  }

  static func effect(_ kind: AlertEvent.Kind, _ text: String) -> String {
    kind == .inhibited ? kind.rawValue : "\(kind.rawValue) \(text)"
  }

  /// Sees to it that the group is looked at again when what keeps one of its alerts from being told ends.
  mutating func watch(_ reason: Suppression, _ place: Int) {
    if let until = reason.until {
      groups[place].wake = min(groups[place].wake ?? .max, until)
    }
    if case .inhibition(let key, _) = reason { inhibited[key, default: []].insert(place) }
  }

  mutating func wakeInhibited(_ key: InhibitionIndex.Key) {
    guard let places = inhibited.removeValue(forKey: key) else { return }
    for place in places { wake(place) }
  }
}

import Events

/// Which of a stream's subjects are judged by other rules than the rest.
struct SubjectProfiles {
  private struct Entry {
    let users: [GlobPattern]
    let devices: [GlobPattern]
    let rules: Int

    func admits(_ id: String, _ patterns: [GlobPattern]) -> Bool {
      var id = id
      return patterns.isEmpty
        || id.withUTF8 { id in patterns.contains { $0.matches(UnsafeRawBufferPointer(id)) } }
    }
  }

  private var entries: [Entry] = []

  /// The rules of all streams and behind them those of their overrides, and which subjects are under which.
  static func unfold(
    _ streams: [StreamRules]
  ) throws(RulesError) -> (rules: [StreamRules], profiles: [SubjectProfiles?]) {
    var all = streams
    var profiles: [SubjectProfiles?] = []
    for stream in streams {
      guard !stream.overrides.isEmpty else {
        profiles.append(nil)
        continue
      }
      var found = SubjectProfiles()
      for override in stream.overrides {
        var rules = stream
        rules.overrides = []
        rules.zscore = override.zscore
        rules.series = override.series
        rules.falls = override.falls
        rules.status = override.status
        try rules.validate()
        found.entries.append(
          Entry(
            users: override.users.map { GlobPattern($0) },
            devices: override.devices.map { GlobPattern($0) }, rules: all.count))
        all.append(rules)
      }
      profiles.append(found)
    }
    guard all.count < Int(UInt8.max) else {
      throw RulesError(
        setting: "overrides", message: "more than \(UInt8.max - 1) streams and overrides in all")
    }
    return (all, profiles)
  }

  /// The places of the overrides' rules, in their order.
  var places: [Int] { entries.map(\.rules) }

  /// The place of the rules for a subject; `nil` if those of its stream hold.
  func rules(user: String, device: String) -> Int? {
    entries.first { $0.admits(user, $0.users) && $0.admits(device, $0.devices) }?.rules
  }
}

extension Engine {
  /// The place of the rules by which a subject of a stream is judged.
  func profile(of index: UInt32, stream: Int) -> Int {
    guard let profiles = profiles[stream] else { return stream }
    let key = interner.key(of: index)
    return profiles.rules(user: key.user, device: key.device) ?? stream
  }
}

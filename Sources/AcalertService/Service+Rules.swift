import Dashboard
import Detection
import Logging
import Store

/// Threat rules and models while the service runs.
extension Service {
  /// Reads the files of rules and models again. Good ones take effect with the next batch; a bad one changes nothing, and
  /// the answer says why.
  public func reloadRules() -> RulesReload {
    guard
      let (store, rules, inbox) = rooms.withLock({ $0.map { ($0.store, $0.rules, $0.inbox) } })
    else { return .failure(message: "the service does not run") }
    let outcome = rules.reload { change in
      do {
        // Before an engine uses them: what they say is written with their names.
        try store.introduce(change.newModels, at: WallClock.milliseconds())
      } catch {
        Logger(label: "acalert").error("the names of the new models are not recorded: \(error)")
      }
      inbox.put(change)
    }
    switch outcome {
    case .success: counters.rulesReloads.add()
    case .failure: counters.rulesReloadFailures.add()
    }
    return outcome
  }

  /// How each stream is judged now.
  var streamRulesInUse: [StreamRules] {
    rooms.withLock { $0?.rules }?.streamRules ?? settings.streams.map(\.rules)
  }

  /// The rules in use, for people.
  var rulesInUse: [RulesSummary] { rooms.withLock { $0?.rules }?.summaries ?? [] }
}

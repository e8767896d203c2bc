import Dashboard

/// Threat rules while the service runs.
extension Service {
  /// Reads the rules files again. Good ones take effect with the next batch; a bad one changes nothing, and
  /// the answer says why.
  public func reloadRules() -> RulesReload {
    guard let (rules, inbox) = rooms.withLock({ $0.map { ($0.rules, $0.inbox) } }) else {
      return .failure(message: "the service does not run")
    }
    let outcome = rules.reload { inbox.put($0, judgement: $1) }
    switch outcome {
    case .success: counters.rulesReloads.add()
    case .failure: counters.rulesReloadFailures.add()
    }
    return outcome
  }

  /// The rules in use, for people.
  var rulesInUse: [RulesSummary] { rooms.withLock { $0?.rules }?.summaries ?? [] }
}

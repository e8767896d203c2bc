/// Where all records come from: if it cannot be heard there are no alerts of subjects to tell anybody.
extension AlertDesk {
  /// Tells the fallback receiver that Kafka cannot be heard, and that it can be again.
  func watchSource(_ state: inout State, now: Int64) {
    guard let unheard = world.unheard() else { return }
    let isHeard = unheard < state.settings.failingAfter
    let text: String
    if isHeard, let since = state.unheardSince {
      state.unheardSince = nil
      text =
        "Kafka answers for all partitions again. It did not for \((now - since) / 1_000) s; "
        + "what waited is read now."
    } else if !isHeard, state.unheardSince == nil {
      state.unheardSince = now - unheard
      text =
        "Kafka has not answered for \(unheard / 1_000) s, or not for all partitions: "
        + "new records are not seen, and nobody is called silent."
    } else {
      return
    }
    tellFallback(text, group: "kafka", &state, now: now)
  }
}

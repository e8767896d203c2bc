import Store

/// What people do about alerts.
extension EpisodeBook {
  /// Why something cannot be done about an alert.
  public enum Refusal: Error, Equatable, Sendable {
    /// There is no such alert.
    case unknown
    /// It is resolved already.
    case resolved
    case alreadyAcknowledged
  }

  /// Somebody looks after an alert, until its severity rises.
  ///
  /// - Throws: ``Refusal``; a number that was given out and is not open counts as resolved.
  public mutating func acknowledge(
    _ id: Int64, author: String, note: String, now: Int64
  ) throws(Refusal) -> AlertChanges {
    let alert = try find(id)
    guard alert.acknowledgement == nil else { throw .alreadyAcknowledged }
    episodes[id]?.alert.acknowledgement = Alert.Acknowledgement(
      time: now, author: author, note: note)
    var draft = Draft()
    draft.record(.acknowledged, id, at: now, note, by: author)
    return changes(of: draft)
  }

  /// Resolves an alert by hand, whatever its cause does. The next time that the cause is told, it is a new
  /// episode.
  ///
  /// - Throws: ``Refusal``.
  public mutating func resolve(
    _ id: Int64, author: String, note: String, now: Int64
  ) throws(Refusal) -> AlertChanges {
    _ = try find(id)
    var draft = Draft()
    close(id, now: now, note.isEmpty ? "by hand" : note, by: author, &draft)
    return changes(of: draft)
  }

  /// An alert that is open has got this verdict; it is in the store already. Nothing happens if it is not
  /// open.
  public mutating func note(_ verdict: Verdict, of id: Int64) {
    episodes[id]?.alert.verdict = verdict
  }

  /// Resolves an alert whose subject is no longer watched. Nothing happens if it is not open.
  public mutating func abandon(_ id: Int64, reason: String, now: Int64) -> AlertChanges {
    var draft = Draft()
    close(id, now: now, reason, &draft)
    return changes(of: draft)
  }

  private func find(_ id: Int64) throws(Refusal) -> Alert {
    if let alert = episodes[id]?.alert { return alert }
    throw id > 0 && id < nextID ? .resolved : .unknown
  }
}

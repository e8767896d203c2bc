import Store

/// Whether a receiver does its work. A pure machine: what it hears of each call, and the time.
public struct ReceiverHealth: Equatable, Sendable {
  /// What has just changed.
  public enum News: Equatable, Sendable {
    /// It keeps failing: for so long, or it has refused a message for good.
    case failing
    case recovered
  }

  /// When the first call failed since one was last accepted.
  public private(set) var firstFailure: Int64?
  /// Since when it counts as failing.
  public private(set) var failingSince: Int64?
  public private(set) var lastError = ""
  public private(set) var delivered = 0
  public private(set) var retried = 0
  public private(set) var refused = 0

  public init() {}

  public var isFailing: Bool { failingSince != nil }

  /// Takes the outcome of a call that ended at `now`.
  ///
  /// - Parameter failingAfter: see ``AlertSettings/failingAfter``.
  public mutating func take(
    _ answer: SinkAnswer, now: Int64, failingAfter: Int64
  ) -> News? {
    switch answer.outcome {
    case .accepted:
      delivered += 1
      firstFailure = nil
      let wasFailing = isFailing
      failingSince = nil
      lastError = ""
      return wasFailing ? .recovered : nil
    case .retried:
      retried += 1
    case .refused:
      refused += 1
    }
    lastError = "\(answer.reason): \(answer.answer.prefix(300))"
    let first = firstFailure ?? now
    firstFailure = first
    // What is refused is not tried again: waiting would only hide that nobody was told.
    let isNews =
      !isFailing && (answer.outcome == .refused || now - first >= failingAfter)
    if isNews { failingSince = first }
    return isNews ? .failing : nil
  }
}

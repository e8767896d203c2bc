import Store

/// A way to tell somebody: one file each.
///
/// Called on the receiver's own threads, several at a time, and may block up to the receiver's time-out.
public protocol Sink: Sendable {
  /// Sends the message and waits for the answer. Never throws: whatever happens is an answer.
  func send(_ message: AlertMessage) -> SinkAnswer
}

/// What came of sending a message.
public struct SinkAnswer: Equatable, Sendable {
  public var outcome: AlertDelivery.Outcome
  /// One of a bounded set, see ``AlertDelivery/reason``.
  public var reason: String
  public var status: Int?
  /// The beginning of the answer or of the error, without secrets, at most
  /// ``AlertDelivery/maxAnswerBytes``.
  public var answer: String
  /// Not before so many milliseconds, as the receiver asked (`Retry-After`).
  public var retryAfter: Int64?

  public init(
    outcome: AlertDelivery.Outcome, reason: String, status: Int? = nil, answer: String = "",
    retryAfter: Int64? = nil
  ) {
    self.outcome = outcome
    self.reason = reason
    self.status = status
    self.answer = answer
    self.retryAfter = retryAfter
  }
}

import Store

/// What the routes do about alerts, and show of the alerting, that the store's readers cannot.
///
/// The closures are called on the server's worker threads, several at a time. What one has changed is
/// committed when it returns: the routes read it back to answer with it.
public struct AlertFacts: Sendable {
  /// Why an alert is not changed.
  public enum Refusal: Error, Equatable, Sendable {
    /// There is no such alert.
    case unknown
    /// It is over.
    case resolved
    /// Somebody looks after it already.
    case alreadyAcknowledged
    /// The service cannot do it at this moment.
    case busy
  }

  /// Notes that somebody looks after an alert. The author has up to 256 bytes of UTF-8, the note up to
  /// 2,000; both may be empty. Throws `Refusal`, or a `StoreError`.
  public var acknowledge: @Sendable (_ id: Int64, _ author: String, _ note: String) throws -> Void =
    {
      _, _, _ in throw noAlerting("acknowledge an alert")
    }
  /// Ends an alert by a person's word; otherwise as `acknowledge`.
  public var resolve: @Sendable (_ id: Int64, _ author: String, _ note: String) throws -> Void = {
    _, _, _ in throw noAlerting("resolve an alert")
  }
  /// Writes what somebody found about an alert, open or not. Throws `Refusal`, or a `StoreError`.
  public var judge: @Sendable (_ id: Int64, _ verdict: Verdict) throws -> Void = { _, _ in
    throw noAlerting("write a verdict")
  }
  /// Writes a silence; its number. Everything about it has been checked but what its matchers say: a
  /// `StoreError` of code `invalidValue` tells the client what is wrong with one.
  public var addSilence: @Sendable (Silence) throws -> Int64 = { _ in
    throw noAlerting("add a silence")
  }
  /// Ends a silence now; `false` if there is none. One that is over stays as it is.
  public var expireSilence: @Sendable (Int64) throws -> Bool = { _ in
    throw noAlerting("expire a silence")
  }
  /// All receivers of the configuration, in its order.
  public var receivers: @Sendable () -> [ReceiverState] = { [] }

  /// Facts of a service without alerting: nothing can be changed, and there are no receivers.
  public init() {}

  private static func noAlerting(_ attempted: String) -> StoreError {
    StoreError(
      code: .misuse, message: "this service was made without alerting", attempted: attempted)
  }
}

/// How one receiver of alerts is doing. Counters count from the service's start.
public struct ReceiverState: Equatable, Sendable {
  public var name: String
  /// `webhook`, `smtp`, …
  public var type: String
  /// Since when no notification has been accepted though there were attempts, in milliseconds since
  /// 1970; `nil` while all is well.
  public var failingSince: Int64?
  /// What the last failed attempt said; empty if there was none. It is shown to everybody who may ask,
  /// so it must hold no secrets.
  public var lastError = ""
  /// Notifications that wait, and when the oldest of them was made.
  public var waiting = 0
  public var oldest: Int64?
  /// Attempts by outcome.
  public var delivered = 0
  public var retried = 0
  public var refused = 0

  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }
}

/// Why a call came to no answer. The raw value is what `deliveries` and the metrics show.
public enum TransferReason: String, Sendable, CaseIterable {
  case timeout
  /// Refused, reset, closed without an answer.
  case connection
  case dns
  /// No secure connection: a certificate that is not trusted, STARTTLS that is not offered.
  case tls
  /// Whoever answered does not speak the protocol.
  case `protocol`
  /// The user's name or password was not accepted.
  case auth
  /// The address is none, or not one of http or https.
  case url
  /// The request cannot be sent as it is: a header with a line break.
  case invalid

  /// Whether the same call may succeed later without anybody changing the configuration.
  public var isRetriable: Bool {
    switch self {
    case .timeout, .connection, .dns, .tls, .protocol: true
    case .auth, .url, .invalid: false
    }
  }
}

/// A call that came to no answer.
public struct TransferError: Error, Equatable, Sendable, CustomStringConvertible {
  public var reason: TransferReason
  /// For people; names hosts, never paths, headers or passwords.
  public var text: String

  public init(_ reason: TransferReason, _ text: String) {
    self.reason = reason
    self.text = text
  }

  public var description: String { text }
}

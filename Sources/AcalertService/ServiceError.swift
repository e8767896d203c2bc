/// Why the service cannot start or go on, and what to do about it.
public struct ServiceError: Error, CustomStringConvertible {
  public var message: String
  /// What the operator should try.
  public var hint: String?

  public init(message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  public var description: String { hint.map { "\(message)\n  \($0)" } ?? message }
}

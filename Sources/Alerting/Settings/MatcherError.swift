/// Why a text is not a matcher.
public struct MatcherError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was to be read.
  public var text: String
  /// What is wrong with it, and what would be right.
  public var reason: String

  public init(text: String, reason: String) {
    self.text = text
    self.reason = reason
  }

  public var description: String { "matcher '\(text)': \(reason)" }
}

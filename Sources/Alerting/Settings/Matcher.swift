/// A condition on one label.
///
/// In text: `user=u-17` exactly; `user=u-*` a glob (`*` any characters, `?` one); `user=~u-[0-9]+` a regular
/// expression, which the whole value must match; `!=` and `!~` the opposite. Spaces around the operation
/// do not count, and a pattern may be quoted: `user = "u 17"`.
public struct Matcher: Equatable, Sendable {
  public enum Operation: String, Equatable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case matches = "=~"
    case doesNotMatch = "!~"
  }

  public var label: AlertLabel
  public var operation: Operation
  /// As it was written.
  public var pattern: String

  /// Takes the parts as they are; ``init(_:)`` checks them.
  public init(unchecked label: AlertLabel, _ operation: Operation, _ pattern: String) {
    self.label = label
    self.operation = operation
    self.pattern = pattern
  }

  /// What ``init(_:)`` reads as this matcher.
  public var text: String {
    let isPlain = pattern.first != " " && pattern.last != " " && pattern.first != "\""
    return "\(label.rawValue)\(operation.rawValue)\(isPlain ? pattern : "\"\(pattern)\"")"
  }
}

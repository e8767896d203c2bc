import Detection
import Events

extension Matcher {
  /// Reads `user=u-17`, `device=door*`, `site != s-1`, `user=~u-[0-9]+`, `user="u 17"`.
  ///
  /// A value that the label can never have (`severity=critical`) is refused: it would match nothing, and
  /// nobody would notice.
  public init(_ text: String) throws(MatcherError) {
    func refuse(_ reason: String) -> MatcherError { MatcherError(text: text, reason: reason) }
    let bytes = Substring(text)
    guard let place = bytes.firstIndex(where: { $0 == "=" || $0 == "!" }) else {
      throw refuse("no operation: expected label=value, label!=value, label=~regex or label!~regex")
    }
    let name = Self.trimmed(bytes[..<place])
    guard let label = AlertLabel(rawValue: String(name)) else {
      let known = AlertLabel.allCases.map(\.rawValue).joined(separator: ", ")
      throw refuse(
        name.isEmpty ? "no label before the operation" : "no label '\(name)': use \(known)")
    }
    let rest = bytes[place...]
    let operations: [Operation] = [.matches, .doesNotMatch, .notEqual, .equal]
    guard let operation = operations.first(where: { rest.hasPrefix($0.rawValue) }) else {
      throw refuse("no such operation: expected =, !=, =~ or !~")
    }
    var pattern = Self.trimmed(rest.dropFirst(operation.rawValue.count))
    if pattern.count >= 2, pattern.first == "\"", pattern.last == "\"" {
      pattern = pattern.dropFirst().dropLast()
    }
    self.init(unchecked: label, operation, String(pattern))
    if let reason = fault { throw refuse(reason) }
  }

  /// Whether an alert with these labels fits. Compiles the pattern: many questions are better put to a
  /// ``CompiledMatcher``. A regular expression that is none fits nothing.
  public func matches(_ labels: AlertLabels) -> Bool {
    guard let compiled = try? CompiledMatcher(self) else { return false }
    return compiled.matches(labels)
  }

  private var fault: String? {
    switch operation {
    case .matches, .doesNotMatch:
      do { _ = try CompiledMatcher(self) } catch { return error.reason }
      return nil
    case .equal, .notEqual:
      guard GlobPattern(pattern).isLiteral else { return nil }
      switch label {
      case .severity where pattern != "warning" && pattern != "danger":
        return "severity is 'warning' or 'danger'"
      case .cause where Cause(name: pattern) == nil:
        return "cause is 'abnormal', 'fall', 'rule:<id>', 'void_image' or 'stale'"
      case .rule where !pattern.isEmpty && Int(pattern) == nil:
        return "rule is the number of a rule"
      default: return nil
      }
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

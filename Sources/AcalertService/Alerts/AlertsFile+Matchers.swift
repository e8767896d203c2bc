import Alerting
import Yams

/// Conditions on labels.
extension StrictNode {
  /// Reads `{user: u-*, device: [door, yard], site: "!s-9", cause: "/rule:[12].*/"}`. All labels must
  /// match.
  func matchers() throws -> [Matcher] {
    var found: [Matcher] = []
    try mapping(
      Dictionary(
        uniqueKeysWithValues: AlertLabel.allCases.map { label in
          (label.rawValue, { node in found += try node.matchers(of: label) })
        }))
    return found
  }

  /// One value, or a list of which one must match; of a list of values with `!`, none must.
  private func matchers(of label: AlertLabel) throws -> [Matcher] {
    let items = try items()
    guard !items.isEmpty else { throw error("must not be an empty list: it would match nothing") }
    let matchers = try items.map { try $0.matcher(of: label) }
    let isNegative = matchers.map { [.notEqual, .doesNotMatch].contains($0.operation) }
    guard matchers.count > 1, let first = isNegative.first else { return matchers }
    if let place = isNegative.firstIndex(of: !first) {
      throw items[place].error(
        "a list has values with ! or without, not both: with it none of them may match, without it "
          + "one of them must")
    }
    if first { return matchers }
    // Any of several is one regular expression.
    let parts = matchers.map { matcher in
      matcher.operation == .matches
        ? "(\(matcher.pattern))" : Self.regularExpression(glob: matcher.pattern)
    }
    return [Matcher(unchecked: label, .matches, parts.joined(separator: "|"))]
  }

  private func matcher(of label: AlertLabel) throws -> Matcher {
    // YAML takes a word that begins with ! for a tag, and leaves nothing of it.
    guard !node.tag.rawValue.hasPrefix("!") else {
      throw error("must stand in quotes, as \"\(node.tag.rawValue)\": without them YAML drops it")
    }
    var pattern = try text()[...]
    let isNegative = pattern.first == "!"
    if isNegative { pattern.removeFirst() }
    let isExpression = pattern.first == "/"
    if isExpression {
      pattern.removeFirst()
      guard pattern.last == "/", pattern.count > 1 else {
        throw error("begins with / and does not end with it, as a regular expression must")
      }
      pattern.removeLast()
    }
    let operation: Matcher.Operation =
      isExpression
      ? isNegative ? .doesNotMatch : .matches
      : isNegative ? .notEqual : .equal
    let matcher = Matcher(unchecked: label, operation, String(pattern))
    // Also refuses values that the label never has.
    do throws(MatcherError) {
      _ = try Matcher(matcher.text)
    } catch {
      throw self.error(error.reason)
    }
    return matcher
  }

  /// A glob as a regular expression. Only constructs that all dialects have.
  private static func regularExpression(glob: String) -> String {
    glob.map { letter in
      switch letter {
      case "*": ".*"
      case "?": "."
      case "\\", ".", "+", "(", ")", "[", "]", "{", "}", "^", "$", "|": "\\\(letter)"
      default: String(letter)
      }
    }.joined()
  }
}

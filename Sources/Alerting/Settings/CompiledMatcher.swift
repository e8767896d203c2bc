import Events

/// A ``Matcher`` ready to be asked often.
///
/// Values are compared byte by byte, as ids are. A regular expression is Swift's; `.` and classes stand for
/// Unicode scalars, and the whole value must match.
public struct CompiledMatcher: Sendable {
  private enum Test: Sendable {
    case pattern(GlobPattern)
    case expression(Expression)
  }

  /// Sound to share: the expression is never changed after it was made, matching takes it by value, and
  /// the standard library publishes the program it is lowered to at the first match atomically. `Regex`
  /// does not say that it is `Sendable` because others may capture what is not.
  private struct Expression: @unchecked Sendable {
    let regex: Regex<AnyRegexOutput>
  }

  public let label: AlertLabel
  private let test: Test
  private let isNegated: Bool

  /// Fails for a regular expression that is none.
  public init(_ matcher: Matcher) throws(MatcherError) {
    label = matcher.label
    isNegated = matcher.operation == .notEqual || matcher.operation == .doesNotMatch
    switch matcher.operation {
    case .equal, .notEqual: test = .pattern(GlobPattern(matcher.pattern))
    case .matches, .doesNotMatch:
      do {
        let regex = try Regex(matcher.pattern).matchingSemantics(.unicodeScalar)
        test = .expression(Expression(regex: regex))
      } catch {
        throw MatcherError(
          text: matcher.text, reason: "'\(matcher.pattern)' is no regular expression: \(error)")
      }
    }
  }

  public func matches(_ labels: AlertLabels) -> Bool {
    let value = labels[label]
    let fits =
      switch test {
      case .pattern(let pattern): pattern.matches(value)
      case .expression(let expression): (try? expression.regex.wholeMatch(in: value)) != nil
      }
    return fits != isNegated
  }
}

/// Conditions that must all hold; none hold for everything.
struct MatcherSet: Sendable {
  private let matchers: [CompiledMatcher]
  /// With a matcher that is none, nothing fits.
  private let isValid: Bool

  init(_ matchers: [Matcher]) {
    var compiled: [CompiledMatcher] = []
    for matcher in matchers {
      if let matcher = try? CompiledMatcher(matcher) { compiled.append(matcher) }
    }
    isValid = compiled.count == matchers.count
    self.matchers = compiled
  }

  /// Of a silence: texts that cannot be read match nothing.
  init(texts: [String]) {
    let parsed = texts.compactMap { try? Matcher($0) }
    let compiled = parsed.compactMap { try? CompiledMatcher($0) }
    isValid = compiled.count == texts.count
    matchers = compiled
  }

  func matches(_ labels: AlertLabels) -> Bool {
    isValid && matchers.allSatisfy { $0.matches(labels) }
  }
}

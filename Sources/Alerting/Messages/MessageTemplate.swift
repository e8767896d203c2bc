import Mustache

/// What is wrong with a template.
public struct TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1, if it can be said.
  public var line: Int?
  public var reason: String

  public init(line: Int?, reason: String) {
    self.line = line
    self.reason = reason
  }

  public var description: String { line.map { "line \($0): \(reason)" } ?? reason }
}

/// A text with places for facts, in the language of Mustache (https://mustache.github.io/mustache.5.html):
/// variables, sections, inverted sections and comments. Nothing is escaped: what comes out is plain text.
struct MessageTemplate: Sendable {
  static let maxBytes = 16_384

  private let template: MustacheTemplate

  init(_ text: String) throws(TemplateError) {
    guard text.utf8.count <= Self.maxBytes else {
      throw TemplateError(line: nil, reason: "longer than \(Self.maxBytes) bytes")
    }
    try Self.checkTags(in: text)
    do {
      template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
    } catch let error as MustacheTemplate.ParserError {
      // The line before is ours.
      throw TemplateError(line: error.context.lineNumber - 1, reason: Self.reason(of: error.error))
    } catch {
      throw TemplateError(line: nil, reason: "\(error)")
    }
  }

  func render(_ facts: [String: Any]) -> String { template.render(facts) }

  /// A misspelt name would otherwise show only as a gap in the message that matters, and partials,
  /// blocks and pragmas have no meaning here.
  private static func checkTags(in text: String) throws(TemplateError) {
    var line = 1
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      line += rest[..<start.lowerBound].count { $0.isNewline }
      rest = rest[start.upperBound...]
      let kind = rest.first
      if let kind, "<>$=%".contains(kind) {
        throw TemplateError(line: line, reason: "{{\(kind) … }} is not supported here")
      }
      guard let end = rest.firstRange(of: "}}") else {
        throw TemplateError(line: line, reason: "{{ without }}")
      }
      let tag = rest[..<end.lowerBound]
      rest = rest[end.upperBound...]
      if kind == "!" {
        line += tag.count { $0.isNewline }
        continue
      }
      var name = tag.drop { "#^/&{".contains($0) }.filter { !$0.isWhitespace }
      // A transform, such as last() or uppercased(name).
      if let opening = name.lastIndex(of: "(") {
        name = String(name[name.index(after: opening)...].prefix { $0 != ")" })
        if name.isEmpty { continue }
      }
      guard name == "." || AlertFacts.names.contains(name) else {
        throw TemplateError(line: line, reason: "no fact is named \(name.shortened(to: 40))")
      }
    }
  }

  private static func reason(of error: any Error) -> String {
    switch error as? MustacheTemplate.Error {
    case .sectionCloseNameIncorrect: "{{/…}} does not close the section that is open"
    case .unfinishedName: "a tag is not well formed"
    case .expectedSectionEnd: "a section is not closed"
    default: "\(error)"
    }
  }
}

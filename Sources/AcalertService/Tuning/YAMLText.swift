import Yams

/// A YAML document as text, of which single values are changed while all else stays as it was written:
/// comments, order, quotes.
///
/// Only what is plain to see is changed this way: a value on one line, a new key in a mapping. Whoever uses
/// it reads the result and compares; ``apply(_:)`` returns false for a text that needs more.
struct YAMLText {
  private(set) var text: String

  init(_ text: String) { self.text = text }

  mutating func apply(_ edit: YAMLEdit) -> Bool {
    guard let root = try? Yams.compose(yaml: text) else { return false }
    var node = root
    for (place, step) in edit.path.steps.enumerated() {
      guard let child = node.node(at: [step]) else {
        return insert(edit.path.steps[place...], edit.value, into: node)
      }
      node = child
    }
    return replace(node, by: edit.value)
  }

  private mutating func replace(_ node: Node, by value: String) -> Bool {
    guard case .scalar(let scalar) = node, let place = index(of: scalar.mark),
      !scalar.string.isEmpty
    else { return false }
    let written: String
    switch scalar.style {
    case .plain: written = scalar.string
    case .singleQuoted: written = "'\(scalar.string)'"
    case .doubleQuoted: written = "\"\(scalar.string)\""
    default: return false
    }
    guard text[place...].hasPrefix(written),
      let end = text.index(place, offsetBy: written.count, limitedBy: text.endIndex)
    else { return false }
    text.replaceSubrange(place..<end, with: Self.quoted(value))
    return true
  }

  /// A key that is missing, in a mapping that is there.
  private mutating func insert(
    _ steps: ArraySlice<YAMLPath.Step>, _ value: String, into node: Node
  ) -> Bool {
    guard case .mapping(let mapping) = node, let entry = entry(steps, value) else { return false }
    let last = mapping.map(\.key).last
    // What the parser says of the style is not kept.
    if let place = index(of: mapping.mark), text[place] == "{" {
      text.insert(contentsOf: last == nil ? entry : "\(entry), ", at: text.index(after: place))
      return true
    }
    guard let mark = last?.mark, let place = index(of: mark) else { return false }
    let margin = String(repeating: " ", count: mark.column - 1)
    let lineStart = start(ofLineAt: place)
    guard text[lineStart..<place].allSatisfy({ $0 == " " }) else {
      // Behind the dash of a list.
      text.insert(contentsOf: "\(entry)\n\(margin)", at: place)
      return true
    }
    // Above the comments of the last key.
    var target = lineStart
    while target > text.startIndex {
      let above = start(ofLineAt: text.index(before: target))
      guard text[above..<target].drop(while: { $0 == " " }).first == "#" else { break }
      target = above
    }
    text.insert(contentsOf: "\(margin)\(entry)\n", at: target)
    return true
  }

  /// `raise: {count: 3}`
  private func entry(_ steps: ArraySlice<YAMLPath.Step>, _ value: String) -> String? {
    guard case .key(let key)? = steps.first else { return nil }
    let rest = steps.dropFirst()
    if rest.isEmpty { return "\(key): \(Self.quoted(value))" }
    return entry(rest, value).map { "\(key): {\($0)}" }
  }

  private func start(ofLineAt place: String.Index) -> String.Index {
    text[..<place].lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
  }

  /// Marks count lines and Unicode scalars from 1.
  private func index(of mark: Mark?) -> String.Index? {
    guard let mark else { return nil }
    let scalars = text.unicodeScalars
    var place = scalars.startIndex
    for _ in 1..<max(mark.line, 1) {
      guard let end = scalars[place...].firstIndex(of: "\n") else { return nil }
      place = scalars.index(after: end)
    }
    guard let found = scalars.index(place, offsetBy: mark.column - 1, limitedBy: scalars.endIndex),
      found < scalars.endIndex
    else { return nil }
    return found
  }

  /// As it stands where that is safe in any place, else between quotes.
  static func quoted(_ value: String) -> String {
    if value.wholeMatch(of: /[A-Za-z0-9\/][A-Za-z0-9._\/-]*|-?[0-9][0-9.]*/) != nil { return value }
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

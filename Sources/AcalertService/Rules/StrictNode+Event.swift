import Yams

extension StrictNode {
  /// An event of a rule's test: a mapping, which is written as JSON, or a word that holds JSON.
  func event() throws -> RuleTest.Event {
    switch node {
    case .mapping(let mapping):
      let hasTime = mapping.contains { ["ts", "time"].contains($0.key.string ?? "") }
      return RuleTest.Event(text: try json(), needsTime: !hasTime)
    case .scalar(let scalar):
      return RuleTest.Event(text: scalar.string, needsTime: false)
    default: throw error("must be an event: a mapping, or its JSON in quotes")
    }
  }

  /// This node as JSON. Numbers keep their digits.
  private func json() throws -> String {
    switch node {
    case .mapping:
      let members = try entries().map { "\($0.name.quoted):\(try $0.value.json())" }
      return "{\(members.joined(separator: ","))}"
    case .sequence:
      return "[\(try sequence().map { try $0.json() }.joined(separator: ","))]"
    case .scalar(let scalar):
      guard scalar.style == .plain else { return scalar.string.quoted }
      switch scalar.string {
      case "", "~", "null": return "null"
      case "true", "false": return scalar.string
      default:
        let isNumber =
          scalar.string.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
        return isNumber ? scalar.string : scalar.string.quoted
      }
    default: throw error("must be a value")
    }
  }
}

extension String {
  /// In double quotes, as JSON and YAML both have it: what either would not take as it is, is escaped.
  var quoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case _
      where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
        || [0x2028, 0x2029, 0xfeff].contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

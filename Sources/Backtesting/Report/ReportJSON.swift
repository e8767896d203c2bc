/// A JSON value (RFC 8259) whose members stay in the order in which they were written.
indirect enum ReportJSON {
  case object([(String, ReportJSON)])
  case list([ReportJSON])
  case text(String)
  case integer(Int64)
  /// The shortest decimal that reads back as the same number; null if it is not finite.
  case number(Double)
  case flag(Bool)
  case null

  static func integer(_ value: Int) -> ReportJSON { .integer(Int64(value)) }
  static func optional(_ value: Double?) -> ReportJSON { value.map { .number($0) } ?? .null }
  static func optional(_ value: Int64?) -> ReportJSON { value.map { .integer($0) } ?? .null }

  var text: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  /// Objects take a line for each member, down to the third level; what is deeper is in one line.
  private func write(to text: inout String, indent: Int) {
    switch self {
    case .object(let members):
      Self.write(members.count, "{", "}", to: &text, indent: indent) { place, text in
        Self.quote(members[place].0, to: &text)
        text += ": "
        members[place].1.write(to: &text, indent: indent + 1)
      }
    case .list(let values):
      Self.write(values.count, "[", "]", to: &text, indent: indent) { place, text in
        values[place].write(to: &text, indent: indent + 1)
      }
    case .text(let value): Self.quote(value, to: &text)
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .flag(let value): text += value ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func write(
    _ count: Int, _ open: String, _ close: String, to text: inout String, indent: Int,
    _ element: (Int, inout String) -> Void
  ) {
    let isBroken = indent < 2 && count > 0
    text += open
    for place in 0..<count {
      if place > 0 { text += isBroken ? "," : ", " }
      if isBroken { text += "\n" + String(repeating: "  ", count: indent + 1) }
      element(place, &text)
    }
    if isBroken { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

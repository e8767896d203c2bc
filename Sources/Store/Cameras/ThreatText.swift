import Detection

/// How a threat's objects stand in the database.
enum ThreatText {
  /// Objects kept of one threat, the surest of them; what a rule names is rarely seen more often at
  /// once, and a row must have a bound.
  static let maxObjects = 100

  /// `[{"class":"person","probability":0.93,"zone":"loading-dock"}]`
  static func objects(_ objects: [Threat.Object]) -> String {
    var text = "["
    for object in objects.prefix(maxObjects) {
      if text.utf8.count > 1 { text += "," }
      text += "{\"class\":"
      appendString(object.className, to: &text)
      // JSON has no word for what is not a number.
      let probability = object.probability.isFinite ? object.probability : 0
      text += ",\"probability\":\(probability)"
      if let zone = object.zone {
        text += ",\"zone\":"
        appendString(zone, to: &text)
      }
      text += "}"
    }
    return text + "]"
  }

  /// The objects' classes, each once, ascending, a line each: the form that a report counts by.
  static func classes(_ objects: [Threat.Object]) -> String {
    if objects.count == 1 { return line(objects[0].className) }
    return Set(objects.map { line($0.className) }).sorted().joined(separator: "\n")
  }

  private static func line(_ name: String) -> String {
    name.utf8.contains(10) ? String(name.map { $0.isNewline ? " " : $0 }) : name
  }

  /// A JSON string, RFC 8259 section 7.
  private static func appendString(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

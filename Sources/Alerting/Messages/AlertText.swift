/// What people read: a title of one line, and a text.
public struct AlertText: Sendable {
  /// The longest title, in characters, and text, in bytes.
  public static let maxTitle = 200
  public static let maxText = 32_768

  /// What a template may use. Facts of one alert, at the top of a message those of its first, and of each
  /// within `{{#alerts}} … {{/alerts}}`; then facts of the message.
  public static let names = AlertFacts.entryNames + AlertFacts.messageNames

  private let titleTemplate: MessageTemplate
  private let textTemplate: MessageTemplate
  private let shortTemplate: MessageTemplate
  /// Whether the text is one of the configuration's.
  let isCustom: Bool

  /// - Parameters: Templates in the language of Mustache; the standard ones, if absent.
  /// - Throws: what is wrong with a template.
  public init(title: String? = nil, text: String? = nil) throws(TemplateError) {
    titleTemplate = try MessageTemplate(title ?? StandardTemplates.title)
    textTemplate = try MessageTemplate(text ?? StandardTemplates.text)
    shortTemplate = try MessageTemplate(text ?? StandardTemplates.short)
    isCustom = text != nil
  }

  /// - Throws: what is wrong with a template.
  public static func check(template: String) throws(TemplateError) {
    _ = try MessageTemplate(template)
  }

  /// `DANGER: u-17 (wearer watch): 3 abnormal within 5s: …`, one line.
  public func title(of message: AlertMessage) -> String {
    titleTemplate.render(AlertFacts.facts(of: message)).oneLine.trimmed.shortened(to: Self.maxTitle)
  }

  public func text(of message: AlertMessage) -> String {
    textTemplate.render(AlertFacts.facts(of: message)).trimmed.cut(toBytes: Self.maxText)
  }

  /// The title and the least of the facts, at most so many characters.
  func short(of message: AlertMessage, characters: Int) -> String {
    let text = shortTemplate.render(AlertFacts.facts(of: message)).trimmed
    return "\(title(of: message))\n\(text)".trimmed.shortened(to: characters)
  }

  /// Words for a voice on the telephone.
  func spoken(_ message: AlertMessage) -> String {
    guard !isCustom else { return text(of: message) }
    var words = ["This is Acalert."]
    switch message.kind {
    case "digest": words.append("\(message.heldBack) notifications were held back.")
    case "notice": words.append("\(message.notice.oneLine).")
    default:
      let count = message.entries.count + message.truncated
      switch message.status {
      case .firing: words.append(message.severity == "danger" ? "Danger." : "Warning.")
      case .acknowledged: words.append("Acknowledged.")
      case .resolved: words.append("Resolved.")
      }
      if count > 1 { words.append("\(count) alerts. The first:") }
      if let entry = message.entries.first { words += Self.spoken(entry) }
    }
    return words.joined(separator: " ")
  }

  private static func spoken(_ entry: AlertMessage.Entry) -> [String] {
    let user = entry.kind.isEmpty ? entry.user : "\(entry.kind) \(entry.user)"
    var words = ["\([user, entry.device].filter { !$0.isEmpty }.joined(separator: ", "))."]
    if !entry.site.isEmpty { words.append("Site \(entry.site).") }
    if !entry.ruleName.isEmpty {
      words.append("\(entry.ruleName).")
    } else {
      switch entry.cause {
      case "abnormal": words.append("The movement is not usual.")
      case "void_image": words.append("The camera sees nothing.")
      case "stale": words.append("No data comes in.")
      default: words.append("\(entry.reason).")
      }
    }
    if let began = LocalTime(entry.began, zone: entry.timeZone) {
      words.append("It began at \(began.spoken).")
    }
    if let author = entry.acknowledgedBy { words.append("Acknowledged by \(author).") }
    return words.map(\.oneLine)
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }
}

import HTTPServer
import Store

/// The body of `POST /api/v1/threats/{id}/verdict`.
struct VerdictBody {
  var kind: Verdict.Kind
  var note = ""
  var author = ""

  private static let members = "verdict, note, author"

  /// - Throws: `BadParameter` for everything that is not exactly what it should be.
  init(_ bytes: [UInt8]) throws {
    let value: JSONValue
    do {
      value = try JSONValue(bytes)
    } catch {
      throw BadParameter(
        message: "The body is not JSON: \(error.message), at byte \(error.offset).")
    }
    guard case .object(let members) = value else {
      throw BadParameter(message: "The body must be an object, not \(value.typeName).")
    }
    var kind: Verdict.Kind?
    for member in members {
      switch member.name {
      case "verdict": kind = try Self.kind(member.value)
      case "note":
        note = try Self.text("note", member.value, maxBytes: Verdict.maxNoteBytes, lines: true)
      case "author":
        author = try Self.text(
          "author", member.value, maxBytes: Verdict.maxAuthorBytes, lines: false)
      default:
        throw BadParameter(
          message: "There is no member named “\(member.name.prefix(64))”. "
            + "Known here: \(Self.members).")
      }
    }
    guard let kind else { throw BadParameter(message: "The member verdict is missing.") }
    self.kind = kind
  }

  private static func kind(_ value: JSONValue) throws -> Verdict.Kind {
    guard case .string(let text) = value, let kind = Verdict.Kind(rawValue: text) else {
      let all = Verdict.Kind.allCases.map { "“\($0.rawValue)”" }.joined(separator: " or ")
      throw BadParameter(message: "verdict must be \(all).")
    }
    return kind
  }

  /// An optional text, without white space around it.
  private static func text(
    _ name: String, _ value: JSONValue, maxBytes: Int, lines: Bool
  ) throws -> String {
    if value == .null { return "" }
    guard case .string(let text) = value else {
      throw BadParameter(message: "\(name) must be a string, not \(value.typeName).")
    }
    guard text.utf8.count <= maxBytes else {
      throw BadParameter(message: "\(name) must have at most \(maxBytes) bytes of UTF-8.")
    }
    let isAllowed = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory != .control || lines && (scalar == "\n" || scalar == "\t")
    }
    guard text.unicodeScalars.allSatisfy(isAllowed) else {
      throw BadParameter(
        message: "\(name) must not hold control characters\(lines ? " but line feed and tab" : "")."
      )
    }
    let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    let last = scalars.lastIndex { !$0.properties.isWhitespace }
    return last.map { String(Substring(scalars[...$0])) } ?? ""
  }
}

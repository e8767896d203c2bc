import Store

/// The body of `POST /api/v1/threats/{id}/verdict` and `POST /api/v1/alerts/{id}/verdict`.
struct VerdictBody {
  var kind: Verdict.Kind
  var note: String
  var author: String

  /// - Throws: `BadParameter` for everything that is not exactly what it should be.
  init(_ bytes: [UInt8]) throws {
    let members = try BodyMembers(bytes, known: ["verdict", "note", "author"])
    note = try members.text("note", maxBytes: Verdict.maxNoteBytes, lines: true)
    author = try members.text("author", maxBytes: Verdict.maxAuthorBytes)
    guard members.contains("verdict") else {
      throw BadParameter(message: "The member verdict is missing.")
    }
    guard case .string(let text) = members["verdict"], let kind = Verdict.Kind(rawValue: text)
    else {
      let all = Verdict.Kind.allCases.map { "“\($0.rawValue)”" }.joined(separator: " or ")
      throw BadParameter(message: "verdict must be \(all).")
    }
    self.kind = kind
  }
}

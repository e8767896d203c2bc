import HTTPServer

/// The members of a request's JSON body, taken strictly: each known, given once, of the right type.
struct BodyMembers {
  private var values: [String: JSONValue] = [:]

  /// - Throws: `BadParameter` for what is no JSON object, and for a member that is not among `known`.
  init(_ bytes: [UInt8], known: [String]) throws {
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
    for member in members {
      guard known.contains(where: member.name.hasSameBytes) else {
        throw BadParameter(
          message: "There is no member named “\(member.name.prefix(64))”. "
            + "Known here: \(known.joined(separator: ", ")).")
      }
      values[member.name] = member.value
    }
  }

  /// Whether the member is there, be it `null`.
  func contains(_ name: String) -> Bool { values[name] != nil }

  /// A member that is there and is not `null`.
  subscript(name: String) -> JSONValue? {
    values[name].flatMap { $0 == .null ? nil : $0 }
  }

  /// A text, without white space around it; empty if it is not given.
  ///
  /// - Parameter lines: whether it may have several.
  func text(_ name: String, maxBytes: Int, lines: Bool = false) throws -> String {
    guard let value = self[name] else { return "" }
    return try Self.text(name, value, maxBytes: maxBytes, lines: lines)
  }

  /// Texts of one line, none of them empty.
  func texts(_ name: String, maxCount: Int, maxBytes: Int) throws -> [String] {
    guard let value = self[name] else { return [] }
    guard case .array(let elements) = value else {
      throw BadParameter(message: "\(name) must be an array of strings, not \(value.typeName).")
    }
    guard elements.count <= maxCount else {
      throw BadParameter(message: "\(name) must have at most \(maxCount) elements.")
    }
    return try elements.map { element in
      let text = try Self.text(
        "Each element of \(name)", element, maxBytes: maxBytes, lines: false)
      guard !text.isEmpty else {
        throw BadParameter(message: "No element of \(name) may be empty.")
      }
      return text
    }
  }

  /// A time, as text, in milliseconds since 1970.
  func time(_ name: String) throws -> Int64? {
    guard let value = self[name] else { return nil }
    guard case .string(let text) = value, let time = QueryTime.parse(text) else {
      throw BadParameter(
        message: "\(name) must be a string, RFC 3339 like 2026-11-21T04:32:00.123Z.")
    }
    return time
  }

  private static func text(
    _ name: String, _ value: JSONValue, maxBytes: Int, lines: Bool
  ) throws -> String {
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

extension HTTPRequest {
  /// What answers a body that does not say that it is JSON, with or without parameters; `nil` for one
  /// that does. A form of another site cannot send this type without being asked first
  /// (<https://fetch.spec.whatwg.org/#cors-safelisted-request-header>).
  var refusalUnlessJSON: HTTPResponse? {
    let types = headers.values(of: "Content-Type")
    if types.count == 1, let type = types.first?.split(separator: ";").first {
      let name = type.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
      if String(name).lowercased() == "application/json" { return nil }
    }
    return .problem(
      status: 415, detail: "The body must be JSON, with Content-Type: application/json.")
  }
}

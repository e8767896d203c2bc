/// Request line and header fields.
extension HTTPRequestParser {
  /// `method SP target SP version`, single spaces, nothing else.
  mutating func parseRequestLine(_ line: Range<Int>) throws(HTTPParseFailure) {
    let parts = buffer[line].split(
      separator: ASCII.space, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(ASCII.isToken),
      !parts[1].isEmpty
    else {
      throw HTTPParseFailure(400, "The request line must be: method, target, version.")
    }
    minorVersion = try Self.minorVersion(parts[2])
    if parts[1].count > limits.target {
      throw HTTPParseFailure(414, "The request target is too long.")
    }
    guard let known = HTTPMethod(rawValue: String(decoding: parts[0], as: UTF8.self)) else {
      throw HTTPParseFailure(501, "The method is not implemented.")
    }
    method = known
    target = String(decoding: parts[1], as: UTF8.self)
  }

  private static func minorVersion(_ bytes: ArraySlice<UInt8>) throws(HTTPParseFailure) -> Int {
    if bytes.elementsEqual("HTTP/1.1".utf8) { return 1 }
    if bytes.elementsEqual("HTTP/1.0".utf8) { return 0 }
    let digits = bytes.dropFirst(5)
    guard bytes.starts(with: "HTTP/".utf8), let first = digits.first, ASCII.isDigit(first),
      digits.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
    else { throw HTTPParseFailure(400, "The request line must end with HTTP/1.1.") }
    throw HTTPParseFailure(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
  }

  /// `name ":" value`, blanks around the value dropped. Also used for trailers.
  mutating func parseHeaderLine(_ line: Range<Int>) throws(HTTPParseFailure) {
    try countHeaderBytes(line.count + 2)
    let bytes = buffer[line]
    if bytes.first == ASCII.space || bytes.first == ASCII.tab {
      throw HTTPParseFailure(400, "A header field must not be folded over lines.")
    }
    guard let colon = bytes.firstIndex(of: ASCII.colon), colon > bytes.startIndex,
      bytes[..<colon].allSatisfy(ASCII.isToken)
    else { throw HTTPParseFailure(400, "A header field must be: name, colon, value.") }
    let value = ASCII.trimmed(bytes[(colon + 1)...])
    guard value.allSatisfy(ASCII.isFieldValue) else {
      throw HTTPParseFailure(400, "A header field holds a control character.")
    }
    guard headers.fields.count < limits.headerCount else {
      throw HTTPParseFailure(431, "There are too many header fields.")
    }
    headers.append(
      name: String(decoding: bytes[..<colon], as: UTF8.self),
      value: String(decoding: value, as: UTF8.self))
  }

  /// Checks the fields that decide the framing; returns how the body is to be read.
  ///
  /// `.requestLine` means that there is none.
  mutating func headEnded() throws(HTTPParseFailure) -> State {
    let hosts = headers.values(of: "Host")
    if hosts.count > 1 || (minorVersion == 1 && hosts.isEmpty) {
      throw HTTPParseFailure(400, "There must be exactly one Host field.")
    }
    if let host = hosts.first,
      !host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != ASCII.slash && $0 != ASCII.comma })
    {
      throw HTTPParseFailure(400, "The Host field is malformed.")
    }
    request = try HTTPRequest(
      method: method, target: target, headers: headers, minorVersion: minorVersion)
    let state = try bodyFraming()
    if let expectation = headers["Expect"] {
      guard HTTPHeaders.equal(expectation, "100-continue") else {
        throw HTTPParseFailure(417, "The only expectation known is 100-continue.")
      }
      // An HTTP/1.0 client cannot have meant it (RFC 9110 §10.1.1).
      owesContinue = minorVersion == 1
    }
    return state
  }

  private func bodyFraming() throws(HTTPParseFailure) -> State {
    let lengths = headers.values(of: "Content-Length")
    let codings = headers.values(of: "Transfer-Encoding")
    if !codings.isEmpty {
      guard lengths.isEmpty, minorVersion == 1 else {
        throw HTTPParseFailure(
          400, "Transfer-Encoding must not come with Content-Length or in HTTP/1.0.")
      }
      guard codings.count == 1, HTTPHeaders.equal(codings[0], "chunked") else {
        throw HTTPParseFailure(501, "The only transfer coding known is chunked.")
      }
      return .chunkSize
    }
    guard let text = lengths.first else { return .requestLine }
    guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) else {
      throw HTTPParseFailure(400, "There must be one Content-Length, a plain number.")
    }
    guard let length = Int(text), length <= limits.body else { throw Self.bodyTooLarge }
    return length == 0 ? .requestLine : .body(remaining: length)
  }

  static let bodyTooLarge = HTTPParseFailure(413, "The body is too large.")
}

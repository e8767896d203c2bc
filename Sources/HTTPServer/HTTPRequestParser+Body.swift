/// Bodies: by length, and chunked (RFC 9112 §7.1).
extension HTTPRequestParser {
  mutating func stepBody() throws(HTTPParseFailure) -> Outcome? {
    switch state {
    case .body(let remaining):
      let left = remaining - takeBody(atMost: remaining)
      if left == 0 { return finish() }
      state = .body(remaining: left)
      return .needsMore
    case .chunkSize:
      let tooLong = HTTPParseFailure(400, "A chunk's size line is too long.")
      guard let line = try takeLine(limit: 1_024, tooLong) else { return .needsMore }
      let size = try chunkSize(line)
      if size > limits.body - (request?.body.count ?? 0) { throw Self.bodyTooLarge }
      state = size == 0 ? .trailers : .chunk(remaining: size)
    case .chunk(let remaining):
      let left = remaining - takeBody(atMost: remaining)
      state = left == 0 ? .chunkEnd : .chunk(remaining: left)
      if left > 0 { return .needsMore }
    case .chunkEnd:
      let wrong = HTTPParseFailure(400, "A chunk must end with CR LF.")
      guard let line = try takeLine(limit: 1, wrong) else { return .needsMore }
      if !line.isEmpty { throw wrong }
      state = .chunkSize
    case .trailers:
      guard let line = try takeLine(limit: limits.headers - headerBytes, Self.headersTooLarge)
      else { return .needsMore }
      if line.isEmpty { return finish() }
      // Checked like header fields and then forgotten: nothing here needs one, and a trailer must
      // not be taken for a field of the head.
      try parseHeaderLine(line)
    case .requestLine, .headers, .failed:
      break
    }
    return nil
  }

  /// Moves up to `limit` bytes to the body and returns how many.
  private mutating func takeBody(atMost limit: Int) -> Int {
    let count = min(limit, buffered)
    request?.body.append(contentsOf: buffer[position..<(position + count)])
    position += count
    return count
  }

  /// `1*HEXDIG [ ";" extension ]`
  private mutating func chunkSize(_ line: Range<Int>) throws(HTTPParseFailure) -> Int {
    let bytes = buffer[line]
    let end = bytes.firstIndex { ASCII.hexValue($0) == nil } ?? bytes.endIndex
    let digits = bytes[..<end]
    let rest = bytes[end...]
    guard !digits.isEmpty, rest.allSatisfy(ASCII.isFieldValue),
      rest.isEmpty || ASCII.trimmed(rest).first == ASCII.semicolon
    else { throw HTTPParseFailure(400, "A chunk's size must be a hexadecimal number.") }
    chunkExtensionBytes += rest.count
    guard chunkExtensionBytes <= limits.headers else {
      throw HTTPParseFailure(400, "The chunk extensions are too large.")
    }
    // Fifteen digits cannot overflow an Int; no body that long is accepted anyway.
    guard digits.count <= 15 else { throw Self.bodyTooLarge }
    return digits.reduce(0) { $0 << 4 | Int(ASCII.hexValue($1) ?? 0) }
  }
}

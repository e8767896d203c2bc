/// The request target taken apart (RFC 9112 §3.2, RFC 3986).
struct RequestTarget {
  var rawPath: String
  var pathSegments: [String] = []
  var query: [HTTPRequest.QueryItem] = []

  /// - Parameter raw: origin form (`/a/b?c=d`), absolute form (`http://host/a`) or, for OPTIONS, `*`.
  init(_ raw: String, method: HTTPMethod) throws(HTTPParseFailure) {
    guard raw.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw HTTPParseFailure(400, "The request target holds a character that must be escaped.")
    }
    if raw == "*" && method == .options {
      rawPath = raw
      return
    }
    let whole = raw.utf8[...]
    let origin = Self.originForm(of: whole)
    // Only after an authority may the path be left out.
    guard origin.first == ASCII.slash || origin.count < whole.count else {
      throw HTTPParseFailure(400, "The request target must begin with a slash.")
    }
    let mark = origin.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
    let path = origin[..<mark]
    rawPath = path.isEmpty ? "/" : String(Substring(path))

    // Split first, decode second: an escaped slash belongs to its segment.
    if path.count > 1 {
      for piece in path.dropFirst().split(
        separator: ASCII.slash, omittingEmptySubsequences: false)
      {
        pathSegments.append(try Self.decoded(piece, plusIsSpace: false))
      }
    }
    guard mark != origin.endIndex else { return }
    for piece in origin[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
      let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
      query.append(
        HTTPRequest.QueryItem(
          name: try Self.decoded(piece[..<equals], plusIsSpace: true),
          value: try Self.decoded(piece[equals...].dropFirst(), plusIsSpace: true)))
    }
  }

  /// Cuts `http://authority` off; what a server must accept though only proxies receive it.
  private static func originForm(of raw: Substring.UTF8View) -> Substring.UTF8View {
    for scheme in ["http://", "https://"] {
      let size = scheme.utf8.count
      guard raw.count >= size, HTTPHeaders.equal(raw.prefix(size), scheme.utf8) else { continue }
      let rest = raw.dropFirst(size)
      let end = rest.firstIndex { $0 == ASCII.slash || $0 == UInt8(ascii: "?") }
      return rest[(end ?? rest.endIndex)...]
    }
    return raw
  }

  private static func decoded(
    _ raw: Substring.UTF8View, plusIsSpace: Bool
  ) throws(HTTPParseFailure) -> String {
    let percent = UInt8(ascii: "%")
    let plus = UInt8(ascii: "+")
    guard raw.contains(where: { $0 == percent || (plusIsSpace && $0 == plus) }) else {
      return String(Substring(raw))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var rest = raw.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case percent:
        guard let high = rest.next().flatMap(ASCII.hexValue),
          let low = rest.next().flatMap(ASCII.hexValue)
        else {
          throw HTTPParseFailure(400, "A percent sign in the target must precede two hex digits.")
        }
        bytes.append(high << 4 | low)
      case plus where plusIsSpace: bytes.append(ASCII.space)
      default: bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw HTTPParseFailure(400, "The escapes in the request target are not UTF-8.")
    }
    return text
  }
}

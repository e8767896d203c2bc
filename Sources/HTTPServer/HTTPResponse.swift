/// An answer with a body of known length.
public struct HTTPResponse: Sendable {
  /// The status code, 200 ... 599.
  public var status: Int
  /// The fields beside those that the server writes itself: `Content-Length`, `Date`, `Connection`,
  /// `Transfer-Encoding` are dropped if given.
  public var headers: HTTPHeaders
  /// The body. Not sent in answer to HEAD, nor with 204 and 304.
  public var body: [UInt8]

  public init(status: Int = 200, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// JSON text that is already encoded.
  public static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"], body: body)
  }

  /// JSON text that is already encoded.
  public static func json(_ body: String, status: Int = 200) -> HTTPResponse {
    json(Array(body.utf8), status: status)
  }

  /// Plain text in UTF-8.
  public static func text(_ body: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: ["Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"],
      body: Array(body.utf8))
  }

  /// An error as `application/problem+json` (RFC 9457).
  ///
  /// - Parameters:
  ///   - title: what the status means; its reason phrase if `nil`.
  ///   - detail: what went wrong this time and what to do.
  ///   - extra: further members; each value is JSON text already.
  public static func problem(
    status: Int, title: String? = nil, detail: String,
    extra: KeyValuePairs<String, String> = [:]
  ) -> HTTPResponse {
    var body = Array(#"{"type":"about:blank","title":"#.utf8)
    JSONText.append(title ?? HTTPStatus.reason(status), to: &body)
    body.append(contentsOf: #","status":\#(status),"detail":"#.utf8)
    JSONText.append(detail, to: &body)
    for (name, value) in extra {
      body.append(ASCII.comma)
      JSONText.append(name, to: &body)
      body.append(ASCII.colon)
      body.append(contentsOf: value.utf8)
    }
    body.append(UInt8(ascii: "}"))
    return HTTPResponse(
      status: status,
      headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store"],
      body: body)
  }

  /// 404 as a problem.
  public static func notFound(_ detail: String = "There is nothing at this path.") -> HTTPResponse {
    problem(status: 404, detail: detail)
  }

  /// 405 as a problem, with the `Allow` field that it must have.
  public static func methodNotAllowed(allowing methods: [HTTPMethod]) -> HTTPResponse {
    let allowed = methods.map(\.rawValue).joined(separator: ", ")
    var response = problem(status: 405, detail: "This path takes: \(allowed).")
    response.headers["Allow"] = allowed
    return response
  }

  /// A body that seldom changes: 304 without it if the client has it already.
  ///
  /// - Parameters:
  ///   - entityTag: quoted, as `entityTag(of:)` makes it.
  ///   - cacheControl: `no-cache` lets clients keep the body but ask each time.
  public static func asset(
    _ body: [UInt8], contentType: String, entityTag: String, cacheControl: String = "no-cache",
    for request: HTTPRequest
  ) -> HTTPResponse {
    let isKnown = request.matches(entityTag: entityTag)
    return HTTPResponse(
      status: isKnown ? 304 : 200,
      headers: [
        "Content-Type": contentType, "ETag": entityTag, "Cache-Control": cacheControl,
      ],
      body: isKnown ? [] : body)
  }

  /// A quoted entity tag from the content: FNV-1a, 64 bits. Not proof against forgery.
  public static func entityTag(of body: [UInt8]) -> String {
    let hash = body.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "\"\(String(hash, radix: 16))\""
  }

  /// Whether the status allows a body at all.
  var mayHaveBody: Bool { status != 204 && status != 304 }
}

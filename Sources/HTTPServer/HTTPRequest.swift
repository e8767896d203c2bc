/// The methods that the server knows; any other token is answered with 501.
public enum HTTPMethod: String, Sendable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case delete = "DELETE"
  case patch = "PATCH"
  case options = "OPTIONS"
}

/// A whole request, read, checked and decoded.
public struct HTTPRequest: Sendable {
  /// A `name=value` of the query, both decoded (`+` is a space). Without `=` the value is empty.
  public struct QueryItem: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public let method: HTTPMethod
  /// The target as it stood in the request line.
  public let rawTarget: String
  /// The target's path, escapes untouched; `/` where the target named none.
  public let rawPath: String
  /// The path split at its slashes, each piece then percent-decoded: `/a%2Fb/c` is `["a/b", "c"]`.
  ///
  /// `/` has no segments; a slash at the end leaves an empty last one. Dot segments are not resolved,
  /// so never join segments to a file's path.
  public let pathSegments: [String]
  /// The items of the query in their order.
  public let query: [QueryItem]
  public let headers: HTTPHeaders
  /// The body with any transfer coding removed.
  public internal(set) var body: [UInt8]
  /// The client's address without port: `127.0.0.1`, `::1`. Empty if made by hand.
  public internal(set) var peer: String
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  let minorVersion: Int

  /// Makes a request by hand, as tests of handlers do.
  ///
  /// - Throws: `HTTPParseFailure` with status 400 if the target is malformed.
  public init(
    method: HTTPMethod = .get, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    peer: String = ""
  ) throws(HTTPParseFailure) {
    try self.init(method: method, target: target, headers: headers, minorVersion: 1)
    self.body = body
    self.peer = peer
  }

  init(
    method: HTTPMethod, target: String, headers: HTTPHeaders, minorVersion: Int
  ) throws(HTTPParseFailure) {
    let parts = try RequestTarget(target, method: method)
    self.method = method
    self.rawTarget = target
    self.rawPath = parts.rawPath
    self.pathSegments = parts.pathSegments
    self.query = parts.query
    self.headers = headers
    self.minorVersion = minorVersion
    self.body = []
    self.peer = ""
  }

  /// The first value of the query item `name`, `nil` if there is none.
  public func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// Whether `If-None-Match` names `entityTag` (weak comparison, RFC 9110 §13.1.2).
  public func matches(entityTag: String) -> Bool {
    let opaque = Self.withoutWeakness(entityTag.utf8[...])
    return headers.values(of: "If-None-Match").contains { value in
      value.utf8.split(separator: ASCII.comma).contains { part in
        let candidate = ASCII.trimmed(part)
        return candidate.elementsEqual("*".utf8)
          || Self.withoutWeakness(candidate).elementsEqual(opaque)
      }
    }
  }

  /// Whether the connection may carry another request after this one (RFC 9112 §9.3).
  var keepsConnection: Bool {
    if headers.contains(token: "close", in: "Connection") { return false }
    return minorVersion == 1 || headers.contains(token: "keep-alive", in: "Connection")
  }

  private static func withoutWeakness(_ tag: Substring.UTF8View) -> Substring.UTF8View {
    tag.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag
  }
}

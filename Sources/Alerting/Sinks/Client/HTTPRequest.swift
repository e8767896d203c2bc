/// A request of ``HTTPClient``.
public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  public var method: Method
  /// http or https.
  public var url: Secret
  /// Names as they are; values without line breaks.
  public var headers: [(name: String, value: Secret)] = []
  /// Its kind is for a `Content-Type` header to say.
  public var body: [UInt8]?
  /// Milliseconds for the whole call, and for the connecting.
  public var timeout: Int64 = 10_000
  public var connectTimeout: Int64 = 5_000
  /// A certificate authority's file in PEM, instead of the system's.
  public var caFile: String?
  /// Of the answer so much is read, in bytes; the rest is left.
  public var maxBodyBytes = 65_536

  public init(_ method: Method, url: Secret) {
    self.method = method
    self.url = url
  }

  /// A request that brings JSON and wants JSON.
  public static func json(_ method: Method, url: Secret, body: [UInt8]) -> HTTPRequest {
    var request = HTTPRequest(method, url: url)
    request.headers = [
      ("Content-Type", Secret("application/json")), ("Accept", Secret("application/json")),
    ]
    request.body = body
    return request
  }

  /// What must not be shown of it.
  var secrets: [Secret] { [url] + headers.map(\.value) }
}

/// The answer to a request, whatever its status.
public struct HTTPResponse: Sendable {
  public var status: Int
  /// The first bytes, see ``HTTPRequest/maxBodyBytes``.
  public var body: [UInt8]
  public var isTruncated: Bool
  /// Milliseconds, from `Retry-After` as seconds or as a date; more than 0 and at most an hour.
  public var retryAfter: Int64?

  public init(
    status: Int, body: [UInt8] = [], isTruncated: Bool = false, retryAfter: Int64? = nil
  ) {
    self.status = status
    self.body = body
    self.isTruncated = isTruncated
    self.retryAfter = retryAfter
  }

  /// The body; what is no UTF-8 is replaced.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

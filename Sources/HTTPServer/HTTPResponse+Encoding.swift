/// Responses as bytes (RFC 9112 §4).
extension HTTPResponse {
  /// What of the request and the server decides the form of the answer.
  struct Context {
    var isHead: Bool
    var minorVersion: Int
    var keepsConnection: Bool

    init(_ request: HTTPRequest, isStopping: Bool) {
      isHead = request.method == .head
      minorVersion = request.minorVersion
      keepsConnection = request.keepsConnection && !isStopping
    }

    /// For answers to what could not be read as a request.
    static let afterFailure = Context()

    private init() {
      isHead = false
      minorVersion = 1
      keepsConnection = false
    }
  }

  func encoded(for context: Context, date: String) -> Output {
    var head = statusAndFields(date: date)
    if mayHaveBody { head.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8) }
    if !context.keepsConnection {
      head.append(contentsOf: "Connection: close\r\n".utf8)
    } else if context.minorVersion == 0 {
      head.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    }
    head.append(contentsOf: "\r\n".utf8)
    return Output(head: head, body: mayHaveBody && !context.isHead ? body : [])
  }

  /// The head of an endless answer, which only the end of the connection ends.
  static func eventStreamHead(date: String) -> [UInt8] {
    let response = HTTPResponse(headers: [
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache, no-transform",
      // Tells nginx not to collect the events before it passes them on.
      "X-Accel-Buffering": "no",
    ])
    return response.statusAndFields(date: date) + Array("Connection: close\r\n\r\n".utf8)
  }

  private func statusAndFields(date: String) -> [UInt8] {
    var head: [UInt8] = []
    head.reserveCapacity(256)
    head.append(contentsOf: "HTTP/1.1 \(status) \(HTTPStatus.reason(status))\r\n".utf8)
    head.append(contentsOf: "Date: \(date)\r\n".utf8)
    for field in headers.fields where !Self.ownFields.contains(where: { field.isNamed($0) }) {
      // A line break in a value would let its author write fields, or a whole answer.
      head.append(contentsOf: field.name.utf8.lazy.filter(ASCII.isToken))
      head.append(contentsOf: ": ".utf8)
      head.append(
        contentsOf: field.value.utf8.lazy.map { ASCII.isFieldValue($0) ? $0 : ASCII.space })
      head.append(contentsOf: "\r\n".utf8)
    }
    return head
  }

  private static let ownFields = ["Content-Length", "Date", "Connection", "Transfer-Encoding"]
}

extension HTTPHeaders.Field {
  fileprivate func isNamed(_ other: String) -> Bool { HTTPHeaders.equal(name, other) }
}

/// Bytes on their way to a socket: a head, a body, and how much of both has gone.
struct Output: Sendable {
  var head: [UInt8] = []
  var body: [UInt8] = []
  var sent = 0

  var remaining: Int { head.count + body.count - sent }
}

import Alerting
import Foundation
import Testing

@Suite struct HTTPClientTests {
  private let client = HTTPClient(userAgent: "acalert/test")

  @Test func sendsWhatItIsGiven() throws {
    let server = try RecordingServer { _, _ in .status(201, body: #"{"id":1}"#) }
    for method in [HTTPRequest.Method.post, .put, .delete] {
      var request = HTTPRequest.json(
        method, url: Secret(server.url + "/a?b=c"), body: Array("{}".utf8))
      request.headers.append(("X-Empty", Secret("")))
      let response = try client.send(request)
      #expect(response.status == 201)
      #expect(response.text == #"{"id":1}"#)
      let seen = try #require(server.requests.last)
      #expect(seen.method == method.rawValue)
      #expect(seen.path == "/a?b=c")
      #expect(seen.text == "{}")
      #expect(seen.headers["content-type"] == "application/json")
      #expect(seen.headers["user-agent"] == "acalert/test")
      #expect(seen.headers["x-empty"] == "")
      #expect(seen.headers["expect"] == nil)
    }
  }

  @Test func asksWithoutABody() throws {
    let server = try RecordingServer()
    _ = try client.send(HTTPRequest(.get, url: Secret(server.url)))
    _ = try client.send(HTTPRequest(.post, url: Secret(server.url)))
    _ = try client.send(HTTPRequest(.delete, url: Secret(server.url)))
    #expect(server.requests.map(\.method) == ["GET", "POST", "DELETE"])
    #expect(server.requests.allSatisfy { $0.body.isEmpty })
  }

  @Test func sendsALargeBodyWithZeroBytesWhole() throws {
    let server = try RecordingServer()
    var request = HTTPRequest(.post, url: Secret(server.url))
    let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
    request.body = body
    _ = try client.send(request)
    #expect(server.requests.first?.body == Data(body))
  }

  @Test func followsNoRedirect() throws {
    let server = try RecordingServer { _, _ in
      .status(302, headers: ["Location": "http://127.0.0.1:1/"])
    }
    let response = try client.send(HTTPRequest(.post, url: Secret(server.url)))
    #expect(response.status == 302)
    #expect(server.requests.count == 1)
  }

  @Test func readsNoMoreThanItIsAllowedTo() throws {
    let server = try RecordingServer { _, _ in
      .status(200, body: String(repeating: "x", count: 8_000_000))
    }
    var request = HTTPRequest(.get, url: Secret(server.url))
    request.maxBodyBytes = 1_000
    let response = try client.send(request)
    #expect(response.status == 200)
    #expect(response.body.count == 1_000)
    #expect(response.isTruncated)
  }

  @Test(arguments: [("17", 17_000), ("999999", 3_600_000), ("nonsense", nil), ("0", nil)])
  func readsRetryAfterInSeconds(_ text: String, expected: Int64?) throws {
    let server = try RecordingServer { _, _ in .status(429, headers: ["Retry-After": text]) }
    let response = try client.send(HTTPRequest(.post, url: Secret(server.url)))
    #expect(response.retryAfter == expected)
  }

  @Test func readsRetryAfterAsADate() throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    func pause(_ seconds: Double) throws -> Int64? {
      let date = formatter.string(from: Date(timeIntervalSinceNow: seconds))
      let server = try RecordingServer { _, _ in .status(503, headers: ["Retry-After": date]) }
      return try client.send(HTTPRequest(.post, url: Secret(server.url))).retryAfter
    }
    let ahead = try #require(try pause(600))
    #expect((500_000...600_000).contains(ahead))
    #expect(try pause(100_000) == 3_600_000)
    #expect(try pause(-600) == nil)
  }

  @Test func saysWhyThereIsNoAnswer() throws {
    func reason(_ url: String, timeout: Int64 = 2_000) -> TransferReason? {
      var request = HTTPRequest(.get, url: Secret(url))
      request.timeout = timeout
      do {
        _ = try client.send(request)
        return nil
      } catch {
        return error.reason
      }
    }
    let silent = try RecordingServer { _, _ in .silence }
    #expect(reason(silent.url, timeout: 200) == .timeout)
    let closing = try RecordingServer { _, _ in .close }
    #expect(reason(closing.url) == .connection)
    #expect(reason("http://127.0.0.1:\(try FreePort.unused())/") == .connection)
    #expect(reason("http://no-such-host.invalid/") == .dns)
    for address in [
      "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:80", "http://", "", "http://a b/",
    ] {
      #expect(reason(address) == .url, "\(address)")
    }
  }

  @Test func sendsNoHeaderWithALineBreak() throws {
    let server = try RecordingServer()
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b"] {
      var request = HTTPRequest(.get, url: Secret(server.url))
      request.headers = [("X-Name", Secret(value))]
      #expect(throws: TransferError.self) { try client.send(request) }
    }
    #expect(server.requests.isEmpty)
  }

  @Test func namesNoSecretInItsErrors() throws {
    var request = HTTPRequest(
      .get,
      url: Secret(
        "http://ann:hunter2@127.0.0.1:\(try FreePort.unused())/services/T0/XYZZYXYZZY?key=abcdef"))
    request.headers = [("Authorization", Secret("Bearer hunter3"))]
    let error = #expect(throws: TransferError.self) { try client.send(request) }
    for word in ["hunter2", "XYZZY", "abcdef", "hunter3"] {
      #expect(error?.text.contains(word) == false)
    }
  }

  @Test func trustsOnlyWhomItIsToldTo() throws {
    let folder = try TemporaryFolder()
    let certificate = try Certificate(in: folder)
    let hint = "make test installs python3"
    let program = try LocalProgram(
      "/usr/bin/python3", ["-u", "-c", Self.secureServer, certificate.file, certificate.key],
      hint: hint)
    defer { program.stop() }
    var request = HTTPRequest(
      .get, url: Secret("https://127.0.0.1:\(try program.port(hint: hint))/"))
    let error = #expect(throws: TransferError.self) { try client.send(request) }
    #expect(error?.reason == .tls)
    request.caFile = certificate.file
    #expect(try client.send(request).text == "secure")
    request.caFile = "/no/such/file"
    #expect(throws: TransferError.self) { try client.send(request) }
  }

  private static let secureServer = """
    import http.server, ssl, sys
    class Handler(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'secure')
      def log_message(self, *arguments): pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1])
    server.serve_forever()
    """
}

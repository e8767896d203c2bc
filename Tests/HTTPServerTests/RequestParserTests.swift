import Testing

@testable import HTTPServer

@Suite struct RequestParserTests {
  private func outcome(_ text: String, limits: HTTPRequestParser.Limits = .init())
    -> HTTPRequestParser.Outcome
  {
    var parser = HTTPRequestParser(limits: limits)
    parser.append(text.utf8)
    return parser.next()
  }

  private func failure(_ text: String, limits: HTTPRequestParser.Limits = .init()) -> Int? {
    if case .failure(let failure) = outcome(text, limits: limits) { failure.status } else { nil }
  }

  private func request(_ text: String) throws -> HTTPRequest {
    guard case .request(let request) = outcome(text) else {
      throw HTTPParseFailure(0, "no request in \(text)")
    }
    return request
  }

  @Test func plainRequest_isParsed() throws {
    let request = try request(
      "GET /api/v1/status?state=danger,warning&prefix=u+1%2F HTTP/1.1\r\nHost: a\r\nX-Y:  z \t\r\n\r\n"
    )
    #expect(request.method == .get)
    #expect(request.rawPath == "/api/v1/status")
    #expect(request.pathSegments == ["api", "v1", "status"])
    #expect(request.queryValue("state") == "danger,warning")
    #expect(request.queryValue("prefix") == "u 1/")
    #expect(request.queryValue("none") == nil)
    #expect(request.headers["x-y"] == "z")
    #expect(request.keepsConnection)
  }

  @Test func path_isSplitBeforeItIsDecoded() throws {
    let request = try request("GET /a%2Fb/%C3%A9+//x/ HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(request.pathSegments == ["a/b", "é+", "", "x", ""])
    #expect(try HTTPRequest(target: "/").pathSegments == [])
    #expect(
      try HTTPRequest(target: "/?a&b=&=c&d=e=f").query.map { [$0.name, $0.value] } == [
        ["a", ""], ["b", ""], ["", "c"], ["d", "e=f"],
      ])
  }

  @Test(arguments: [
    "/%", "/%2", "/%zz", "/%ff", "/a?b=%c3", "/a?%", "noslash", "/a#b", "/\u{7f}", "/é", "*",
    "/%C0%80", "/%ED%A0%80",
  ])
  func naughtyTarget_isBadRequest(_ target: String) {
    #expect(failure("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == 400)
  }

  @Test func otherTargetForms_areTaken() throws {
    #expect(try request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").rawPath == "*")
    let absolute = try request("GET http://h:80/p?q=1 HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(absolute.rawPath == "/p")
    #expect(absolute.queryValue("q") == "1")
    #expect(try request("GET HTTP://h?q=1 HTTP/1.1\r\nHost: h\r\n\r\n").rawPath == "/")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: a\n\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    ("\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ("GET /\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\n", 400),
    ("GET / x HTTP/1.1\r\n", 400),
    ("GET / HTTP/1.1 \r\n", 400),
    ("GET / http/1.1\r\n", 400),
    (" GET / HTTP/1.1\r\n", 400),
    ("G@T / HTTP/1.1\r\n", 400),
    ("GET / HTTP/2.0\r\n", 505),
    ("GET / HTTP/1.2\r\n", 505),
    ("GET / HTTP/0.9\r\n", 505),
    ("BREW / HTTP/1.1\r\n", 501),
    ("get / HTTP/1.1\r\n", 501),
    ("CONNECT a:1 HTTP/1.1\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400
    ),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
  ])
  func naughtyHead_isRefused(_ text: String, _ status: Int) {
    #expect(failure(text) == status, "\(text)")
  }

  private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"

  @Test(arguments: [
    ("\r\n", 400), ("g\r\n", 400), ("1 x\r\n", 400), ("-1\r\n", 400), ("0x1\r\n", 400),
    ("1\nx", 400), ("1\r\nxy\r\n", 400), ("1\r\nx\n", 400), ("100001\r\n", 413),
    ("fffffffffffffffff\r\n", 413), ("0\r\nbad trailer\r\n", 400), ("1;\u{1}\r\n", 400),
  ])
  func naughtyChunk_isRefused(_ body: String, _ status: Int) {
    #expect(failure(Self.chunked + body) == status)
  }

  @Test func chunkedBody_isDecoded() throws {
    let request = try request(
      Self.chunked + "3;ext=\"v\"\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n")
    #expect(String(decoding: request.body, as: UTF8.self) == "abc0123456789")
    #expect(request.headers["X-Sum"] == nil)
  }

  @Test func endlessChunkExtensions_areRefused() {
    let chunk = "1;" + String(repeating: "e", count: 900) + "\r\nx\r\n"
    #expect(failure(Self.chunked + String(repeating: chunk, count: 30)) == 400)
    #expect(failure(Self.chunked + String(repeating: "0", count: 2_000)) == 400)
  }

  @Test func limits_areKept() {
    var limits = HTTPRequestParser.Limits()
    limits.target = 100
    limits.headers = 200
    limits.headerCount = 3
    limits.body = 10
    let start = "POST / HTTP/1.1\r\nHost: a\r\n"
    let target = "/" + String(repeating: "t", count: 99)
    #expect(failure("GET \(target)x HTTP/1.1\r\n", limits: limits) == 414)
    #expect(failure("GET \(target) HTTP/1.1\r\n", limits: limits) == nil)
    #expect(failure(String(repeating: "x", count: 200), limits: limits) == 414)
    #expect(failure(start + "X: " + String(repeating: "v", count: 200), limits: limits) == 431)
    #expect(failure(start + "A: b\r\nC: d\r\nE: f\r\n", limits: limits) == 431)
    #expect(failure(start + "Content-Length: 11\r\n\r\n", limits: limits) == 413)
    #expect(failure(start + "Content-Length: 10\r\n\r\n", limits: limits) == nil)
    #expect(
      failure(start + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n", limits: limits)
        == 413)
    #expect(failure(String(repeating: "\r\n", count: 101), limits: limits) == 431)
  }

  @Test func expectContinue_isReportedOnceAndOnlyWhileTheBodyIsMissing() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
    var parser = HTTPRequestParser()
    parser.append(head.utf8)
    guard case .expectsContinue = parser.next(), case .needsMore = parser.next() else {
      Issue.record("no 100")
      return
    }
    parser.append("hi".utf8)
    guard case .request(let request) = parser.next() else {
      Issue.record("no request")
      return
    }
    #expect(request.body == Array("hi".utf8))
    guard case .request = outcome(head + "hi") else {
      Issue.record("asked for a body that was there")
      return
    }
  }

  @Test func persistence_followsVersionAndConnectionField() throws {
    #expect(
      try request("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n").keepsConnection
        == false)
    #expect(try request("GET / HTTP/1.0\r\n\r\n").keepsConnection == false)
    #expect(try request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsConnection)
  }

  @Test func pipelinedRequests_areTheSameHoweverTheBytesAreSplit() {
    var stream = ""
    var expected: [String] = []
    for number in 0..<40 {
      let body = String(repeating: "b\r\n", count: number % 7)
      switch number % 4 {
      case 0: stream += "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
      case 1:
        stream +=
          "\r\nPOST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
          + body
      case 2:
        stream += "POST /\(number) HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\n\r\n"
        if !body.isEmpty { stream += String(body.utf8.count, radix: 16) + "\r\n\(body)\r\n" }
        stream += "0\r\nT: t\r\n\r\n"
      default: stream += "HEAD /\(number)?a=%20 HTTP/1.0\r\nX-Long: \(body.count)\r\n\r\n"
      }
      expected.append("/\(number) " + (number % 4 == 1 || number % 4 == 2 ? body : ""))
    }
    let bytes = Array(stream.utf8)
    var random = SystemRandomNumberGenerator()
    for longest in [1, 2, 3, 7, 50, 1_000, bytes.count] {
      for _ in 0..<20 {
        var parser = HTTPRequestParser()
        var found: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
          let piece = rest.prefix(Int.random(in: 1...longest, using: &random))
          rest = rest.dropFirst(piece.count)
          parser.append(piece)
          while case .request(let request) = parser.next() {
            found.append("\(request.rawPath) " + String(decoding: request.body, as: UTF8.self))
          }
        }
        #expect(found == expected)
        #expect(parser.phase == .idle)
      }
    }
  }

  @Test func everyPrefix_needsMore() {
    let text =
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    for count in 0..<text.utf8.count {
      guard case .needsMore = outcome(String(decoding: text.utf8.prefix(count), as: UTF8.self))
      else {
        Issue.record("an outcome after \(count) bytes")
        continue
      }
    }
  }

  @Test func randomBytes_neverCrashNorHoldMoreThanTheLimits() {
    var random = SystemRandomNumberGenerator()
    let seeds = [
      "GET /a%20b?c=d HTTP/1.1\r\nHost: a\r\n\r\n",
      Self.chunked + "1\r\nx\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    ].map { Array($0.utf8) }
    for round in 0..<20_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: bytes.indices, using: &random)
        switch UInt8.random(in: 0...2, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: 0...127, using: &random), at: index)
        }
      }
      var parser = HTTPRequestParser()
      parser.append(bytes)
      loop: while true {
        switch parser.next() {
        case .request, .expectsContinue: continue
        case .needsMore, .failure: break loop
        }
      }
      #expect(parser.buffered <= bytes.count)
    }
  }

  @Test func longHeaders_areReadInLinearTime() {
    // Byte by byte, a parser that starts again from the front would look at 5 · 10⁹ bytes here.
    var limits = HTTPRequestParser.Limits()
    limits.headers = 200_000
    var parser = HTTPRequestParser(limits: limits)
    parser.append("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8)
    let start = Monotonic.now()
    for _ in 0..<100_000 {
      parser.append(CollectionOfOne(UInt8(ascii: "v")))
      _ = parser.next()
    }
    parser.append("\r\n\r\n".utf8)
    guard case .request = parser.next() else {
      Issue.record("no request")
      return
    }
    #expect(Monotonic.now() - start < 5_000_000_000)
  }
}

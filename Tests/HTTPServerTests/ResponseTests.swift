import Testing

@testable import HTTPServer

@Suite struct ResponseTests {
  @Test func date_hasTheFormOfHTTP() {
    #expect(HTTPDate.string(unixSeconds: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPDate.string(unixSeconds: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.string(unixSeconds: 951_782_399) == "Mon, 28 Feb 2000 23:59:59 GMT")
    #expect(HTTPDate.string(unixSeconds: 951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    #expect(HTTPDate.string(unixSeconds: 4_107_542_400) == "Mon, 01 Mar 2100 00:00:00 GMT")
  }

  @Test func jsonText_isEscaped() {
    #expect(
      JSONText.quoted("a\"\\/\n\r\t\u{8}\u{c}\u{0}\u{1f}é😀\u{7f}")
        == "\"a\\\"\\\\/\\n\\r\\t\\b\\f\\u0000\\u001fé😀\u{7f}\"")
    #expect(JSONText.quoted("") == "\"\"")
  }

  @Test func problem_holdsItsMembers() {
    let problem = HTTPResponse.problem(
      status: 409, detail: "two \"devices\"", extra: ["devices": #"["a","b"]"#])
    #expect(
      String(decoding: problem.body, as: UTF8.self)
        == #"{"type":"about:blank","title":"Conflict","status":409,"detail":"two \"devices\"","devices":["a","b"]}"#
    )
    #expect(problem.headers["content-type"] == "application/problem+json")
  }

  @Test func headerValue_cannotBringFieldsOfItsOwn() throws {
    let request = try HTTPRequest(target: "/")
    let response = HTTPResponse(
      headers: ["Location": "/a\r\nSet-Cookie: x\n", "Content-Length": "9", "date": "never"])
    let output = response.encoded(for: .init(request, isStopping: false), date: "D")
    #expect(
      String(decoding: output.head, as: UTF8.self)
        == "HTTP/1.1 200 OK\r\nDate: D\r\nLocation: /a  Set-Cookie: x \r\nContent-Length: 0\r\n\r\n"
    )
  }

  @Test func entityTag_isComparedWeakly() throws {
    let tag = HTTPResponse.entityTag(of: Array("x".utf8))
    for (field, expected) in [
      (tag, true), ("W/\(tag)", true), ("\"other\" , \(tag)", true), ("*", true),
      ("\"other\"", false), ("", false),
    ] {
      let request = try HTTPRequest(target: "/", headers: ["If-None-Match": field])
      #expect(request.matches(entityTag: tag) == expected, "\(field)")
    }
    #expect(try HTTPRequest(target: "/").matches(entityTag: tag) == false)
  }

  @Test func event_isEncodedByTheFormat() {
    func text(_ event: ServerSentEvent) -> String {
      var bytes: [UInt8] = []
      event.encode(to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(
      text(.init(id: 7, name: "status", data: Array("{}".utf8)))
        == "id: 7\nevent: status\ndata: {}\n\n")
    #expect(text(.init(name: "", data: Array("a\nb".utf8))) == "data: a\ndata: b\n\n")
    #expect(text(.init(name: "x\nid: 9", data: [])) == "event: xid: 9\ndata: \n\n")
  }

  @Test func address_isParsed() {
    #expect(SocketAddress(literal: "[::1]", port: 80)?.host == "::1")
    #expect(SocketAddress(literal: "::1", port: 8080)?.port == 8080)
    #expect(SocketAddress(literal: "localhost", port: 1)?.host == "127.0.0.1")
    #expect(SocketAddress(literal: "example.com", port: 1) == nil)
    #expect(SocketAddress(literal: "127.0.0", port: 1) == nil)
    #expect(SocketAddress(literal: "::ffff:10.0.0.1", port: 1)?.host == "10.0.0.1")
  }
}

import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// Requests and answers over real sockets.
@Suite struct ConnectionTests {
  @Test func get_isAnswered() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.get("/a?b=c")
      let response = try client.nextResponse()
      #expect(response.status == 200)
      #expect(response.body == "GET /a ")
      #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
      #expect(response.header("Date")?.hasSuffix("GMT") == true)
      #expect(response.header("Connection") == nil)
    }
  }

  @Test func connection_servesManyRequests() throws {
    try withServer { server in
      let client = try TestClient(server)
      for number in 0..<100 {
        client.send("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        #expect(try client.nextResponse().body == "POST /\(number) hi")
      }
      #expect(server.statistics.acceptedConnections == 1)
      #expect(server.statistics.responsesByClass[1] == 100)
    }
  }

  @Test func pipelinedRequests_areAnsweredInOrder() throws {
    try withServer { server in
      let client = try TestClient(server)
      var all = ""
      for number in 0..<500 { all += "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n" }
      client.send(all)
      for number in 0..<500 { #expect(try client.nextResponse().body == "GET /\(number) ") }
    }
  }

  @Test func byteByByte_isUnderstood() throws {
    try withServer { server in
      let client = try TestClient(server)
      for byte in "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8 {
        client.send([byte])
      }
      #expect(try client.nextResponse().body == "POST /x abc")
    }
  }

  @Test func head_isAnsweredWithoutBody() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n")
      let head = try client.nextResponse(toHead: true)
      #expect(head.header("Content-Length") == "8")
      client.get("/after")
      #expect(try client.nextResponse().body == "GET /after ")
      client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.nextResponse().header("Content-Type") == "text/event-stream")
      #expect(client.receiveUntilClosed() == "")
    }
  }

  @Test func bodilessStatus_hasNoBody() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.get("/empty")
      let empty = try client.nextResponse()
      #expect(empty.status == 204)
      #expect(empty.header("Content-Length") == nil)
      client.get("/asset")
      let asset = try client.nextResponse()
      #expect(asset.body == "asset")
      client.get("/asset", headers: "If-None-Match: \(asset.header("ETag") ?? "")\r\n")
      let known = try client.nextResponse()
      #expect(known.status == 304)
      #expect(known.header("ETag") == "\"a1\"")
      client.get("/x")
      #expect(try client.nextResponse().body == "GET /x ")
    }
  }

  @Test func continueIsSent_beforeTheBody() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.send(
        "POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
      #expect(try client.nextResponse().status == 100)
      client.send("abc")
      #expect(try client.nextResponse().body == "POST /c abc")
      // Refused before the body is on its way.
      client.send(
        "POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")
      #expect(try client.nextResponse().status == 413)
    }
  }

  @Test func chunkedBody_reachesTheHandler() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.send("POST /k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab")
      client.send("\r\n1\r\nc\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.nextResponse().body == "POST /k abc")
      #expect(try client.nextResponse().body == "GET /next ")
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/3.0\r\n\r\n", 505), ("BREW / HTTP/1.1\r\n\r\n", 501),
    ("GET / HTTP/1.1\nHost: a\n\n", 400),
  ])
  func badRequest_isExplainedAndClosed(_ text: String, _ status: Int) throws {
    try withServer { server in
      let client = try TestClient(server)
      client.send(text)
      let response = try client.nextResponse()
      #expect(response.status == status)
      #expect(response.header("Content-Type") == "application/problem+json")
      #expect(response.header("Connection") == "close")
      #expect(response.body.contains("\"status\":\(status)"))
      #expect(client.receiveUntilClosed() == "")
    }
  }

  @Test func limits_areAnswered() throws {
    try withServer { server in
      for (start, filler, status) in [
        ("GET /", "t", 414), ("GET / HTTP/1.1\r\nHost: a\r\nX: ", "v", 431),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n", "b", 413),
      ] {
        let client = try TestClient(server)
        client.send(start)
        // Far more than the limit: the answer must survive what is still on its way.
        client.send(String(repeating: filler, count: 2_000_000))
        client.endWriting()
        #expect(try client.nextResponse().status == status)
        #expect(client.receiveUntilClosed() == "")
      }
    }
  }

  @Test func version10_isClosedUnlessAskedOtherwise() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try client.nextResponse().header("Connection") == "keep-alive")
      client.send("GET /b HTTP/1.0\r\n\r\n")
      #expect(try client.nextResponse().header("Connection") == "close")
      #expect(client.receiveUntilClosed() == "")
    }
  }

  @Test func halfClosedClient_getsItsAnswer() throws {
    try withServer { server in
      let client = try TestClient(server)
      client.get("/a")
      client.endWriting()
      #expect(try client.nextResponse().body == "GET /a ")
      client.receiveUntilClosed()
      #expect(eventually { server.statistics.openConnections == 0 })
    }
  }

  @Test func largeResponse_arrivesWhole() throws {
    let body = [UInt8]((0..<600_000).map { UInt8(truncatingIfNeeded: $0 % 251) })
    try withServer(handler: answering { _ in .response(HTTPResponse(body: body)) }) { server in
      let client = try TestClient(server, receiveBuffer: 65_536)
      client.get("/")
      client.send("GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      client.receiveUntilClosed()
      let end = try #require(client.received.firstRange(of: Array("\r\n\r\n".utf8)))
      #expect(Array(client.received[end.upperBound...].prefix(body.count)) == body)
      #expect(client.received.suffix(body.count).elementsEqual(body))
    }
  }

  @Test func handlers_runConcurrentlyWithoutBlockingTheLoop() throws {
    let gate = Atomic(false)
    defer { gate.store(true, ordering: .relaxed) }
    let log = EventLog()
    try withServer(
      settings { $0.workerThreads = 2 }, events: log,
      handler: answering { request in
        if request.rawPath == "/events" { return .events(EventStream()) }
        if request.rawPath == "/slow" { _ = eventually { gate.load(ordering: .relaxed) } }
        return .response(.text(request.rawPath))
      }
    ) { server in
      let slow = try TestClient(server)
      slow.get("/slow")
      let watcher = try TestClient(server)
      watcher.get("/events")
      watcher.receive { $0.text.contains("retry: 1000\n\n") }
      let quick = try TestClient(server)
      quick.get("/quick")
      #expect(try quick.nextResponse().body == "/quick")
      log.publish([ServerSentEvent(name: "x", data: Array("1".utf8))])
      #expect(watcher.receive { $0.text.contains("data: 1") })
      gate.store(true, ordering: .relaxed)
      #expect(try slow.nextResponse().body == "/slow")
    }
  }
}

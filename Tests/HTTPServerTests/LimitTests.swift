import Glibc
import Synchronization
import Testing
import Threads

@testable import HTTPServer

/// Time-outs, overload, start and stop.
@Suite struct LimitTests {
  @Test func slowHeader_isTimedOut() throws {
    try withServer(settings { $0.headerTimeout = .milliseconds(60) }) { server in
      let client = try TestClient(server)
      client.send("GET / HTTP/1.1\r\nHost:")
      #expect(try client.nextResponse().status == 408)
      #expect(client.receiveUntilClosed() == "")
      #expect(server.statistics.timeouts == 1)
    }
  }

  @Test func trickledHeader_isTimedOutAllTheSame() throws {
    try withServer(settings { $0.headerTimeout = .milliseconds(100) }) { server in
      let client = try TestClient(server)
      client.send("GET / HTTP/1.1\r\nHost: a\r\n")
      #expect(
        client.receive { client in
          if client.received.isEmpty { client.send("X: y\r\n") }
          return client.text.contains("408")
        })
    }
  }

  @Test func slowBody_isTimedOut() throws {
    try withServer(settings { $0.bodyTimeout = .milliseconds(60) }) { server in
      let client = try TestClient(server)
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
      let response = try client.nextResponse()
      #expect(response.status == 408)
      #expect(response.body.contains("body"))
    }
  }

  @Test func idleConnection_isClosedSilently() throws {
    try withServer(settings { $0.idleTimeout = .milliseconds(60) }) { server in
      let fresh = try TestClient(server)
      #expect(fresh.receiveUntilClosed() == "")
      let used = try TestClient(server)
      used.get("/")
      _ = try used.nextResponse()
      #expect(used.receiveUntilClosed() == "")
    }
  }

  @Test func clientThatDoesNotRead_isReset() throws {
    let body = [UInt8](repeating: 1, count: 30_000_000)
    try withServer(
      settings { $0.writeTimeout = .milliseconds(80) },
      handler: answering { _ in .response(HTTPResponse(body: body)) }
    ) { server in
      let client = try TestClient(server, receiveBuffer: 4_096)
      client.get("/")
      #expect(eventually { server.statistics.timeouts == 1 })
      #expect(eventually { server.statistics.openConnections == 0 })
      client.receiveUntilClosed()
      #expect(client.received.count < body.count)
    }
  }

  @Test func tooManyPendingRequests_areTurnedAway() throws {
    let gate = Atomic(false)
    defer { gate.store(true, ordering: .relaxed) }
    try withServer(
      settings {
        $0.workerThreads = 1
        $0.maxPendingRequests = 2
      },
      handler: answering { _ in
        _ = eventually { gate.load(ordering: .relaxed) }
        return .response(.text("done"))
      }
    ) { server in
      let clients = try (0..<8).map { _ in try TestClient(server) }
      for client in clients { client.get("/") }
      // One at work and two waiting at most.
      #expect(eventually { server.statistics.rejectedRequests >= 5 })
      gate.store(true, ordering: .relaxed)
      let responses = try clients.map { try $0.nextResponse() }
      let refused = responses.filter { $0.status == 503 }
      #expect(refused.count >= 5 && refused.count <= 6)
      #expect(refused.allSatisfy { $0.header("Retry-After") == "1" })
      #expect(responses.filter { $0.status == 200 }.count == 8 - refused.count)
    }
  }

  @Test func tooManyConnections_areTurnedAway() throws {
    try withServer(settings { $0.maxConnections = 3 }) { server in
      var clients = try (0..<3).map { _ in try TestClient(server) }
      for client in clients {
        client.get("/")
        #expect(try client.nextResponse().status == 200)
      }
      let extra = try TestClient(server)
      extra.get("/")
      let response = try extra.nextResponse()
      #expect(response.status == 503)
      #expect(response.header("Retry-After") != nil)
      extra.receiveUntilClosed()
      clients.removeAll()
      #expect(eventually { server.statistics.openConnections == 0 })
      let later = try TestClient(server)
      later.get("/")
      #expect(try later.nextResponse().status == 200)
    }
  }

  @Test func exhaustedDescriptors_areSurvived() throws {
    let failures = Atomic(3)
    try withServer(
      acceptOverride: accepting {
        failures.wrappingSubtract(1, ordering: .relaxed).oldValue > 0 ? .exhausted : nil
      }
    ) { server in
      // Each failure turns one client away, then the server pauses and goes on.
      var served: TestClient?
      let isServed = eventually {
        guard let client = try? TestClient(server) else { return false }
        client.get("/")
        guard client.receive(until: { $0.text.hasSuffix("GET / ") }) else { return false }
        client.forgetReceived()
        served = client
        return true
      }
      #expect(isServed)
      #expect(server.statistics.rejectedConnections == 3)
      let client = try #require(served)
      client.get("/again")
      #expect(try client.nextResponse().status == 200)
    }
  }

  @Test func takenPort_isSaidWithWhatToDo() throws {
    try withServer { server in
      var configuration = HTTPServer.Configuration()
      configuration.port = try #require(server.port)
      let second = HTTPServer(configuration: configuration, handler: TestHandler.answer)
      let error = try #require(throws: HTTPServerError.self) { try second.start() }
      #expect(error.code == EADDRINUSE)
      #expect(
        error.description.hasPrefix(
          "cannot listen on 127.0.0.1:\(configuration.port): Address already in use; "))
      #expect(!error.hint.isEmpty)
    }
  }

  @Test func malformedAddress_isSaid() throws {
    var configuration = HTTPServer.Configuration()
    configuration.address = "example.com"
    let server = HTTPServer(configuration: configuration, handler: TestHandler.answer)
    #expect(throws: HTTPServerError.self) { try server.start() }
    #expect(server.url == nil)
  }

  @Test func sixthVersionAddress_isServed() throws {
    var configuration = HTTPServer.Configuration()
    configuration.address = "[::1]"
    configuration.maxConnections = 100
    let server = HTTPServer(configuration: configuration, handler: TestHandler.answer)
    do {
      try server.start()
    } catch {
      // Not every machine has IPv6.
      #expect([EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.code))
      return
    }
    #expect(server.url?.hasPrefix("http://[::1]:") == true)
    server.stop()
  }

  @Test func secondStart_isRefused() throws {
    try withServer { server in
      #expect(throws: HTTPServerError.self) { try server.start() }
    }
  }

  @Test func stop_letsRequestsUnderWayFinish() throws {
    let isInside = Atomic(false)
    let gate = Atomic(false)
    let server = HTTPServer(
      handler: answering { _ in
        isInside.store(true, ordering: .relaxed)
        _ = eventually { gate.load(ordering: .relaxed) }
        return .response(.text("done"))
      })
    try server.start()
    let client = try TestClient(server)
    client.get("/")
    #expect(eventually { isInside.load(ordering: .relaxed) })
    let isClean = Atomic(false)
    let stopper = try NamedThread(name: "stopper") {
      isClean.store(server.stop(within: .seconds(5)), ordering: .relaxed)
    }
    // The stop has begun; only now is the answer made.
    #expect(eventually { server.port == nil })
    gate.store(true, ordering: .relaxed)
    #expect(client.receiveUntilClosed().hasSuffix("done"))
    client.endWriting()
    #expect(stopper.join(withinMilliseconds: 10_000))
    #expect(isClean.load(ordering: .relaxed) == true)
    #expect(server.statistics.openConnections == 0)
    #expect(server.stop())
  }

  @Test func stop_doesNotWaitForAStuckHandler() throws {
    let gate = Atomic(false)
    let server = HTTPServer(
      handler: answering { _ in
        _ = eventually { gate.load(ordering: .relaxed) }
        return .response(.text("late"))
      })
    try server.start()
    let client = try TestClient(server)
    client.get("/")
    #expect(eventually { server.statistics.receivedBytes > 0 })
    let start = Monotonic.now()
    #expect(server.stop(within: .milliseconds(100)) == false)
    #expect(Monotonic.now() - start < 5_000_000_000)
    gate.store(true, ordering: .relaxed)
    client.receiveUntilClosed()
  }
}

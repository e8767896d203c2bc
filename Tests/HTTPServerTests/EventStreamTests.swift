import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// Server-sent events over real sockets.
@Suite struct EventStreamTests {
  private func event(
    _ id: UInt64?, _ data: String, key: UInt64? = nil, bits: UInt64 = 1
  ) -> ServerSentEvent {
    ServerSentEvent(
      id: id, name: "status", data: Array(data.utf8), key: key, tag: EventTag(bits: bits))
  }

  private func watch(
    _ server: HTTPServer, _ target: String = "/events", receiveBuffer: Int32? = nil
  ) throws -> TestClient {
    let client = try TestClient(server, receiveBuffer: receiveBuffer)
    client.get(target)
    #expect(client.receive { $0.text.contains("retry: 1000\n\n") })
    return client
  }

  /// Publishes events with the ids 1, 2, … each as soon as the server has taken the one before, and returns
  /// how many.
  private func publishOneByOne(to log: EventLog, of server: HTTPServer, untilSent sent: Int) -> Int
  {
    var count = 0
    while server.statistics.sentEvents < sent {
      count += 1
      log.publish([event(UInt64(count), "x")])
      let published = count
      _ = eventually { server.statistics.publishedEvents >= published }
    }
    return count
  }

  @Test func stream_hasItsHeadersAndRetryFirst() throws {
    let log = EventLog()
    try withServer(events: log) { server in
      let client = try watch(server)
      #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      for field in [
        "Content-Type: text/event-stream", "Cache-Control: no-cache, no-transform",
        "X-Accel-Buffering: no", "Connection: close",
      ] { #expect(client.text.contains("\r\n\(field)\r\n")) }
      #expect(!client.text.contains("Content-Length"))
      #expect(client.text.contains("\r\n\r\nretry: 1000\n\n"))
      log.publish([event(7, "{}")])
      #expect(client.receive { $0.text.hasSuffix("id: 7\nevent: status\ndata: {}\n\n") })
      #expect(server.statistics.watchers == 1)
    }
  }

  @Test func silence_isFilledWithComments() throws {
    try withServer(settings { $0.heartbeat = .milliseconds(20) }) { server in
      let client = try watch(server)
      #expect(client.receive { $0.text.contains("\n\n:\n\n:\n\n") })
    }
  }

  @Test func goneWatcher_isNoticed() throws {
    try withServer { server in
      var client: TestClient? = try watch(server)
      #expect(server.statistics.watchers == 1)
      client = nil
      #expect(client == nil)
      #expect(eventually { server.statistics.watchers == 0 })
      #expect(server.statistics.droppedWatchers == 0)
    }
  }

  @Test func thousandWatchers_getEveryEvent() throws {
    let log = EventLog()
    try withServer(settings { $0.longestFlushPause = .milliseconds(5) }, events: log) { server in
      let clients = try (0..<1_000).map { _ in try TestClient(server) }
      for client in clients { client.get("/events") }
      #expect(eventually { server.statistics.watchers == 1_000 })
      for id in 1...50 as ClosedRange<UInt64> { log.publish([event(id, "x", key: id % 3)]) }
      var wrong = 0
      for client in clients {
        client.receive { $0.text.contains("id: 50\n") && $0.text.hasSuffix("data: x\n\n") }
        if ReceivedEvent.parse(client.text).map(\.id) != (1...50).map({ UInt64($0) }) { wrong += 1 }
      }
      #expect(wrong == 0)
      #expect(server.statistics.sentEvents == 50_000)
    }
  }

  @Test func eventsPublishedDuringARound_reachEveryWatcherOnceAndInOrder() throws {
    let log = EventLog()
    try withServer(settings { $0.longestFlushPause = .milliseconds(2) }, events: log) { server in
      // More than take their turn between two looks at the log.
      let clients = try (0..<600).map { _ in try TestClient(server) }
      for client in clients { client.get("/events") }
      #expect(eventually { server.statistics.watchers == 600 })
      // One after the other for as long as rounds are under way, so that many come in the middle of one.
      let count = publishOneByOne(to: log, of: server, untilSent: 600 * 20)
      let ids = (1...UInt64(count)).map { $0 }
      var wrong = 0
      for client in clients {
        client.receive {
          $0.text.contains("id: \(ids.count)\n") && $0.text.hasSuffix("data: x\n\n")
        }
        if ReceivedEvent.parse(client.text).compactMap(\.id) != ids { wrong += 1 }
      }
      #expect(wrong == 0)
      #expect(server.statistics.sentEvents == 600 * ids.count)
      #expect(server.statistics.droppedWatchers == 0)
    }
  }

  @Test func waitingEvents_areCollectedOnlyIfTheyAreFewEnough() throws {
    let log = EventLog(byteCapacity: 1_024, entryCapacity: 4)
    log.attach(try Waker())
    defer { log.attach(nil) }
    let spare = EventBatch()
    #expect(log.collect(reusing: spare, ofAtMost: 1_000, 10) == nil)
    log.publish([event(1, "x"), event(2, "y")])
    #expect(log.collect(reusing: spare, ofAtMost: 1_000, 1) == nil)
    #expect(log.collect(reusing: spare, ofAtMost: 10, 2) == nil)
    #expect(log.isWaiting)
    #expect(log.collect(reusing: spare, ofAtMost: 1_000, 2)?.entries.count == 2)
    #expect(!log.isWaiting)
    for id in 3...8 as ClosedRange<UInt64> { log.publish([event(id, "x")]) }
    // Some were dropped: that is for a round of its own, which tells all watchers.
    #expect(log.collect(reusing: spare, ofAtMost: 1_000, 10) == nil)
    #expect(log.collect(reusing: spare).hasOverrun)
  }

  @Test func stop_closesWatchers() throws {
    let log = EventLog()
    let server = HTTPServer(events: log, handler: TestHandler.answer)
    try server.start()
    let clients = try (0..<20).map { _ in try watch(server) }
    log.publish([event(1, "last")])
    let start = Monotonic.now()
    #expect(server.stop(within: .seconds(5)))
    #expect(Monotonic.now() - start < 4_000_000_000)
    for client in clients { #expect(client.receiveUntilClosed().hasSuffix("data: last\n\n")) }
    log.publish([event(2, "to nobody")])
  }

  @Test func slowReader_isCoalescedAndDelaysNobody() throws {
    let log = EventLog(byteCapacity: 64 * 1024 * 1024, entryCapacity: 100_000)
    try withServer(settings { $0.longestFlushPause = .zero }, events: log) { server in
      let slow = try watch(server, receiveBuffer: 4_096)
      let quick = try watch(server)
      let padding = String(repeating: "p", count: 1_000)
      // Three thousand changes of ten subjects; the slow one reads nothing meanwhile.
      for id in 1...3_000 as ClosedRange<UInt64> {
        log.publish([event(id, "\(id) \(padding)", key: id % 10)])
        quick.receive { $0.text.contains("id: \(id)\n") && $0.received.suffix(2) == [10, 10] }
        quick.forgetReceived()
        if quick.isClosed { break }
      }
      #expect(!quick.isClosed)
      #expect(slow.receive { $0.text.contains("id: 3000\n") && $0.received.suffix(2) == [10, 10] })
      let ids = ReceivedEvent.parse(slow.text).compactMap(\.id)
      #expect(ids == ids.sorted())
      #expect(ids.count < 3_000)
      #expect(Set(ids.suffix(10)) == Set(2_991...3_000))
      #expect(server.statistics.coalescedEvents == 3_000 - ids.count)
      #expect(server.statistics.droppedWatchers == 0)
    }
  }

  @Test func readerBehindTheLog_isCutOff() throws {
    let log = EventLog(byteCapacity: 32 * 1024, entryCapacity: 1_000)
    try withServer(settings { $0.longestFlushPause = .zero }, events: log) { server in
      let slow = try watch(server, receiveBuffer: 4_096)
      let quick = try watch(server)
      let padding = String(repeating: "p", count: 2_000)
      var id: UInt64 = 0
      #expect(
        eventually {
          id += 1
          log.publish([event(id, padding)])
          quick.receive { $0.text.contains("id: \(id)\n") && $0.received.suffix(2) == [10, 10] }
          quick.forgetReceived()
          return server.statistics.droppedWatchers == 1
        })
      slow.receiveUntilClosed()
      #expect(slow.isClosed)
      log.publish([event(id + 1, "still here")])
      #expect(quick.receive { $0.text.contains("still here") })
    }
  }

  @Test func watcherThatTakesNothing_isReset() throws {
    let log = EventLog()
    try withServer(settings { $0.writeTimeout = .milliseconds(60) }, events: log) { server in
      let slow = try watch(server, receiveBuffer: 4_096)
      log.publish((1...2_000).map { event($0, String(repeating: "p", count: 1_000)) })
      #expect(eventually { server.statistics.droppedWatchers == 1 })
      #expect(server.statistics.timeouts == 1)
      slow.receiveUntilClosed()
    }
  }

  @Test func filter_choosesByTag() throws {
    let log = EventLog()
    try withServer(
      events: log,
      handler: answering { request in
        let wanted = UInt64(request.queryValue("bits") ?? "") ?? 0
        return .events(EventStream(filter: { $0.bits & wanted != 0 }))
      }
    ) { server in
      let one = try watch(server, "/events?bits=1")
      let two = try watch(server, "/events?bits=2")
      log.publish([event(1, "a", bits: 1), event(2, "b", bits: 2), event(3, "end", bits: 3)])
      #expect(one.receive { $0.text.contains("data: end\n\n") })
      #expect(two.receive { $0.text.contains("data: end\n\n") })
      #expect(ReceivedEvent.parse(one.text).map(\.id) == [1, 3])
      #expect(ReceivedEvent.parse(two.text).map(\.id) == [2, 3])
    }
  }

  @Test func unpublishableBurst_cutsEverybodyOff() throws {
    let log = EventLog(byteCapacity: 1_024, entryCapacity: 10)
    try withServer(events: log) { server in
      let client = try watch(server)
      log.publish([event(1, String(repeating: "x", count: 5_000))])
      client.receiveUntilClosed()
      #expect(client.isClosed)
      let again = try watch(server)
      log.publish([event(2, "small")])
      #expect(again.receive { $0.text.contains("small") })
    }
  }
}

import Glibc
import Synchronization
import Testing
import Threads

@testable import HTTPServer

/// A small stand-in for a program's state: commit first, publish second.
private final class Table: Sendable {
  struct Content {
    var revision: UInt64 = 0
    /// The revision at which each row last changed.
    var rows = [UInt64](repeating: 0, count: 50)
  }

  let content = Mutex(Content())
  let log: EventLog

  init(log: EventLog) { self.log = log }

  /// One change of one row.
  func change(row: Int) {
    let revision = content.withLock { content in
      content.revision += 1
      content.rows[row] = content.revision
      return content.revision
    }
    log.publish([Self.event(row: row, revision: revision)])
  }

  static func event(row: Int, revision: UInt64, name: String = "status") -> ServerSentEvent {
    ServerSentEvent(
      id: name == "status" ? revision : nil, name: name, data: Array("\(row) \(revision)".utf8),
      key: UInt64(row), tag: EventTag(bits: 1 << UInt64(row % 2)))
  }

  /// All rows, ten a chunk, as they stood when the first chunk was made.
  func prelude() -> @Sendable () -> EventStream.PreludeStep {
    let place = Mutex<(content: Content?, next: Int)>((nil, 0))
    return { [self] in
      place.withLock { place in
        let content = place.content ?? content.withLock { $0 }
        place.content = content
        let rows = place.next..<min(place.next + 10, content.rows.count)
        place.next = rows.upperBound
        let events = rows.map { Self.event(row: $0, revision: content.rows[$0], name: "snapshot") }
        return place.next == content.rows.count
          ? .end(events, resumeAfter: content.revision) : .chunk(events)
      }
    }
  }
}

@Suite struct PreludeTests {
  private func withTable(
    _ configuration: HTTPServer.Configuration = settings(),
    log: EventLog = EventLog(), _ body: (HTTPServer, Table) throws -> Void
  ) throws {
    let table = Table(log: log)
    try withServer(
      configuration, events: log,
      handler: answering { _ in .events(EventStream(prelude: table.prelude())) }
    ) { try body($0, table) }
  }

  /// What a client's copy of the table looks like after its events, and whether it saw each once.
  private func replay(_ events: [ReceivedEvent]) throws -> (rows: [UInt64], live: [UInt64]) {
    var rows = [UInt64](repeating: 0, count: 50)
    var live: [UInt64] = []
    for event in events {
      let parts = event.data.split(separator: " ").compactMap { UInt64($0) }
      try #require(parts.count == 2)
      rows[Int(parts[0])] = parts[1]
      if let id = event.id { live.append(id) }
    }
    return (rows, live)
  }

  @Test func joiningDuringChanges_missesNothingAndRepeatsNothing() throws {
    try withTable(settings { $0.longestFlushPause = .milliseconds(2) }) { server, table in
      // So many changes as fit into a socket's buffers: a client that does not read for long, as on a
      // busy machine, is else spared superseded events.
      let changesOfJoin = 20
      let allowed = Atomic(0)
      let isDone = Atomic(false)
      let publisher = try NamedThread(name: "publisher") {
        var made = 0
        while !isDone.load(ordering: .relaxed) || made < allowed.load(ordering: .relaxed) {
          if made < allowed.load(ordering: .relaxed) {
            made += 1
            table.change(row: made * 17 % 50)
          }
          usleep(100)
        }
      }
      var clients: [TestClient] = []
      for _ in 0..<60 {
        let client = try TestClient(server)
        client.get("/events")
        clients.append(client)
        allowed.wrappingAdd(changesOfJoin, ordering: .relaxed)
        usleep(UInt32.random(in: 0...3_000))
      }
      isDone.store(true, ordering: .relaxed)
      #expect(publisher.join(withinMilliseconds: 60_000))
      for client in clients {
        #expect(client.receive { ReceivedEvent.parse($0.text).count >= 50 })
      }
      table.change(row: 49)
      let final = table.content.withLock { $0 }
      for client in clients {
        #expect(
          client.receive { $0.text.hasSuffix("data: 49 \(final.revision)\n\n") })
        let events = ReceivedEvent.parse(client.text)
        #expect(events.filter { $0.name == "snapshot" }.count == 50)
        let (rows, live) = try replay(events)
        #expect(rows == final.rows)
        // Live ids follow the snapshot's revision without a gap and without repetition.
        let snapshot = events.prefix(50).compactMap { UInt64($0.data.split(separator: " ")[1]) }
          .max()
        #expect(live.first == (snapshot ?? 0) + 1)
        #expect(live.last == final.revision)
        #expect(live.count == Int(final.revision - (snapshot ?? 0)))
      }
    }
  }

  @Test func reconnecting_goesOnFromAFreshPrelude() throws {
    try withTable { server, table in
      for round in 0..<5 {
        table.change(row: round)
        let client = try TestClient(server)
        client.get("/events")
        #expect(client.receive { ReceivedEvent.parse($0.text).count == 50 })
        table.change(row: round + 10)
        #expect(client.receive { ReceivedEvent.parse($0.text).count == 51 })
        #expect(
          try replay(ReceivedEvent.parse(client.text)).rows == table.content.withLock { $0.rows })
      }
    }
  }

  @Test func prelude_isMadeOnlyAsItDrains() throws {
    let made = Atomic(0)
    let chunk = ServerSentEvent(name: "s", data: [UInt8](repeating: 120, count: 20_000))
    try withServer(
      handler: answering { _ in
        .events(
          EventStream(prelude: {
            made.wrappingAdd(1, ordering: .relaxed).newValue < 400
              ? .chunk([chunk]) : .end(resumeAfter: 0)
          }))
      }
    ) { server in
      let client = try TestClient(server, receiveBuffer: 4_096)
      client.get("/events")
      var last = -1
      // Runs until the socket's buffers are full, then stops by itself.
      #expect(
        eventually {
          usleep(50_000)
          defer { last = made.load(ordering: .relaxed) }
          return last > 0 && last == made.load(ordering: .relaxed)
        })
      #expect(made.load(ordering: .relaxed) < 100)
      #expect(client.receive { _ in made.load(ordering: .relaxed) == 400 })
    }
  }

  @Test func logThatOvertakesAPrelude_cutsTheWatcherOff() throws {
    let log = EventLog(byteCapacity: 4_096, entryCapacity: 100)
    let isReleased = Atomic(false)
    defer { isReleased.store(true, ordering: .relaxed) }
    try withServer(
      events: log,
      handler: answering { _ in
        .events(
          EventStream(prelude: {
            _ = eventually { isReleased.load(ordering: .relaxed) }
            return .end(resumeAfter: 0)
          }))
      }
    ) { server in
      let client = try TestClient(server)
      client.get("/events")
      #expect(eventually { server.statistics.watchers == 1 })
      for id in 1...200 as ClosedRange<UInt64> {
        log.publish([ServerSentEvent(id: id, name: "x", data: [UInt8](repeating: 120, count: 100))])
      }
      client.receiveUntilClosed()
      #expect(client.isClosed)
      #expect(server.statistics.droppedWatchers == 1)
    }
  }

  @Test func failedPrelude_closesTheStream() throws {
    try withServer(handler: answering { _ in .events(EventStream(prelude: { .failed })) }) {
      server in
      let client = try TestClient(server)
      client.get("/events")
      #expect(client.receiveUntilClosed().hasSuffix("retry: 1000\n\n"))
      #expect(client.isClosed)
    }
  }
}

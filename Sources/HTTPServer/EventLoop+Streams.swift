import Glibc

/// Watchers: how events get from the log to their sockets.
extension EventLoop {
  /// Bytes that the kernel may hold for a watcher. Left alone it grows to megabytes for each slow one.
  private static let streamSendBuffer: Int32 = 64 * 1024

  func beginStream(_ stream: EventStream, head: [UInt8], on connection: Connection) {
    guard !connection.hasPeerFinished, stopDeadline == Int64.max else {
      close(connection)
      return
    }
    counters.countResponse(200)
    counters.watchers.add(1)
    Socket.setOption(connection.descriptor, SOL_SOCKET, SO_SNDBUF, Self.streamSendBuffer)
    connection.state = .streaming
    connection.deadline = Int64.max
    connection.lastSend = now
    connection.parser = HTTPRequestParser()
    connection.output = Output(head: head, body: Array("retry: 1000\n\n".utf8))
    // Taken before the prelude is begun: whatever is published from now on is behind this place.
    connection.watcher = Watcher(stream, cursor: ring.endSequence)
    connection.watcherIndex = watchers.count
    watchers.append(connection)
    pump(connection)
  }

  func removeWatcher(_ connection: Connection) {
    connection.watcher = nil
    counters.watchers.add(-1)
    let last = watchers.removeLast()
    if last !== connection {
      watchers[connection.watcherIndex] = last
      last.watcherIndex = connection.watcherIndex
    }
  }

  /// Watchers between two looks at what has come meanwhile: some milliseconds.
  private static let watchersPerLook = 256

  /// Takes the waiting events into the ring and gives every watcher its turn.
  ///
  /// A round of ten thousand watchers takes longer than an event should wait. So what comes during the round
  /// goes out with it, to those whose turn is still to come; the others get it in the next round, which is
  /// due then even if nothing else comes. Nobody waits longer than from one turn to the next.
  func flushEvents() {
    let begin = now
    takeEvents()
    let newest = ring.endSequence
    // What may be taken meanwhile without pushing anybody off who would have kept up.
    var room = ring.byteCapacity / 4
    var places = ring.entryCapacity / 4
    var turns = 0
    // Backwards: a watcher that is closed is replaced by the last one, which has had its turn.
    for index in watchers.indices.reversed() {
      pump(watchers[index])
      turns += 1
      if turns % Self.watchersPerLook == 0 { takeEvents(within: &room, &places) }
    }
    owesRound = ring.endSequence != newest
    // One system call a watcher is most of the cost, so the more watch, the more events go with it: at most
    // half of the time is spent here as long as the pause has not reached its bound.
    now = Monotonic.now()
    nextFlush = now + min(now - begin, settings.longestFlushPause)
  }

  /// Takes all that waits. In slices of a quarter of the ring, all but the last sent at once, so that a burst
  /// does not push off the watchers that would have kept up with it.
  private func takeEvents() {
    let batch = log.collect(reusing: spareBatch)
    if batch.hasOverrun { ring.skip() }
    let sliceBytes = ring.byteCapacity / 4
    let sliceEntries = max(1, ring.entryCapacity / 4)
    append(batch, slicesOf: sliceBytes, sliceEntries)
    spareBatch = batch
  }

  /// Takes what waits if it is small enough.
  private func takeEvents(within room: inout Int, _ places: inout Int) {
    guard let batch = log.collect(reusing: spareBatch, ofAtMost: room, places) else { return }
    room -= batch.bytes.count
    places -= batch.entries.count
    append(batch, slicesOf: Int.max, Int.max)
    spareBatch = batch
  }

  private func append(_ batch: EventBatch, slicesOf sliceBytes: Int, _ sliceEntries: Int) {
    counters.publishedEvents.add(batch.entries.count)
    batch.bytes.withUnsafeBytes { bytes in
      var start = 0
      var sliceStart = 0
      var count = 0
      for entry in batch.entries {
        if start - sliceStart >= sliceBytes || count >= sliceEntries {
          for index in watchers.indices.reversed() { pump(watchers[index]) }
          sliceStart = start
          count = 0
        }
        let end = start + entry.length
        ring.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: entry)
        start = end
        count += 1
      }
    }
  }

  /// Sends a watcher as much as its socket takes.
  func pump(_ connection: Connection) {
    while connection.watcher != nil {
      if connection.watcher?.hasFallenOff(ring) == true {
        counters.droppedWatchers.add(1)
        close(connection, resets: true)
        return
      }
      guard connection.isWritable else {
        return
      }
      let goesOn =
        connection.output.remaining > 0 ? pumpOutput(connection) : pumpNext(connection)
      if !goesOn { return }
    }
  }

  /// Sends of the head, a prelude's chunk or a heartbeat.
  private func pumpOutput(_ connection: Connection) -> Bool {
    let result = Socket.send(connection.descriptor, &connection.output, &pieces)
    noteSent(result, on: connection)
    guard case .bytes = result else { return false }
    if connection.output.remaining == 0 {
      counters.sentEvents.add(connection.outputEvents)
      connection.output = Output()
      connection.outputEvents = 0
    }
    return true
  }

  /// Everything given so far is with the socket: asks for the next chunk, or sends from the ring.
  private func pumpNext(_ connection: Connection) -> Bool {
    if let prelude = connection.watcher?.prelude {
      if connection.watcher?.isMakingChunk == false {
        connection.watcher?.isMakingChunk = true
        requestChunk(of: prelude, for: connection.token)
      }
      return false
    }
    connection.watcher?.plan(from: ring, into: &plan)
    guard plan.byteCount > 0 else {
      advance(connection, by: 0)
      guard plan.endCursor == ring.endSequence else { return true }
      connection.watcher?.noteCaughtUp()
      return false
    }
    let result = Socket.send(connection.descriptor, &plan.memory)
    if case .bytes(let count) = result {
      advance(connection, by: count)
    } else {
      advance(connection, by: 0)
    }
    noteSent(result, on: connection)
    if case .bytes = result { return true }
    return false
  }

  private func advance(_ connection: Connection, by sent: Int) {
    guard let (completed, leftOut) = connection.watcher?.advance(sent, of: plan) else { return }
    counters.sentEvents.add(completed)
    counters.coalescedEvents.add(leftOut)
  }

  /// Keeps the books of a send: the write time-out runs from the last byte taken.
  private func noteSent(_ result: Socket.Transfer, on connection: Connection) {
    switch result {
    case .bytes(let count):
      counters.sentBytes.add(count)
      connection.lastSend = now
      connection.deadline = Int64.max
    case .wouldBlock:
      connection.isWritable = false
      connection.watcher?.noteRefusal()
      connection.deadline = now + settings.writeTimeout
    case .closed:
      close(connection)
    }
  }

  private func requestChunk(
    of prelude: @escaping @Sendable () -> EventStream.PreludeStep, for token: UInt64
  ) {
    let mailbox = mailbox
    workers.submitPrelude {
      let events: [ServerSentEvent]
      var last: UInt64?
      switch prelude() {
      case .chunk(let more): events = more
      case .end(let rest, let resumeAfter):
        events = rest
        last = resumeAfter
      case .failed:
        mailbox.post(.preludeFailed(to: token))
        return
      }
      var bytes: [UInt8] = []
      for event in events { event.encode(to: &bytes) }
      mailbox.post(.prelude(bytes: bytes, events: events.count, resumeAfter: last, to: token))
    }
  }

  func takeChunk(_ bytes: [UInt8], events: Int, resumeAfter: UInt64?, for connection: Connection) {
    connection.watcher?.isMakingChunk = false
    if let resumeAfter {
      connection.watcher?.prelude = nil
      connection.watcher?.resumeAfter = resumeAfter
    }
    // A heartbeat may be on its way; it goes first.
    connection.output.body.append(contentsOf: bytes)
    connection.outputEvents += events
    pump(connection)
  }
}

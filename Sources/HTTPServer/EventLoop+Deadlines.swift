/// What is due by time, and the end.
extension EventLoop {
  /// Looks at every connection: with thousands of them some ten microseconds, a few times a second.
  func sweep() {
    nextSweep = now + settings.sweepInterval
    for index in connections.indices {
      guard let connection = connections[index] else { continue }
      if now >= connection.deadline {
        expire(connection)
      } else if connection.state == .streaming {
        beat(connection)
      }
    }
  }

  private func expire(_ connection: Connection) {
    connection.deadline = Int64.max
    switch connection.state {
    case .reading:
      counters.timeouts.add(1)
      if connection.phase == .idle {
        close(connection)
      } else {
        let part = connection.phase == .head ? "head" : "body"
        refuse(
          connection,
          with: .problem(status: 408, detail: "The request's \(part) took too long to arrive."))
      }
    case .writing:
      counters.timeouts.add(1)
      close(connection, resets: true)
    case .streaming:
      counters.timeouts.add(1)
      counters.droppedWatchers.add(1)
      close(connection, resets: true)
    case .lingering: close(connection)
    case .handling: break
    }
  }

  /// A comment after a time of silence, between events only.
  private func beat(_ connection: Connection) {
    guard now - connection.lastSend >= settings.heartbeat, connection.isWritable,
      connection.output.remaining == 0, connection.watcher?.isAtBoundary == true
    else { return }
    connection.output = Output(head: Array(":\n\n".utf8))
    pump(connection)
  }

  /// Accepts nobody any more; lets answers under way go out until `deadline`.
  func beginStopping(deadline: Int64) {
    guard stopDeadline == Int64.max else { return }
    stopDeadline = deadline
    acceptsAgainAt = Int64.max
    listener.closeAll()
    // What was published before the stop still reaches those who keep up.
    if owesRound || log.isWaiting { flushEvents() }
    for index in connections.indices {
      guard let connection = connections[index] else { continue }
      switch connection.state {
      case .reading, .streaming, .lingering: close(connection)
      case .handling, .writing: break
      }
    }
  }
}

import CLinux
import Glibc

extension EventLoop {
  /// Connections taken beyond the limit, only to be told 503.
  static let rejectionReserve = 64
  /// Accepted before other events get their turn.
  private static let arrivalsAtOnce = 64

  func acceptArrivals() {
    for _ in 0..<Self.arrivalsAtOnce {
      switch acceptOverride?() ?? listener.accept() {
      case .connection(let descriptor, let peer): adopt(descriptor, peer: peer)
      case .vanished: continue
      case .none: return
      case .exhausted:
        listener.turnOneAway()
        counters.rejectedConnections.add(1)
        setAccepting(false)
        return
      }
    }
  }

  private func adopt(_ descriptor: Int32, peer: String) {
    counters.acceptedConnections.add(1)
    guard openCount < settings.maxConnections + Self.rejectionReserve else {
      counters.rejectedConnections.add(1)
      Glibc.close(descriptor)
      return
    }
    Socket.setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    let slot = freeSlots.popLast() ?? connections.count
    if slot == connections.count { connections.append(nil) }
    generation = (generation + 1) & 0x7FFF_FFFF
    let connection = Connection(
      descriptor: descriptor, token: generation << 32 | UInt64(slot), peer: peer,
      limits: settings.limits)
    connections[slot] = connection
    openCount += 1
    counters.openConnections.add(1)
    guard epoll.add(descriptor, token: connection.token, for: .allEdges) else {
      close(connection)
      return
    }
    connection.deadline = now + settings.idleTimeout
    if openCount > settings.maxConnections {
      counters.rejectedConnections.add(1)
      var response = HTTPResponse.problem(
        status: 503, detail: "All \(settings.maxConnections) connections are in use.")
      response.headers["Retry-After"] = "5"
      refuse(connection, with: response)
    }
  }
}

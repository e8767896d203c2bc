import Glibc

/// Requests and their answers.
extension EventLoop {
  /// Reads until a request is whole or the socket is empty.
  func readRequests(from connection: Connection) {
    while connection.state == .reading {
      switch connection.parser.next() {
      case .request(let request): dispatch(request, of: connection)
      case .failure(let failure):
        refuse(connection, with: .problem(status: failure.status, detail: failure.detail))
      case .expectsContinue: sendContinue(to: connection)
      case .needsMore:
        notePhase(of: connection)
        guard connection.isReadable else { return }
        switch Socket.receive(connection.descriptor, into: receiveBuffer) {
        case .bytes(let count):
          counters.receivedBytes.add(count)
          connection.parser.append(UnsafeRawBufferPointer(rebasing: receiveBuffer[..<count]))
          // A short read has emptied the socket; what comes later is announced anew.
          if count < receiveBuffer.count && !connection.hasPeerFinished {
            connection.isReadable = false
          }
        case .wouldBlock: connection.isReadable = false
        case .closed: close(connection)
        }
      }
      if self.connection(connection.token) == nil { return }
    }
  }

  /// Gives each phase of a request its time, counted from the phase's first byte.
  private func notePhase(of connection: Connection) {
    let phase = connection.parser.phase
    guard phase != connection.phase else { return }
    connection.phase = phase
    switch phase {
    case .idle: connection.deadline = now + settings.idleTimeout
    case .head: connection.deadline = now + settings.headerTimeout
    case .body: connection.deadline = now + settings.bodyTimeout
    }
  }

  private func dispatch(_ parsed: HTTPRequest, of connection: Connection) {
    var request = parsed
    request.peer = connection.peer
    connection.state = .handling
    connection.deadline = Int64.max
    connection.isHead = request.method == .head
    let token = connection.token
    let isAccepted = workers.submitRequest { [self, request] in answer(request, for: token) }
    if !isAccepted {
      counters.rejectedRequests.add(1)
      var response = HTTPResponse.problem(
        status: 503, detail: "Too many requests are waiting; come again in a second.")
      response.headers["Retry-After"] = "1"
      refuse(connection, with: response)
    }
  }

  /// Runs the handler. On a worker thread: uses nothing of the loop but what is made for many.
  private func answer(_ request: HTTPRequest, for token: UInt64) {
    let reply = handler(request)
    let context = HTTPResponse.Context(
      request, isStopping: isStopping.load(ordering: .relaxed))
    let date = HTTPDate.string(unixSeconds: time(nil))
    switch reply {
    case .events(let stream) where request.method != .head:
      mailbox.post(.stream(stream, head: HTTPResponse.eventStreamHead(date: date), to: token))
    case .events:
      let output = Output(head: HTTPResponse.eventStreamHead(date: date))
      mailbox.post(.response(output, status: 200, keepsConnection: false, to: token))
    case .response(let response):
      mailbox.post(
        .response(
          response.encoded(for: context, date: date), status: response.status,
          keepsConnection: context.keepsConnection, to: token))
    }
  }

  func respond(to connection: Connection, with output: Output, status: Int) {
    counters.countResponse(status)
    connection.output = output
    connection.state = .writing
    connection.deadline = now + settings.writeTimeout
    write(connection)
  }

  /// Answers what is not to be handled, and gives the connection up: its framing may be lost.
  func refuse(_ connection: Connection, with response: HTTPResponse) {
    connection.keepsConnection = false
    var output = response.encoded(for: .afterFailure, date: date.current())
    if connection.isHead { output.body = [] }
    respond(to: connection, with: output, status: response.status)
  }

  /// Sends as much of the answer as the socket takes.
  func write(_ connection: Connection) {
    while connection.output.remaining > 0 {
      switch Socket.send(connection.descriptor, &connection.output, &pieces) {
      case .bytes(let count):
        counters.sentBytes.add(count)
        connection.deadline = now + settings.writeTimeout
      case .wouldBlock:
        connection.isWritable = false
        return
      case .closed:
        close(connection)
        return
      }
    }
    connection.output = Output()
    guard connection.keepsConnection && stopDeadline == Int64.max else {
      linger(connection)
      return
    }
    connection.state = .reading
    connection.phase = .idle
    connection.isHead = false
    connection.deadline = now + settings.idleTimeout
    readRequests(from: connection)
  }

  private func sendContinue(to connection: Connection) {
    counters.countResponse(100)
    var interim = Output(head: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    let size = interim.remaining
    // Twenty-five bytes into a socket whose earlier answers have all gone: it takes them, or is lost.
    guard case .bytes(size) = Socket.send(connection.descriptor, &interim, &pieces) else {
      close(connection)
      return
    }
    counters.sentBytes.add(size)
  }

  /// How long and how much a client may still send after the last answer.
  private static let lingerTime: Int64 = 2_000_000_000
  private static let lingerBytes = 16 * 1024 * 1024

  private func linger(_ connection: Connection) {
    Socket.endWriting(connection.descriptor)
    connection.state = .lingering
    connection.deadline = now + Self.lingerTime
    connection.parser = HTTPRequestParser()
    discardInput(of: connection)
  }

  func discardInput(of connection: Connection) {
    while connection.isReadable {
      switch Socket.receive(connection.descriptor, into: receiveBuffer) {
      case .bytes(let count):
        counters.receivedBytes.add(count)
        connection.discarded += count
        if connection.discarded > Self.lingerBytes {
          close(connection)
          return
        }
      case .wouldBlock: connection.isReadable = false
      case .closed:
        close(connection)
        return
      }
    }
  }
}

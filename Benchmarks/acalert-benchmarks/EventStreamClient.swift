import CLinux
import Glibc

/// A plain socket that follows `GET /events`, as a browser does.
final class EventStreamClient {
  /// What is kept of an event.
  struct Event {
    var id: Int64?
    var name: Substring
    /// One line of JSON.
    var data: Substring
  }

  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)
  private var rest: [UInt8] = []
  private var isInHead = true

  /// Connects and asks.
  ///
  /// - Parameter port: of a server on this machine.
  init(port: UInt16, target: String) throws {
    descriptor = try PlainHTTP.connect(port: port)
    var limit = timeval(tv_sec: 0, tv_usec: 50_000)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let request = PlainHTTP.request(target, accept: "text/event-stream")
    guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
    else { throw BenchmarkError("the request was not taken") }
  }

  deinit { Glibc.close(descriptor) }

  /// Waits at most a twentieth of a second, and passes on what has come by then.
  ///
  /// - Parameter body: gets each event with the time of its last byte: microseconds since 1970.
  func read(_ body: (Event, _ arrival: Int64) throws -> Void) throws {
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 {
      guard errno == EAGAIN || errno == EINTR else {
        throw BenchmarkError("the event stream broke: \(String(cString: strerror(errno)))")
      }
      return
    }
    guard count > 0 else { throw BenchmarkError("the server ended the event stream") }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let arrival = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    rest += buffer[..<count]
    var start = 0
    while let end = Self.blankLine(in: rest, from: start) {
      let block = rest[start..<end]
      start = end + (isInHead ? 4 : 2)
      if isInHead {
        isInHead = false
        guard block.starts(with: "HTTP/1.1 200".utf8) else {
          throw BenchmarkError("refused: \(String(decoding: block.prefix(80), as: UTF8.self))")
        }
        continue
      }
      if let event = Self.event(block) { try body(event, arrival) }
    }
    rest.removeFirst(start)
  }

  /// Where the next empty line begins: behind an event, or behind the head with its carriage returns.
  private static func blankLine(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var place = start
      while place < bytes.count, let base = bytes.baseAddress,
        let found = memchr(base + place, 0x0A, bytes.count - place)
      {
        let index = UnsafeRawPointer(found) - base
        if index + 1 < bytes.count, bytes[index + 1] == 0x0A { return index }
        if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A {
          return index - 1
        }
        place = index + 1
      }
      return nil
    }
  }

  private static func event(_ block: ArraySlice<UInt8>) -> Event? {
    var event = Event(name: "", data: "")
    for line in String(decoding: block, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("id: ") {
        event.id = Int64(line.dropFirst(4))
      } else if line.hasPrefix("event: ") {
        event.name = line.dropFirst(7)
      } else if line.hasPrefix("data: ") {
        event.data = line.dropFirst(6)
      }
    }
    return event.name.isEmpty ? nil : event
  }
}

import Foundation

/// One answer as it came over the wire.
struct Answer {
  var status = 0
  var fields: [String: String] = [:]
  var body = ""

  subscript(field: String) -> String? { fields[field.lowercased()] }

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }
}

/// A plain blocking socket, which hides nothing of what the server sends.
final class Client {
  private let descriptor: Int32
  private(set) var received: [UInt8] = []
  private(set) var isClosed = false

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  func request(
    _ target: String, method: String = "GET", host: String = "127.0.0.1:8080", fields: String = "",
    body: String = ""
  ) {
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    let text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\(fields)\(length)\r\n\(body)"
    _ = text.withCString { send(descriptor, $0, text.utf8.count, Int32(MSG_NOSIGNAL)) }
  }

  /// Waits up to `milliseconds` for more; `false` if none came.
  @discardableResult
  func receive(milliseconds: Int32 = 50) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard !isClosed, poll(&ready, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count <= 0 {
      isClosed = true
      return false
    }
    received += buffer[..<count]
    return true
  }

  func takeReceived(_ count: Int) -> [UInt8] {
    defer { received.removeFirst(count) }
    return Array(received.prefix(count))
  }

  /// Reads one whole answer.
  func answer(toHead: Bool = false) -> Answer {
    let deadline = Date(timeIntervalSinceNow: 10)
    var answer = Answer()
    while Date() < deadline {
      if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self)
          .components(separatedBy: "\r\n")
        answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
          let colon = line.firstIndex(of: ":") ?? line.endIndex
          answer.fields[line[..<colon].lowercased()] =
            line[colon...].dropFirst().trimmingCharacters(in: .whitespaces)
        }
        let length = toHead ? 0 : answer["Content-Length"].flatMap { Int($0) } ?? 0
        if received.count >= end.upperBound + length {
          let whole = takeReceived(end.upperBound + length)
          answer.body = String(decoding: whole[end.upperBound...], as: UTF8.self)
          return answer
        }
      }
      if isClosed { break }
      receive()
    }
    return answer
  }
}

/// One event of a stream.
struct StreamEvent {
  var id: Int64?
  var name = ""
  var data = ""

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(data.utf8))) as? [String: Any] ?? [:]
  }
  var alerts: [[String: Any]]? { json["alerts"] as? [[String: Any]] }
  var rows: [[String: Any]] { json["rows"] as? [[String: Any]] ?? [] }
  var revision: Int64 { (json["revision"] as? NSNumber)?.int64Value ?? -1 }
}

/// A client of `/events` that parses what it gets.
final class StreamClient {
  private let client: Client
  private var hasHead = false
  private(set) var head = ""
  private(set) var events: [StreamEvent] = []
  private var event = StreamEvent()

  init(port: UInt16, _ target: String, lastEventID: String? = nil) throws {
    client = try Client(port: port)
    client.request(target, fields: lastEventID.map { "Last-Event-ID: \($0)\r\n" } ?? "")
  }

  var isClosed: Bool { client.isClosed }

  /// Reads once; the events that were completed.
  @discardableResult
  func read(milliseconds: Int32 = 20) -> [StreamEvent] {
    client.receive(milliseconds: milliseconds)
    if !hasHead {
      guard let end = client.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
      head = String(decoding: client.takeReceived(end.upperBound), as: UTF8.self)
      hasHead = true
    }
    guard let last = client.received.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let count = events.count
    let bytes = client.takeReceived(last + 1)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    {
      let line = String(decoding: line, as: UTF8.self)
      if line.isEmpty {
        if !event.data.isEmpty { events.append(event) }
        event = StreamEvent()
      } else if line.hasPrefix("id: ") {
        event.id = Int64(line.dropFirst(4))
      } else if line.hasPrefix("event: ") {
        event.name = String(line.dropFirst(7))
      } else if line.hasPrefix("data: ") {
        event.data += line.dropFirst(6)
      }
    }
    return Array(events[count...])
  }

  /// Reads until `condition` holds; `false` if it does not within ten seconds.
  func read(until condition: (StreamClient) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: 10)
    while !condition(self) {
      if isClosed || Date() > deadline { return false }
      read()
    }
    return true
  }

  func named(_ name: String) -> [StreamEvent] { events.filter { $0.name == name } }
  var statuses: [StreamEvent] { named("status") }
  var alerts: [StreamEvent] { named("alert") }
  /// Whether the prelude is over: its last event are the counts.
  var isLive: Bool { !named("counts").isEmpty }
}

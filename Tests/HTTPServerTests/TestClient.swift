import Glibc
import Testing

@testable import HTTPServer

/// A plain blocking socket with a time limit, which shows what really goes over the wire.
final class TestClient {
  let descriptor: Int32
  private(set) var received: [UInt8] = []
  private(set) var isClosed = false

  /// - Parameter receiveBuffer: a small one makes a slow reader slow at once.
  init(port: UInt16, receiveBuffer: Int32? = nil) throws {
    let address = try #require(SocketAddress(literal: "127.0.0.1", port: port))
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if let receiveBuffer {
      Socket.setOption(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer)
    }
    let result = address.withPointer { connect(descriptor, $0, $1) }
    try #require(result == 0)
  }

  deinit { close(descriptor) }

  convenience init(_ server: HTTPServer, receiveBuffer: Int32? = nil) throws {
    try self.init(port: try #require(server.port), receiveBuffer: receiveBuffer)
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }

  func get(_ target: String, headers: String = "") {
    send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
  }

  func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads once, waiting up to `milliseconds`.
  @discardableResult
  func receive(milliseconds: Int32 = 50, atMost: Int = 262_144) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: atMost)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count <= 0 {
      isClosed = true
      return false
    }
    received.append(contentsOf: buffer[..<count])
    return true
  }

  /// Reads until `condition` holds; `false` if it does not within ten seconds.
  @discardableResult
  func receive(until condition: (TestClient) -> Bool) -> Bool {
    let deadline = Monotonic.now() + 10_000_000_000
    while !condition(self) {
      if isClosed || Monotonic.now() > deadline { return condition(self) }
      receive()
    }
    return true
  }

  var text: String { String(decoding: received, as: UTF8.self) }

  @discardableResult
  func receiveUntilClosed() -> String {
    receive { $0.isClosed }
    return text
  }

  /// Takes the next whole response off what is received: its head and as much body as it announces.
  func nextResponse(toHead: Bool = false) throws -> TestResponse {
    var response: TestResponse?
    receive { client in
      response = TestResponse(client.received, toHead: toHead)
      return response != nil
    }
    let whole = try #require(response, "no whole response in: \(text)")
    received.removeFirst(whole.size)
    return whole
  }

  func forgetReceived() { received = [] }
}

struct TestResponse {
  var status: Int
  var head: String
  var body: String
  var size: Int

  init?(_ bytes: [UInt8], toHead: Bool) {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    status = Int(head.split(separator: " ")[1]) ?? 0
    var length = 0
    if let field = head.split(separator: "\r\n").first(where: {
      $0.lowercased().hasPrefix("content-length:")
    }) {
      length = Int(field.split(separator: " ")[1]) ?? 0
    }
    if toHead { length = 0 }
    guard bytes.count >= end.upperBound + length else { return nil }
    body = String(decoding: bytes[end.upperBound..<(end.upperBound + length)], as: UTF8.self)
    size = end.upperBound + length
  }

  func header(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { String($0.dropFirst(name.utf8.count + 1)).trimmingBlanks }
  }
}

extension String {
  fileprivate var trimmingBlanks: String { String(drop { $0 == " " }) }
}

/// The events in received bytes of a stream, and the comments.
struct ReceivedEvent: Equatable {
  var id: UInt64?
  var name = ""
  var data = ""

  /// Whole events in `text`, the response's head left out.
  static func parse(_ text: String) -> [ReceivedEvent] {
    guard let head = text.utf8.firstRange(of: "\r\n\r\n".utf8) else { return [] }
    var events: [ReceivedEvent] = []
    var event = ReceivedEvent()
    var lines = text.utf8[head.upperBound...].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.removeLast()
    for line in lines {
      let line = String(Substring(line))
      if line.isEmpty {
        if !event.data.isEmpty { events.append(event) }
        event = ReceivedEvent()
      } else if line.hasPrefix("id: ") {
        event.id = UInt64(line.dropFirst(4))
      } else if line.hasPrefix("event: ") {
        event.name = String(line.dropFirst(7))
      } else if line.hasPrefix("data: ") {
        event.data += line.dropFirst(6)
      }
    }
    return events
  }
}

/// Polls `condition` until it holds; `false` if it does not within ten seconds.
func eventually(_ condition: () -> Bool) -> Bool {
  let deadline = Monotonic.now() + 10_000_000_000
  while !condition() {
    if Monotonic.now() > deadline { return false }
    usleep(1_000)
  }
  return true
}

/// A configuration for tests.
func settings(
  _ change: (inout HTTPServer.Configuration) -> Void = { _ in }
) -> HTTPServer.Configuration {
  var configuration = HTTPServer.Configuration()
  configuration.maxConnections = 2_000
  change(&configuration)
  return configuration
}

func answering(_ handler: @escaping HTTPServer.Handler) -> HTTPServer.Handler { handler }

func accepting(
  _ override: @escaping @Sendable () -> Listener.Acceptance?
) -> @Sendable () -> Listener.Acceptance? { override }

/// Runs `body` against a started server and stops it.
func withServer(
  _ configuration: HTTPServer.Configuration = settings(),
  events: EventLog = EventLog(),
  acceptOverride: (@Sendable () -> Listener.Acceptance?)? = nil,
  handler: @escaping HTTPServer.Handler = TestHandler.answer,
  _ body: (HTTPServer) throws -> Void
) throws {
  let server = HTTPServer(
    configuration: configuration, events: events, acceptOverride: acceptOverride,
    handler: handler)
  try server.start()
  defer { server.stop() }
  try body(server)
}

/// Echoes what it was asked.
enum TestHandler {
  static let answer: HTTPServer.Handler = { request in
    switch request.pathSegments.first {
    case "events": .events(EventStream())
    case "empty": .response(HTTPResponse(status: 204, body: [1, 2, 3]))
    case "asset":
      .response(
        .asset(Array("asset".utf8), contentType: "text/css", entityTag: "\"a1\"", for: request))
    default:
      .response(
        .text(
          "\(request.method.rawValue) \(request.rawPath) "
            + String(decoding: request.body, as: UTF8.self)))
    }
  }
}

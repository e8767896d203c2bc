import Foundation
import Synchronization

/// An HTTP server on a free port of this machine that keeps what it was sent and answers as it is told.
final class RecordingServer: Sendable {
  struct Request: Sendable {
    var method: String
    var path: String
    /// Names in lower case.
    var headers: [String: String]
    var body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }

    /// Fields of a form.
    var form: [String: String] {
      var components = URLComponents()
      components.percentEncodedQuery = text
      return (components.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value }
    }
  }

  enum Answer: Sendable {
    case status(Int, headers: [String: String] = [:], body: String = "")
    /// Nothing comes back, and the connection stays.
    case silence
    /// The connection is closed.
    case close
  }

  private struct State {
    var requests: [Request] = []
    var held: [Int32] = []
    var isStopped = false
  }

  let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let answer: @Sendable (Request, Int) -> Answer

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { state.withLock { $0.requests } }

  /// - Parameter answer: For a request and its number, from 0.
  init(_ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in .status(200) }) throws {
    self.answer = answer
    (listener, port) = try FreePort.listen()
    // The thread closes what it listens on, when it is shut down: closed by another, its number could be
    // that of another server's socket before it looks again.
    let thread = Thread { [weak self, listener] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        if let self { self.serve(connection) } else { close(connection) }
      }
      close(listener)
    }
    thread.name = "recorder"
    thread.start()
  }

  deinit { stop() }

  func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.held { close(connection) }
    }
  }

  private func serve(_ connection: Int32) {
    guard let request = Self.read(connection) else {
      close(connection)
      return
    }
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    switch answer(request, number) {
    case .close: close(connection)
    case .silence: state.withLock { $0.held.append(connection) }
    case .status(let status, let headers, let body):
      var text = "HTTP/1.1 \(status) Answer\r\nConnection: close\r\n"
      for (name, value) in headers { text += "\(name): \(value)\r\n" }
      text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
      let bytes = Array(text.utf8)
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { break }
        sent += count
      }
      close(connection)
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    func receive() -> Bool {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count > 0 { bytes.append(contentsOf: buffer.prefix(count)) }
      return count > 0
    }
    var head: Data.Index?
    while head == nil {
      guard receive() else { return nil }
      head = bytes.range(of: Data("\r\n\r\n".utf8))?.upperBound
    }
    guard let head else { return nil }
    let lines = String(decoding: bytes[..<head], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() where !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      headers[parts[0].lowercased()] =
        parts.count < 2 ? "" : parts[1].trimmingCharacters(in: .whitespaces)
    }
    let length = Int(headers["content-length"] ?? "0") ?? 0
    while bytes.count - head < length {
      guard receive() else { return nil }
    }
    return Request(method: words[0], path: words[1], headers: headers, body: Data(bytes[head...]))
  }
}

enum FreePort {
  struct NoPort: Error {}

  /// A listening socket on a port of the system's choice.
  static func listen() throws -> (socket: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard descriptor >= 0, isBound else { throw NoPort() }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A port that nobody listens on just now.
  static func unused() throws -> Int {
    let (socket, port) = try listen()
    close(socket)
    return port
  }
}

import CLinux
import Glibc

/// Requests to a server on this machine, over a plain socket.
enum PlainHTTP {
  static func request(_ target: String, accept: String = "*/*", closes: Bool = false) -> [UInt8] {
    Array(
      ("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: \(accept)\r\n"
        + (closes ? "Connection: close\r\n" : "") + "\r\n").utf8)
  }

  static func connect(port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard descriptor >= 0, result == 0 else {
      throw BenchmarkError("cannot connect: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  /// The port of a URL of ours.
  static func port(of url: String) throws -> UInt16 {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw BenchmarkError("no port in \(url)")
    }
    return port
  }

  /// The whole answer, its head included.
  static func get(_ target: String, port: UInt16) throws -> String {
    let descriptor = try connect(port: port)
    defer { close(descriptor) }
    let request = request(target, closes: true)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw BenchmarkError("the request was not taken")
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
      answer += buffer[..<count]
    }
  }
}

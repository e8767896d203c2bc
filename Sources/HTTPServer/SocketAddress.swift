import Glibc

/// An IPv4 or IPv6 address with a port.
struct SocketAddress {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  /// Room for the system to write an address into.
  init() {}

  /// - Parameter literal: `127.0.0.1`, `::1`, `[::1]` or `localhost`; `nil` for anything else.
  init?(literal: String, port: UInt16) {
    var host = literal == "localhost" ? "127.0.0.1" : literal
    if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
    } else if inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
    } else {
      return nil
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  var port: UInt16 {
    // sin_port and sin6_port share their place.
    withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// The address without port or brackets; an IPv4 address inside IPv6 is shown as IPv4.
  var host: String {
    let offset = family == AF_INET6 ? 8 : 4
    var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let isKnown = withUnsafeBytes(of: storage) { bytes in
      text.withUnsafeMutableBytes { text in
        guard let source = bytes.baseAddress, let target = text.baseAddress else { return false }
        return inet_ntop(
          family, source + offset, target.assumingMemoryBound(to: CChar.self),
          socklen_t(text.count)) != nil
      }
    }
    guard isKnown else { return "" }
    let host = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    return host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
    }
  }
}

import Glibc

/// Where to listen: an IPv4 address, `localhost`, or an IPv6 address in brackets, and a port.
public struct ListenAddress: Equatable, Sendable {
  public var address: String
  public var port: Int

  /// Reads `ADDRESS:PORT`, or a port alone, which means 127.0.0.1.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else {
      guard let port = Self.port(text) else { return nil }
      self.address = "127.0.0.1"
      self.port = port
      return
    }
    guard let port = Self.port(text[text.index(after: colon)...]) else { return nil }
    var address = String(text[..<colon])
    if address.hasPrefix("["), address.hasSuffix("]") {
      address = String(address.dropFirst().dropLast())
      guard Self.isAddress(address, AF_INET6) else { return nil }
    } else {
      guard address == "localhost" || Self.isAddress(address, AF_INET) else { return nil }
    }
    self.address = address
    self.port = port
  }

  private static func port(_ text: some StringProtocol) -> Int? {
    guard text.first != "+", let port = UInt16(text) else { return nil }
    return Int(port)
  }

  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var address = in6_addr()
    return inet_pton(family, text, &address) == 1
  }
}

import CLinux
import Glibc

/// The listening socket, with a descriptor in reserve for the day when there are none left.
struct Listener {
  enum Acceptance {
    case connection(Int32, peer: String)
    /// Nobody waits.
    case none
    /// This one was gone before it was accepted; go on.
    case vanished
    /// Out of descriptors or memory: accept(2) will fail until something is closed.
    case exhausted
  }

  let descriptor: Int32
  let address: SocketAddress
  /// Open on /dev/null. With it closed for a moment, one waiting client can be accepted and closed,
  /// which tells it more than silence would, and stops epoll from reporting it again and again.
  private var spare: Int32

  init(_ configuration: HTTPServer.Configuration) throws(HTTPServerError) {
    let place = "\(configuration.address):\(configuration.port)"
    guard
      let wanted = SocketAddress(literal: configuration.address, port: configuration.port)
    else {
      throw HTTPServerError(
        attempted: "listen on \(place)", reason: "the address is not an IPv4 or IPv6 literal",
        hint: "write for example 127.0.0.1, 0.0.0.0 or [::1]")
    }
    let socket = socket(
      wanted.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0
    )
    guard socket >= 0 else {
      throw HTTPServerError(attempted: "listen on \(place)", code: errno)
    }
    Socket.setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1)
    if wanted.family == AF_INET6 {
      Socket.setOption(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0)
    }
    var bound = SocketAddress()
    guard wanted.withPointer({ bind(socket, $0, $1) }) == 0, listen(socket, 4_096) == 0,
      bound.withMutablePointer({ getsockname(socket, $0, $1) }) == 0
    else {
      let code = errno
      close(socket)
      throw HTTPServerError(
        attempted: "listen on \(place)", code: code, hint: Self.hint(for: code, configuration))
    }
    descriptor = socket
    address = bound
    spare = Self.openSpare()
  }

  private static func hint(for code: Int32, _ configuration: HTTPServer.Configuration) -> String {
    switch code {
    case EADDRINUSE:
      "stop the program that has the port (`ss -ltnp 'sport = :\(configuration.port)'` names it) "
        + "or choose another port"
    case EACCES: "ports below 1024 need privileges: choose a higher one"
    case EADDRNOTAVAIL: "this machine does not have the address: `ip address` lists those it has"
    default: ""
    }
  }

  private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

  func accept() -> Acceptance {
    var peer = SocketAddress()
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let accepted = peer.withMutablePointer { clinux_accept4(descriptor, $0, $1, flags) }
    if accepted >= 0 { return .connection(accepted, peer: peer.host) }
    switch errno {
    case EAGAIN: return .none
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
    default: return .vanished
    }
  }

  /// Accepts and closes one waiting client by means of the spare descriptor.
  mutating func turnOneAway() {
    if spare >= 0 { close(spare) }
    let accepted = clinux_accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
    if accepted >= 0 { close(accepted) }
    spare = Self.openSpare()
  }

  func closeAll() {
    close(descriptor)
    if spare >= 0 { close(spare) }
  }
}

/// The process's limit of open files.
enum DescriptorLimit {
  /// Descriptors left to the rest of the program: databases, brokers, files.
  static let reserve = 256

  /// Raises the soft limit for `connections`, as far as the hard one allows.
  ///
  /// - Returns: how many connections fit.
  static func raise(forConnections connections: Int) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return connections }
    let wanted = rlim_t(connections + reserve)
    if limit.rlim_cur < wanted {
      var raised = limit
      raised.rlim_cur = min(wanted, limit.rlim_max)
      if setrlimit(resource, &raised) == 0 { limit = raised }
    }
    let available = Int(clamping: limit.rlim_cur)
    return max(1, min(connections, max(available - reserve, available / 2)))
  }
}

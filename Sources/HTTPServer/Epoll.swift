import CLinux
import Glibc

/// An epoll(7) instance: which sockets can be read or written.
///
/// Closing a descriptor takes it out by itself, as none here has a duplicate.
final class Epoll: Sendable {
  /// What an added descriptor is watched for.
  enum Interest {
    /// Reported as long as it can be read.
    case readable
    /// Readable, writable, ended by the peer: each reported once when it becomes true. Set once for a
    /// connection's whole life, so that no system call is spent on changing it.
    case allEdges
    /// Not reported.
    case nothing

    var events: UInt32 {
      switch self {
      case .readable: EPOLLIN.rawValue
      case .allEdges:
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
      case .nothing: 0
      }
    }
  }

  private let descriptor: Int32

  init() throws(HTTPServerError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else {
      throw HTTPServerError(attempted: "create an epoll instance", code: errno)
    }
  }

  deinit { close(descriptor) }

  /// - Returns: `false` if the system has no room for it.
  @discardableResult
  func add(_ socket: Int32, token: UInt64, for interest: Interest) -> Bool {
    var event = epoll_event(events: interest.events, data: epoll_data_t(u64: token))
    return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
  }

  func change(_ socket: Int32, token: UInt64, to interest: Interest) {
    var event = epoll_event(events: interest.events, data: epoll_data_t(u64: token))
    epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event)
  }

  /// - Parameter milliseconds: -1 for no limit.
  /// - Returns: how many of `events` are filled.
  func wait(for events: inout [epoll_event], milliseconds: Int32) -> Int {
    Int(max(0, epoll_wait(descriptor, &events, Int32(events.count), milliseconds)))
  }
}

import Synchronization

/// What other threads have for the event loop.
///
/// Bounded by construction: each connection has at most one job with the workers, so at most one
/// message a connection is here, beside one to stop.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case response(Output, status: Int, keepsConnection: Bool, to: UInt64)
    case stream(EventStream, head: [UInt8], to: UInt64)
    case prelude(bytes: [UInt8], events: Int, resumeAfter: UInt64?, to: UInt64)
    case preludeFailed(to: UInt64)
    case stop(deadline: Int64)
  }

  private let messages = Mutex<[Message]>([])
  let waker: Waker

  init(waker: Waker) { self.waker = waker }

  func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    waker.wake()
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      let taken = messages
      messages = []
      return taken
    }
  }
}

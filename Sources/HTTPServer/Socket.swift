import CLinux
import Glibc

/// The socket calls of the event loop, with results that say what to do next.
enum Socket {
  enum Transfer {
    case bytes(Int)
    case wouldBlock
    /// End of stream, or an error: the connection is over.
    case closed
  }

  static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .closed }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .closed
    }
  }

  static func send(_ descriptor: Int32, _ pieces: inout [iovec]) -> Transfer {
    pieces.withUnsafeMutableBufferPointer { pieces in
      var message = msghdr()
      message.msg_iov = pieces.baseAddress
      message.msg_iovlen = pieces.count
      while true {
        let count = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        if errno == EINTR { continue }
        return errno == EAGAIN ? .wouldBlock : .closed
      }
    }
  }

  /// Sends what `output` still holds, in one call, and moves it on.
  static func send(_ descriptor: Int32, _ output: inout Output, _ pieces: inout [iovec]) -> Transfer
  {
    let (head, body, sent) = (output.head, output.body, output.sent)
    let result = head.withUnsafeBytes { head in
      body.withUnsafeBytes { body in
        pieces.removeAll(keepingCapacity: true)
        append(head.dropFirst(sent), to: &pieces)
        append(body.dropFirst(max(0, sent - head.count)), to: &pieces)
        return send(descriptor, &pieces)
      }
    }
    if case .bytes(let count) = result { output.sent += count }
    return result
  }

  private static func append(_ slice: Slice<UnsafeRawBufferPointer>, to pieces: inout [iovec]) {
    let bytes = UnsafeRawBufferPointer(rebasing: slice)
    guard bytes.count > 0 else { return }
    // sendmsg(2) only reads what the pieces point at.
    pieces.append(
      iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
  }

  static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Makes the coming close(2) reset the connection: the kernel forgets at once what it still holds
  /// for a reader that does not read.
  static func discardOnClose(_ descriptor: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  static func endWriting(_ descriptor: Int32) {
    shutdown(descriptor, Int32(SHUT_WR))
  }
}

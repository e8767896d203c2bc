import Glibc

/// One of very many watchers: it looks at the ids of events and at their ends, and keeps no bytes.
struct CrowdWatcher {
  private enum Place {
    /// So many bytes of the line so far are `id: `'s.
    case beginning(UInt8)
    case number
    case elsewhere
  }

  let descriptor: Int32
  var isOpen = true
  /// The newest id of an event that has come whole.
  private(set) var newest: Int64 = -1
  /// Events with an id, since they were last counted.
  var received = 0
  private var idsSeen = 0
  private var place = Place.beginning(0)
  private var number: Int64 = -1

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether snapshot and counts have come: the two events with an id before anything is published.
  func isReady(after base: Int64) -> Bool { idsSeen >= 2 && newest >= base }

  /// Takes what has come, wherever it is cut.
  mutating func take(_ bytes: UnsafeRawBufferPointer, _ event: (_ id: Int64) -> Void) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch place {
      case .beginning(let matched):
        if matched == 0, byte == 0x0A {
          finish(event)
        } else if byte == Self.opening(matched) {
          place = matched == 3 ? .number : .beginning(matched + 1)
          if matched == 3 { number = 0 }
        } else {
          place = .elsewhere
          continue
        }
        index += 1
      case .number:
        if byte == 0x0A {
          place = .beginning(0)
        } else {
          number = number * 10 + Int64(byte) - 0x30
        }
        index += 1
      case .elsewhere:
        guard let base = bytes.baseAddress,
          let end = memchr(base + index, 0x0A, bytes.count - index)
        else { return }
        index = UnsafeRawPointer(end) - base + 1
        place = .beginning(0)
      }
    }
  }

  private static func opening(_ place: UInt8) -> UInt8 {
    switch place {
    case 0: 0x69
    case 1: 0x64
    case 2: 0x3A
    default: 0x20
    }
  }

  private mutating func finish(_ event: (_ id: Int64) -> Void) {
    guard number >= 0 else { return }
    newest = number
    number = -1
    received += 1
    idsSeen += 1
    event(newest)
  }
}

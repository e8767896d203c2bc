/// Appends JSON text (RFC 8259) to memory of its own that grows as needed and is used again.
///
/// Made for the feed, where every changed row passes: nothing here makes a `String` or an array, except
/// for numbers that few rows hold. The caller sees to commas and braces.
struct JSONWriter: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 4_096) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// What has been written.
  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// What has been written since there were `start` bytes.
  func bytes(from start: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: base, count: count)[start...]))
  }

  mutating func clear() { count = 0 }

  /// Takes back all but the first `length` bytes.
  mutating func truncate(to length: Int) { count = min(count, max(0, length)) }

  // MARK: Raw text

  /// JSON text that is known beforehand.
  @inline(__always)
  mutating func literal(_ text: StaticString) {
    let size = text.utf8CodeUnitCount
    reserve(size)
    (base + count).update(from: text.utf8Start, count: size)
    count += size
  }

  /// JSON text that was made before.
  mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).update(from: start, count: bytes.count)
    count += bytes.count
  }

  mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { raw($0) } }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  /// A comma before every element but the first.
  mutating func comma(unless isFirst: Bool) {
    if !isFirst { byte(UInt8(ascii: ",")) }
  }

  // MARK: Strings

  /// A string, quotes included. Quote, backslash and control characters are escaped, all else is left
  /// as UTF-8.
  mutating func string(_ text: String) {
    var copy = text
    copy.withUTF8 { string($0) }
  }

  /// The same from bytes that are known to be UTF-8.
  mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    // Six bytes are the longest escape, so nothing below needs to ask for room.
    reserve(utf8.count * 6 + 2)
    var end = base + count
    end.pointee = UInt8(ascii: "\"")
    end += 1
    for byte in utf8 {
      if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
        end.pointee = byte
        end += 1
      } else {
        end = Self.escape(byte, at: end)
      }
    }
    end.pointee = UInt8(ascii: "\"")
    count = end + 1 - base
  }

  /// The same.
  mutating func string(_ utf8: UnsafeRawBufferPointer) {
    utf8.withMemoryRebound(to: UInt8.self) { string($0) }
  }

  /// Strings as an array.
  mutating func strings(_ texts: [String]) {
    byte(UInt8(ascii: "["))
    for (place, text) in texts.enumerated() {
      comma(unless: place == 0)
      string(text)
    }
    byte(UInt8(ascii: "]"))
  }

  private static func escape(
    _ byte: UInt8, at end: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    end[0] = UInt8(ascii: "\\")
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): end[1] = byte
    case 0x09: end[1] = UInt8(ascii: "t")
    case 0x0A: end[1] = UInt8(ascii: "n")
    case 0x0D: end[1] = UInt8(ascii: "r")
    default:
      end[1] = UInt8(ascii: "u")
      end[2] = UInt8(ascii: "0")
      end[3] = UInt8(ascii: "0")
      end[4] = UInt8(ascii: "0") + byte >> 4
      end[5] = byte & 15 < 10 ? 0x30 + byte & 15 : 0x61 + (byte & 15) - 10
      return end + 6
    }
    return end + 2
  }

  // MARK: Room

  /// Makes room for `size` more bytes.
  @inline(__always)
  mutating func reserve(_ size: Int) {
    if capacity - count < size { grow(by: size) }
  }

  private mutating func grow(by size: Int) {
    let larger = max(capacity * 2, count + size)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  /// Writes up to `size` bytes through a pointer; `body` returns how many it wrote.
  @inline(__always)
  mutating func write(upTo size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(size)
    count += body(base + count)
  }
}

/// A JSON string as it stands in the text, without its quotes. Its escapes and its UTF-8 are valid.
struct JSONString {
  var start: UnsafePointer<UInt8>
  var count: Int
  var hasEscapes: Bool
}

/// Tests on eight bytes at once. In each mask the lowest set bit is exact: it is the top bit of the
/// first byte (in memory) that has the property; bits above it may be false.
enum EightBytes {
  @inline(__always)
  static func load(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
  }

  /// Bytes that end the plain part of a string: a quote, a backslash, a control character, non-ASCII.
  @inline(__always)
  static func stringStops(_ word: UInt64) -> UInt64 {
    let quote = word ^ 0x2222_2222_2222_2222
    let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let isQuote = (quote &- 0x0101_0101_0101_0101) & ~quote
    let isBackslash = (backslash &- 0x0101_0101_0101_0101) & ~backslash
    let isControl = (word &- 0x2020_2020_2020_2020) & ~word
    return (isQuote | isBackslash | isControl | word) & 0x8080_8080_8080_8080
  }

  /// Whether all eight bytes are ASCII digits.
  @inline(__always)
  static func areDigits(_ word: UInt64) -> Bool {
    (word & 0xF0F0_F0F0_F0F0_F0F0)
      | (((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4)
      == 0x3333_3333_3333_3333
  }

  /// Of eight bytes those above 9, by their highest bits; right up to the first one, after it perhaps not.
  @inline(__always)
  static func beyondNine(_ word: UInt64) -> UInt64 {
    ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
  }

  /// The number that eight ASCII digits write.
  @inline(__always)
  static func number(_ word: UInt64) -> UInt64 { number(digits: word & 0x0F0F_0F0F_0F0F_0F0F) }

  /// The number of eight digits, 0 to 9 each: pairs, then fours, then all eight, added up in place.
  @inline(__always)
  static func number(digits: UInt64) -> UInt64 {
    let pairs = (digits &* 10 &+ (digits >> 8)) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ (pairs >> 16)) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ (fours >> 32)) & 0xFFFF_FFFF
  }
}

extension JSONCursor {
  /// Passes the string whose opening quote is the next byte.
  ///
  /// - Throws: `truncated`, `notJSON` for control characters and bad escapes, `badUTF8`.
  @inline(__always)
  mutating func scanString() throws(InvalidRecord) -> JSONString {
    let first = next + 1
    var probe = first
    while end - probe >= 8 {
      let stops = EightBytes.stringStops(EightBytes.load(probe))
      guard stops == 0 else {
        probe += stops.trailingZeroBitCount >> 3
        if probe.pointee == UInt8(ascii: "\"") {
          next = probe + 1
          return JSONString(start: first, count: probe - first, hasEscapes: false)
        }
        break
      }
      probe += 8
    }
    next = probe
    return try scanStringBytewise(first)
  }

  /// Goes on from `next` in the string whose contents begin at `first`, validating all it meets.
  @inline(never)
  private mutating func scanStringBytewise(_ first: Bytes) throws(InvalidRecord) -> JSONString {
    var hasEscapes = false
    while next < end {
      switch next.pointee {
      case UInt8(ascii: "\""):
        next += 1
        return JSONString(start: first, count: next - 1 - first, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try passEscape()
      case 0..<0x20: throw fault(.notJSON)
      case 0x20..<0x80: next += 1
      default: try passMultibyteCharacter()
      }
    }
    throw fault(.truncated)
  }

  /// Passes one escape sequence, or two that form a surrogate pair.
  private mutating func passEscape() throws(InvalidRecord) {
    let escape = offset
    next += 1
    guard next < end else { throw fault(.truncated) }
    switch next.pointee {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      next += 1
    case UInt8(ascii: "u"):
      next += 1
      let unit = try passFourHexDigits()
      guard 0xD800...0xDFFF ~= unit else { return }
      guard unit < 0xDC00 else { throw InvalidRecord(.badUTF8, offset: escape) }
      for byte in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
        guard next < end else { throw fault(.truncated) }
        guard next.pointee == byte else { throw InvalidRecord(.badUTF8, offset: escape) }
        next += 1
      }
      guard 0xDC00...0xDFFF ~= (try passFourHexDigits()) else {
        throw InvalidRecord(.badUTF8, offset: escape)
      }
    default: throw fault(.notJSON)
    }
  }

  private mutating func passFourHexDigits() throws(InvalidRecord) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard next < end, let digit = Self.hexDigit(next.pointee) else { throw unexpected() }
      unit = unit << 4 | digit
      next += 1
    }
    return unit
  }

  @inline(__always)
  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }

  /// Passes one character of two to four bytes. The ranges are those of the Unicode Standard's
  /// table 3-7: they leave out overlong forms, surrogates and what lies beyond U+10FFFF.
  mutating func passMultibyteCharacter() throws(InvalidRecord) {
    let lead = next.pointee
    let following: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: following = 1
    case 0xE0...0xEF:
      following = 2
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      following = 3
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: throw fault(.badUTF8)
    }
    let available = end - next
    if available > 1, !(second ~= next[1]) { throw fault(.badUTF8) }
    if available > 2, following > 1, next[2] & 0xC0 != 0x80 { throw fault(.badUTF8) }
    if available > 3, following > 2, next[3] & 0xC0 != 0x80 { throw fault(.badUTF8) }
    guard available > following else {
      next = end
      throw fault(.truncated)
    }
    next += 1 + following
  }

  /// Writes the string's characters, escapes resolved, to `target` and returns how many bytes they are:
  /// never more than `string.count`, for which `target` must have room.
  static func unescape(_ string: JSONString, to target: UnsafeMutablePointer<UInt8>) -> Int {
    var read = string.start
    let end = string.start + string.count
    var write = target
    while read < end {
      guard read.pointee == UInt8(ascii: "\\") else {
        write.pointee = read.pointee
        read += 1
        write += 1
        continue
      }
      let kind = read[1]
      read += 2
      switch kind {
      case UInt8(ascii: "b"): write.pointee = 0x08
      case UInt8(ascii: "f"): write.pointee = 0x0C
      case UInt8(ascii: "n"): write.pointee = 0x0A
      case UInt8(ascii: "r"): write.pointee = 0x0D
      case UInt8(ascii: "t"): write.pointee = 0x09
      case UInt8(ascii: "u"):
        var scalar = hexUnit(read)
        read += 4
        if 0xD800...0xDBFF ~= scalar {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (hexUnit(read + 2) - 0xDC00)
          read += 6
        }
        write += encode(scalar, to: write)
        continue
      default: write.pointee = kind
      }
      write += 1
    }
    return write - target
  }

  /// The value of four hexadecimal digits that `scanString` has checked.
  private static func hexUnit(_ digits: Bytes) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | (hexDigit(digits[$1]) ?? 0) }
  }

  private static func encode(_ scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
    func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift & 0x3F)) }
    switch scalar {
    case ..<0x80:
      target[0] = UInt8(scalar)
      return 1
    case ..<0x800:
      target[0] = UInt8(0xC0 | scalar >> 6)
      target[1] = continuation(0)
      return 2
    case ..<0x10000:
      target[0] = UInt8(0xE0 | scalar >> 12)
      target[1] = continuation(6)
      target[2] = continuation(0)
      return 3
    default:
      target[0] = UInt8(0xF0 | scalar >> 18)
      target[1] = continuation(12)
      target[2] = continuation(6)
      target[3] = continuation(0)
      return 4
    }
  }
}

/// A place in the bytes of one JSON text (RFC 8259), with the steps that read it on from there.
///
/// Invariant: `start <= next <= end`; every read of a byte is preceded by a comparison with `end`, so
/// nothing outside of the text is ever touched. All arithmetic on the contents is bounded or wrapping:
/// no text can trap.
struct JSONCursor {
  typealias Bytes = UnsafePointer<UInt8>

  let start: Bytes
  let end: Bytes
  var next: Bytes

  /// The deepest nesting of arrays and objects, the record itself being the first.
  static let maxDepth = 128

  @inline(__always)
  init(_ start: Bytes, count: Int) {
    self.start = start
    end = start + count
    next = start
  }

  @inline(__always)
  var isAtEnd: Bool { next == end }

  /// The offset of the next byte.
  @inline(__always)
  var offset: Int { next - start }

  /// A fault at the next byte.
  @inline(never)
  func fault(_ reason: InvalidReason) -> InvalidRecord {
    InvalidRecord(reason, offset: offset)
  }

  /// The fault of a next byte that does not belong there, or of its absence.
  @inline(never)
  func unexpected() -> InvalidRecord {
    fault(isAtEnd ? .truncated : .notJSON)
  }

  /// Moves to the next byte that is not white space.
  @inline(__always)
  mutating func skipSpace() {
    while next < end, next.pointee <= 0x20 {
      switch next.pointee {
      case 0x20, 0x0A, 0x0D, 0x09: next += 1
      default: return
      }
    }
  }

  /// Skips white space and returns the byte after it, without passing it.
  @inline(__always)
  mutating func peekToken() throws(InvalidRecord) -> UInt8 {
    skipSpace()
    guard next < end else { throw fault(.truncated) }
    return next.pointee
  }

  /// Passes white space and then `byte`.
  @inline(__always)
  mutating func expect(_ byte: UInt8) throws(InvalidRecord) {
    guard try peekToken() == byte else { throw fault(.notJSON) }
    next += 1
  }

  /// Passes one value of any kind; `depth` arrays and objects are open around it.
  mutating func skipValue(depth: Int) throws(InvalidRecord) {
    switch try peekToken() {
    case UInt8(ascii: "\""): _ = try scanString()
    case UInt8(ascii: "{"): try skipObject(depth: depth + 1)
    case UInt8(ascii: "["): try skipArray(depth: depth + 1)
    case UInt8(ascii: "-"), 0x30...0x39: try skipNumber()
    case UInt8(ascii: "t"): try passLiteral("true")
    case UInt8(ascii: "f"): try passLiteral("false")
    case UInt8(ascii: "n"): try passLiteral("null")
    default: throw notFiniteLiteral() ?? fault(.notJSON)
    }
  }

  private mutating func skipObject(depth: Int) throws(InvalidRecord) {
    guard depth <= Self.maxDepth else { throw fault(.tooDeep) }
    next += 1
    if try peekToken() == UInt8(ascii: "}") {
      next += 1
      return
    }
    while true {
      guard try peekToken() == UInt8(ascii: "\"") else { throw fault(.notJSON) }
      _ = try scanString()
      try expect(UInt8(ascii: ":"))
      try skipValue(depth: depth)
      if try passSeparator(orClose: UInt8(ascii: "}")) { return }
    }
  }

  private mutating func skipArray(depth: Int) throws(InvalidRecord) {
    guard depth <= Self.maxDepth else { throw fault(.tooDeep) }
    next += 1
    if try peekToken() == UInt8(ascii: "]") {
      next += 1
      return
    }
    while true {
      try skipValue(depth: depth)
      if try passSeparator(orClose: UInt8(ascii: "]")) { return }
    }
  }

  /// Passes a comma, or the byte that closes the array or object; returns whether it was the latter.
  @inline(__always)
  mutating func passSeparator(orClose close: UInt8) throws(InvalidRecord) -> Bool {
    let byte = try peekToken()
    guard byte == UInt8(ascii: ",") || byte == close else { throw fault(.notJSON) }
    next += 1
    return byte == close
  }

  /// Passes `true`, `false` or `null`.
  mutating func passLiteral(_ literal: StaticString) throws(InvalidRecord) {
    for index in 0..<literal.utf8CodeUnitCount {
      guard next < end, next.pointee == literal.utf8Start[index] else { throw unexpected() }
      next += 1
    }
  }

  /// The fault of `NaN`, `Infinity` or `-Infinity` at the next byte, which many encoders write although
  /// JSON has no such values.
  func notFiniteLiteral() -> InvalidRecord? {
    let rest = UnsafeBufferPointer(start: next, count: end - next)
    let isNegative = rest.first == UInt8(ascii: "-")
    let isFound =
      !isNegative && Self.hasPrefix(rest, "NaN")
      || Self.hasPrefix(
        UnsafeBufferPointer(rebasing: rest.dropFirst(isNegative ? 1 : 0)), "Infinity")
    return isFound ? fault(.notFinite) : nil
  }

  private static func hasPrefix(_ bytes: UnsafeBufferPointer<UInt8>, _ prefix: StaticString) -> Bool
  {
    guard bytes.count >= prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount where bytes[index] != prefix.utf8Start[index] {
      return false
    }
    return true
  }
}

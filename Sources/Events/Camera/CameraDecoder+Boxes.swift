/// Four numbers of a box, in millionths of whatever they count.
struct BoxNumbers {
  var first: Int64 = 0
  var second: Int64 = 0
  var third: Int64 = 0
  var fourth: Int64 = 0
}

extension CameraDecoder {
  /// Four numbers in an array; their meaning is the format's.
  @inline(__always)
  func readBoxNumbers(_ cursor: inout JSONCursor) throws(InvalidRecord) -> BoxNumbers {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    var numbers = BoxNumbers()
    cursor.next += 1
    numbers.first = try readCoordinate(&cursor)
    try passInBox(&cursor, UInt8(ascii: ","))
    numbers.second = try readCoordinate(&cursor)
    try passInBox(&cursor, UInt8(ascii: ","))
    numbers.third = try readCoordinate(&cursor)
    try passInBox(&cursor, UInt8(ascii: ","))
    numbers.fourth = try readCoordinate(&cursor)
    try passInBox(&cursor, UInt8(ascii: "]"))
    return numbers
  }

  /// At most 10⁶ either way, so that sums of millionths stay below 2⁴².
  @inline(__always)
  private func readCoordinate(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
    guard try cursor.peekToken() != UInt8(ascii: "]") else { throw cursor.fault(.badBox) }
    let number: DecimalText
    do {
      number = try values.readNumber(&cursor)
    } catch {
      throw error.reason == .notFinite ? InvalidRecord(.badBox, offset: error.offset) : error
    }
    guard let value = number.scaled(digits: 6, limit: 1_000_000_000_000, powers: powers) else {
      throw cursor.fault(.badBox)
    }
    return value
  }

  /// Passes what must follow a number. The other one of comma and bracket means another length than four.
  @inline(__always)
  private func passInBox(_ cursor: inout JSONCursor, _ byte: UInt8) throws(InvalidRecord) {
    let token = try cursor.peekToken()
    guard token == byte else {
      let isOther = token == UInt8(ascii: ",") || token == UInt8(ascii: "]")
      throw cursor.fault(isOther ? .badBox : .notJSON)
    }
    cursor.next += 1
  }
}

extension Box {
  /// The part of a box that is in the image; `nil` if nothing of it is, or its size is negative.
  ///
  /// The edges are in millionths of the image's width and height, below 2⁴² either way.
  @inline(__always)
  init?(left: Int64, top: Int64, right: Int64, bottom: Int64) {
    let one: Int64 = 1_000_000
    guard left <= right, top <= bottom, left <= one, top <= one, right >= 0, bottom >= 0 else {
      return nil
    }
    let x = max(0, left)
    let y = max(0, top)
    self.init(
      x: Int32(truncatingIfNeeded: x), y: Int32(truncatingIfNeeded: y),
      width: Int32(truncatingIfNeeded: min(one, right) - x),
      height: Int32(truncatingIfNeeded: min(one, bottom) - y))
  }

  /// The same of edges in millionths of a pixel.
  init?(
    left: Int64, top: Int64, right: Int64, bottom: Int64, ofWidth width: Int32, height: Int32
  ) {
    self.init(
      left: Self.quotient(left, width), top: Self.quotient(top, height),
      right: Self.quotient(right, width), bottom: Self.quotient(bottom, height))
  }

  /// Rounded half away from zero. `divisor` is positive.
  private static func quotient(_ dividend: Int64, _ divisor: Int32) -> Int64 {
    let half = Int64(divisor) / 2
    return (dividend < 0 ? dividend - half : dividend + half) / Int64(divisor)
  }
}

/// Numbers and times.
extension JSONWriter {
  mutating func integer(_ value: Int64) {
    write(upTo: 20) { target in
      var end = target
      if value < 0 {
        end.pointee = UInt8(ascii: "-")
        end += 1
      }
      return end + Self.digits(value.magnitude, at: end) - target
    }
  }

  mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// A measured value: the shortest decimal that gives the same `Double` again. `null` for what JSON
  /// cannot say.
  mutating func value(_ value: Double?) {
    guard let value, value.isFinite else { return literal("null") }
    // Values come from decimals with few digits. What equals a whole number of millionths below 10¹⁵ of
    // them has at most 15 significant digits; a decimal so short is the only one of its length or
    // shorter that stands for this `Double`, so the long way would find the same.
    let scaled = (value * 1e6).rounded()
    if scaled.magnitude < 1e15, scaled / 1e6 == value, scaled != 0 || value.sign == .plus {
      decimal(Int64(scaled), places: 6)
    } else {
      shortest(value)
    }
  }

  /// A computed figure: nine decimals, or every digit where nine would leave too few.
  mutating func figure(_ value: Double?) {
    guard let value, value.isFinite else { return literal("null") }
    if value == 0 { return byte(UInt8(ascii: "0")) }
    guard value.magnitude >= 1e-3, value.magnitude < 1e6 else { return shortest(value) }
    decimal(Int64((value * 1e9).rounded()), places: 9)
  }

  /// The slow way, by Swift's own description: it may make a string on the heap.
  private mutating func shortest(_ value: Double) {
    var text = value.description
    text.withUTF8 { utf8 in
      // 5.0 is 5 in the rows from the fast way.
      let isWhole = utf8.count > 2 && utf8.suffix(2).elementsEqual(".0".utf8)
      raw(UnsafeBufferPointer(rebasing: utf8.dropLast(isWhole ? 2 : 0)))
    }
  }

  /// `value` · 10^−places without zeros at the end.
  private mutating func decimal(_ value: Int64, places: Int) {
    write(upTo: 24) { target in
      var end = target
      if value < 0 {
        end.pointee = UInt8(ascii: "-")
        end += 1
      }
      let scale: UInt64 = places == 6 ? 1_000_000 : 1_000_000_000
      let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: scale)
      end += Self.digits(whole, at: end)
      guard rest != 0 else { return end - target }
      end.pointee = UInt8(ascii: ".")
      Self.fixedDigits(rest, count: places, at: end + 1)
      end += 1 + places
      while (end - 1).pointee == UInt8(ascii: "0") { end -= 1 }
      return end - target
    }
  }

  @inline(__always)
  private static func digits(_ value: UInt64, at target: UnsafeMutablePointer<UInt8>) -> Int {
    var count = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      count += 1
    }
    fixedDigits(value, count: count, at: target)
    return count
  }

  /// The last `count` digits of `value`.
  @inline(__always)
  private static func fixedDigits(
    _ value: UInt64, count: Int, at target: UnsafeMutablePointer<UInt8>
  ) {
    var rest = value
    var place = count
    while place > 0 {
      place -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
  }

  // MARK: Times

  /// Milliseconds since 1970 as RFC 3339 in UTC: `"2026-11-21T04:32:00.123Z"`. Times outside of the
  /// years 0000 … 9999, which the format cannot say, become its first or last.
  mutating func time(_ milliseconds: Int64) {
    let time = min(max(milliseconds, CalendarDay.firstMillisecond), CalendarDay.lastMillisecond)
    let (day, ofDay) = CalendarDay.split(time)
    let date = CalendarDay(daysSince1970: day)
    write(upTo: 26) { target in
      target[0] = UInt8(ascii: "\"")
      Self.fixedDigits(UInt64(date.year), count: 4, at: target + 1)
      target[5] = UInt8(ascii: "-")
      Self.fixedDigits(UInt64(date.month), count: 2, at: target + 6)
      target[8] = UInt8(ascii: "-")
      Self.fixedDigits(UInt64(date.day), count: 2, at: target + 9)
      target[11] = UInt8(ascii: "T")
      let (seconds, fraction) = UInt64(ofDay).quotientAndRemainder(dividingBy: 1_000)
      Self.fixedDigits(seconds / 3_600, count: 2, at: target + 12)
      target[14] = UInt8(ascii: ":")
      Self.fixedDigits(seconds / 60 % 60, count: 2, at: target + 15)
      target[17] = UInt8(ascii: ":")
      Self.fixedDigits(seconds % 60, count: 2, at: target + 18)
      target[20] = UInt8(ascii: ".")
      Self.fixedDigits(fraction, count: 3, at: target + 21)
      target[24] = UInt8(ascii: "Z")
      target[25] = UInt8(ascii: "\"")
      return 26
    }
  }
}

/// Times as records write them, in milliseconds since 1970-01-01T00:00:00Z, fractions of a millisecond
/// rounded down.
///
/// Dates are read in two forms:
/// - RFC 3339, `2026-11-19T10:00:00.123Z`, with `T`, `t` or a space before the hour, any number of
///   fraction digits, and `Z`, `z` or an offset `±hh:mm`;
/// - `2017-10-01 19:53:03 123456`: a space or `T`, a space before one to six digits of a fraction, no
///   offset; the time is UTC.
///
/// A second 60 is accepted where a leap second can be, at 23:59:60 UTC, and counts as 23:59:59.999:
/// Unix time has no number for it, and a sample must not be lost or set into the next day.
enum RecordTime {
  /// The moment that `count` bytes at `text` write, or `nil` if they write none in 1970 … 9999.
  static func milliseconds(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
    // The shortest is "2017-10-01T19:53:03Z".
    guard count >= 20 else { return nil }
    let date = DatePart(text, like: 0x2D30_302D_3030_3030, marks: 0xFF00_00FF_0000_0000)
    let clock = DatePart(text + 11, like: 0x3030_3A30_303A_3030, marks: 0x0000_FF00_00FF_0000)
    let year = date.pair(at: 0) * 100 + date.pair(at: 2)
    let month = date.pair(at: 5)
    let (tens, ones) = (text[8] &- 0x30, text[9] &- 0x30)
    let day = Int64(tens) * 10 + Int64(ones)
    let (hour, minute, second) = (clock.pair(at: 0), clock.pair(at: 3), clock.pair(at: 6))
    let separator = text[10]
    guard date.isAlike, clock.isAlike, tens < 10, ones < 10,
      separator | 0x20 == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
      1...12 ~= month, day >= 1, day <= daysInMonth(month, year: year),
      hour <= 23, minute <= 59, second <= 60,
      let tail = Tail(text + 19, count: count - 19)
    else { return nil }

    let minutes = days(year, month, day) * 1440 + hour * 60 + minute - tail.offsetMinutes
    var time = minutes * 60_000
    if second < 60 {
      time += second * 1000 + tail.milliseconds
    } else {
      guard (minutes % 1440 + 1440) % 1440 == 1439 else { return nil }
      time += 59_999
    }
    return 0...Sample.maxTime ~= time ? time : nil
  }

  /// The local time that 19 bytes at `text` write, as if it were UTC: `2021-05-01 10:11:12`, or with
  /// colons in the date, as cameras write it into images (Exif 2.3, DateTimeOriginal).
  static func localMilliseconds(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
    guard count == 19, text[4] == text[7],
      text[4] == UInt8(ascii: "-") || text[4] == UInt8(ascii: ":")
    else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { date in
      for index in 0..<19 { date[index] = text[index] }
      date[4] = UInt8(ascii: "-")
      date[7] = UInt8(ascii: "-")
      date[19] = UInt8(ascii: "Z")
      guard let start = date.baseAddress else { return nil }
      return milliseconds(UnsafePointer(start), count: 20)
    }
  }

  /// The moment that a number of milliseconds means, or `nil` if it is not in 1970 … 9999.
  @inline(__always)
  static func milliseconds(_ number: DecimalText, powers: UnsafePointer<UInt64>) -> Int64? {
    var time = number.mantissa
    if time == 0 { return 0 }
    if number.isNegative { return nil }
    if number.exponent < 0 {
      time = number.exponent < -19 ? 0 : time / powers[-number.exponent]
    } else if number.exponent > 0 {
      guard number.exponent <= 15 else { return nil }
      let (product, isOverflow) = time.multipliedReportingOverflow(by: powers[number.exponent])
      guard !isOverflow else { return nil }
      time = product
    }
    return time <= UInt64(Sample.maxTime) ? Int64(time) : nil
  }

  /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are counted from March,
  /// so that the leap day is a year's last; 306 days lie between 1 March and 1 January, 719,468 between
  /// 0000-03-01 and 1970-01-01.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let marchMonth = month > 2 ? month - 3 : month + 9
    // Year 0 before March is the only negative one, and its times are rejected as before 1970.
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
  }

  private static func daysInMonth(_ month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Eight bytes of a date: digits, and what lies between them.
  private struct DatePart {
    private let pairs: UInt64
    /// Whether digits are where digits should be, and marks where marks should be.
    let isAlike: Bool

    /// - Parameters:
    ///   - pattern: The eight bytes with the digit 0 in each digit's place, the first in the lowest byte.
    ///   - marks: All bits of the bytes that are no digits.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, like pattern: UInt64, marks: UInt64) {
      let digits = EightBytes.load(text) ^ pattern
      isAlike = EightBytes.beyondNine(digits) | (digits & marks) == 0
      // In each byte the number that its digit and the next one write.
      pairs = digits &* 10 &+ (digits >> 8)
    }

    @inline(__always)
    func pair(at place: Int64) -> Int64 { Int64(pairs >> UInt64(place * 8) & 0xFF) }
  }

  /// What follows the seconds: a fraction and an offset.
  private struct Tail {
    var milliseconds: Int64 = 0
    var offsetMinutes: Int64 = 0

    init?(_ text: UnsafePointer<UInt8>, count: Int) {
      let mark = text[0]
      if mark == UInt8(ascii: " "), count == 7 {
        // Six digits. There is a byte before the mark, so that eight can be read.
        let digits = (EightBytes.load(text - 1) >> 16) ^ 0x3030_3030_3030
        guard EightBytes.beyondNine(digits) == 0 else { return nil }
        milliseconds = Int64(
          (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF))
        return
      }
      var index = 0
      var digits = 0
      if mark == UInt8(ascii: ".") || mark == UInt8(ascii: " ") {
        index = 1
        var scale: Int64 = 100
        while index < count, text[index] &- 0x30 < 10 {
          milliseconds += Int64(text[index] &- 0x30) * scale
          scale /= 10
          index += 1
        }
        digits = index - 1
        guard digits > 0 else { return nil }
      }
      if mark == UInt8(ascii: " ") {
        guard digits <= 6, index == count else { return nil }
        return
      }
      guard index < count else { return nil }
      let sign = text[index]
      if sign | 0x20 == UInt8(ascii: "z") {
        guard index + 1 == count else { return nil }
        return
      }
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index + 6 == count,
        text[index + 3] == UInt8(ascii: ":")
      else { return nil }
      var reader = DateReader(text + index)
      let hours = reader.number(at: 1, digits: 2)
      let minutes = reader.number(at: 4, digits: 2)
      guard reader.areDigits, hours <= 23, minutes <= 59 else { return nil }
      offsetMinutes = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
  }

  /// Reads groups of digits and remembers whether all were digits.
  private struct DateReader {
    private let text: UnsafePointer<UInt8>
    private(set) var areDigits = true

    @inline(__always)
    init(_ text: UnsafePointer<UInt8>) {
      self.text = text
    }

    @inline(__always)
    mutating func number(at offset: Int, digits: Int) -> Int64 {
      var number: Int64 = 0
      for index in offset..<(offset + digits) {
        let digit = text[index] &- 0x30
        areDigits = areDigits && digit < 10
        number = number &* 10 &+ Int64(digit)
      }
      return number
    }
  }
}

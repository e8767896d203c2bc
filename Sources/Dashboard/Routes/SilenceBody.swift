import Store

/// The body of `POST /api/v1/silences`.
struct SilenceBody {
  /// The longest silence, in milliseconds: 366 days, so that a year from today is never too long.
  static let maxSpan: Int64 = 366 * CalendarDay.millisecondsPerDay

  var silence: Silence

  /// - Parameter now: when it was asked for: a beginning in the past is moved here.
  /// - Throws: `BadParameter` for everything that is not exactly what it should be. What the matchers
  ///   say is not looked at.
  init(_ bytes: [UInt8], now: Int64) throws {
    let members = try BodyMembers(
      bytes, known: ["matchers", "duration", "starts", "ends", "author", "comment"])
    let matchers = try members.texts(
      "matchers", maxCount: Silence.maxMatchers, maxBytes: Silence.maxMatcherBytes)
    guard !matchers.isEmpty else {
      throw BadParameter(
        message: "matchers must have at least one element, like \"user=u-17\".")
    }
    let starts = max(try members.time("starts") ?? now, now)
    silence = Silence(
      matchers: matchers, starts: starts, ends: try Self.end(members, starts: starts, now: now),
      author: try members.text("author", maxBytes: Silence.maxAuthorBytes),
      comment: try members.text("comment", maxBytes: Silence.maxCommentBytes, lines: true),
      created: now)
  }

  private static func end(_ members: BodyMembers, starts: Int64, now: Int64) throws -> Int64 {
    let ends = try members.time("ends")
    guard let duration = members["duration"] else {
      guard let ends else {
        throw BadParameter(message: "One of duration and ends must be given.")
      }
      guard ends > now else { throw BadParameter(message: "ends must not be in the past.") }
      guard ends > starts else { throw BadParameter(message: "ends must be after starts.") }
      guard ends - starts <= maxSpan else {
        throw BadParameter(message: "A silence must not be longer than 366 days.")
      }
      return ends
    }
    guard ends == nil else {
      throw BadParameter(message: "duration and ends must not both be given.")
    }
    guard case .string(let text) = duration, let span = SpanText.parse(text), span > 0 else {
      throw BadParameter(
        message: "duration must be a string like \"30m\", \"2h\" or \"1d12h\", in the units w, d, "
          + "h, m and s.")
    }
    guard span <= maxSpan else {
      throw BadParameter(message: "A silence must not be longer than 366 days.")
    }
    return starts + span
  }
}

/// A length of time in words: whole numbers with the units `w`, `d`, `h`, `m` and `s`, each at most once
/// and the greater before the smaller, as in `1d12h`.
enum SpanText {
  private static let units: [(name: UInt8, milliseconds: Int64)] = [
    (UInt8(ascii: "w"), 7 * CalendarDay.millisecondsPerDay),
    (UInt8(ascii: "d"), CalendarDay.millisecondsPerDay), (UInt8(ascii: "h"), 3_600_000),
    (UInt8(ascii: "m"), 60_000), (UInt8(ascii: "s"), 1_000),
  ]

  /// Milliseconds; `nil` if `text` is no such thing, or has a number of more than nine digits.
  static func parse(_ text: String) -> Int64? {
    var sum: Int64 = 0
    var number: Int64?
    var digits = 0
    var left = units[...]
    for byte in text.utf8 {
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
        guard digits <= 9 else { return nil }
        number = (number ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
      } else {
        guard let count = number, let place = left.firstIndex(where: { $0.name == byte }) else {
          return nil
        }
        sum += count * left[place].milliseconds
        left = left[(place + 1)...]
        number = nil
        digits = 0
      }
    }
    return text.isEmpty || number != nil ? nil : sum
  }
}

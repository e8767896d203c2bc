/// What a benchmark wants to know of a row on an event stream, taken from its JSON without a parser:
/// a client that is slow would measure itself.
struct StreamedRow {
  var state: String
  var user: String
  /// Milliseconds since 1970: when the state changed, and the newest record, by the records' times.
  var since: Int64
  var lastSeen: Int64

  /// `nil` if it is no row.
  init?(_ json: Substring) {
    var rest = Array(json.utf8)[...]
    guard let user = Self.text("\"user\":\"", in: &rest),
      let state = Self.text("\"state\":\"", in: &rest),
      let since = Self.text("\"since\":\"", in: &rest).flatMap(Self.milliseconds),
      let lastSeen = Self.text("\"last_seen\":\"", in: &rest).flatMap(Self.milliseconds)
    else { return nil }
    self.user = String(decoding: user, as: UTF8.self)
    self.state = String(decoding: state, as: UTF8.self)
    (self.since, self.lastSeen) = (since, lastSeen)
  }

  /// The text behind `opening`, after which `rest` goes on: members have a fixed order.
  private static func text(
    _ opening: StaticString, in rest: inout ArraySlice<UInt8>
  ) -> ArraySlice<UInt8>? {
    let sought = UnsafeBufferPointer(start: opening.utf8Start, count: opening.utf8CodeUnitCount)
    while rest.count > sought.count {
      if rest.starts(with: sought) {
        rest = rest.dropFirst(sought.count)
        guard let end = rest.firstIndex(of: 0x22) else { return nil }
        defer { rest = rest[end...] }
        return rest[..<end]
      }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// `2026-11-21T04:32:00.123Z`
  static func milliseconds(_ text: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(text)
    guard bytes.count == 24 else { return nil }
    func number(_ place: Int, _ digits: Int) -> Int64 {
      bytes[place..<place + digits].reduce(0) { $0 * 10 + Int64($1) - 0x30 }
    }
    // Days since 1970 by the civil calendar: years begin in March, so that leap days come last.
    let month = number(5, 2)
    let year = number(0, 4) - (month <= 2 ? 1 : 0)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + number(8, 2) - 1
    let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    let seconds = days * 86_400 + number(11, 2) * 3_600 + number(14, 2) * 60 + number(17, 2)
    return seconds * 1_000 + number(20, 3)
  }
}

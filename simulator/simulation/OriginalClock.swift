/// Writes times as the original producer did: `2017-10-01 19:53:03 123456`, UTC, with microseconds.
struct OriginalClock {
  private var second = Int64.min
  private var civil = CivilTime(unixSeconds: 0)

  mutating func write(_ milliseconds: Int64, to buffer: inout RecordBuffer) {
    let seconds = milliseconds / 1_000
    if seconds != second {
      // Records come in the order of time, so most share their second with the one before.
      second = seconds
      civil = CivilTime(unixSeconds: seconds)
    }
    buffer.append(civil.year, digits: 4)
    buffer.append("-")
    buffer.append(civil.month, digits: 2)
    buffer.append("-")
    buffer.append(civil.day, digits: 2)
    buffer.append(" ")
    buffer.append(civil.second / 3_600, digits: 2)
    buffer.append(":")
    buffer.append(civil.second / 60 % 60, digits: 2)
    buffer.append(":")
    buffer.append(civil.second % 60, digits: 2)
    buffer.append(" ")
    buffer.append(milliseconds % 1_000 * 1_000, digits: 6)
  }
}

import Glibc

/// Records of the original's format, one of each user, written before they are needed: only the time is
/// put in when they are sent.
final class PacedRecords {
  let users: Int
  /// All records have the same length, and their id and time at the same places.
  let bytesPerRecord: Int
  private let keyRange: Range<Int>
  private let timeOffset: Int
  /// The users' records, and behind them those with a value that is far from usual.
  private let memory: UnsafeMutableRawBufferPointer
  private var time = [UInt8](repeating: 0x30, count: 26)
  private var day: Int64 = -1

  init(users: Int) {
    self.users = users
    let digits = max(4, String(users).count)
    var bytes: [UInt8] = []
    var places = (key: 0..<0, time: 0, length: 0)
    for isSpike in [false, true] {
      for user in 0..<users {
        let number = String(user)
        let id = "u" + String(repeating: "0", count: digits - number.count) + number
        let opening = "{\"userid\": \""
        let before = opening + id + "\", \"time\": \""
        // Small differences, well below what is flagged.
        let value = isSpike ? "5.125" : Figures.fixed(1 + Double(user &* 7_919 % 61) / 1_000, 3)
        let record =
          before + String(repeating: "0", count: 26) + "\", \"acc\": \"" + value + "\"}"
        let start = opening.utf8.count
        places = (start..<start + id.utf8.count, before.utf8.count, record.utf8.count)
        bytes += record.utf8
      }
    }
    (keyRange, timeOffset, bytesPerRecord) = places
    memory = .allocate(byteCount: bytes.count, alignment: 16)
    memory.copyBytes(from: bytes)
  }

  deinit { memory.deallocate() }

  /// Sets the time of the records that follow: milliseconds since 1970, UTC.
  func setTime(_ milliseconds: Int64) {
    let second = milliseconds / 1_000
    if second / 86_400 != day {
      day = second / 86_400
      var moment = time_t(second)
      var parts = tm()
      gmtime_r(&moment, &parts)
      put(Int(parts.tm_year) + 1_900, digits: 4, at: 0)
      put(Int(parts.tm_mon) + 1, digits: 2, at: 5)
      put(Int(parts.tm_mday), digits: 2, at: 8)
      (time[4], time[7], time[10]) = (0x2D, 0x2D, 0x20)
      (time[13], time[16], time[19]) = (0x3A, 0x3A, 0x20)
    }
    let ofDay = Int(second % 86_400)
    put(ofDay / 3_600, digits: 2, at: 11)
    put(ofDay / 60 % 60, digits: 2, at: 14)
    put(ofDay % 60, digits: 2, at: 17)
    put(Int(milliseconds % 1_000) * 1_000, digits: 6, at: 20)
  }

  private func put(_ number: Int, digits: Int, at place: Int) {
    var rest = number
    for digit in stride(from: place + digits - 1, through: place, by: -1) {
      time[digit] = 0x30 + UInt8(rest % 10)
      rest /= 10
    }
  }

  /// A user's record with the time that was set, and its key inside; valid until the user's next one.
  @inline(__always)
  func record(
    of user: Int, isSpike: Bool
  ) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let start = (isSpike ? users + user : user) * bytesPerRecord
    let record = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytesPerRecord])
    UnsafeMutableRawBufferPointer(rebasing: record[timeOffset..<timeOffset + time.count])
      .copyBytes(from: time)
    let value = UnsafeRawBufferPointer(record)
    return (UnsafeRawBufferPointer(rebasing: value[keyRange]), value)
  }
}

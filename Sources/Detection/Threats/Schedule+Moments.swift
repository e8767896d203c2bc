import Events

extension Schedule {
  private static let day: Int64 = 86_400_000

  /// Whether `time` (milliseconds since 1970) lies in the schedule by the clocks of a zone. Which zone
  /// that is, for ``zone`` or for a device, the caller knows.
  public func isOpen(at time: Int64, offsets: ZoneOffsets) -> Bool {
    contains(local: time + offsets.offset(at: time))
  }

  /// The first moment after `time` at which the schedule is closed; `nil` if it is always open.
  ///
  /// It opens and closes only when the clocks show `from`, `to` or midnight, or are put forward or back:
  /// these moments of eight days are looked at. Around a change of the clocks a moment comes twice.
  public func closes(after time: Int64, offsets: ZoneOffsets) -> Int64? {
    let horizon = time + 8 * Self.day
    let today = time + offsets.offset(at: time)
    let midnight = today - Self.timeOfDay(today)
    var first: Int64?
    func consider(_ moment: Int64) {
      guard moment > time, first.map({ moment < $0 }) ?? true else { return }
      if !isOpen(at: moment, offsets: offsets) { first = moment }
    }
    for day in -1...8 {
      let midnight = midnight + Int64(day) * Self.day
      for minutes in [0, from, to] {
        let local = midnight + Int64(minutes) * 60_000
        consider(local - offsets.offset(at: local - Self.day))
        consider(local - offsets.offset(at: local + Self.day))
      }
    }
    for change in offsets.changes where change.from > time && change.from <= horizon {
      consider(change.from)
    }
    return first
  }

  /// Whether clocks that show `local` (milliseconds since 1970 as if it were UTC) are in the schedule.
  func contains(local: Int64) -> Bool {
    let moment = Self.timeOfDay(local)
    let from = Int64(self.from) * 60_000
    let to = Int64(self.to) * 60_000
    if to > from {
      return moment >= from && moment < to && isDay(Self.weekday(local))
    }
    // Over midnight: the evening of a day that is named, or the morning after one.
    return moment >= from && isDay(Self.weekday(local))
      || moment < to && isDay((Self.weekday(local) + 6) % 7)
  }

  func isDay(_ weekday: Int) -> Bool { days >> UInt8(weekday) & 1 == 1 }

  /// Milliseconds after midnight.
  static func timeOfDay(_ local: Int64) -> Int64 { local - dayNumber(local) * day }

  /// 0 is Monday. 1970-01-01 was a Thursday.
  static func weekday(_ local: Int64) -> Int { Int(((dayNumber(local) + 3) % 7 + 7) % 7) }

  private static func dayNumber(_ local: Int64) -> Int64 {
    local >= 0 ? local / day : (local - day + 1) / day
  }
}

import Events
import Testing

@testable import Detection

@Suite struct ScheduleMomentTests {
  /// 2026-03-23 00:00 UTC, a Monday; clocks in Berlin are put forward on the 29th at 01:00 UTC.
  private static let monday: Int64 = 1_774_224_000_000
  private static let hour: Int64 = 3_600_000
  private static let berlin = ZoneOffsets(changes: [
    .init(from: .min, offset: hour),
    .init(from: monday + (6 * 24 + 1) * hour, offset: 2 * hour),
    .init(from: monday + (217 * 24 + 1) * hour, offset: hour),
  ])

  @Test func nightClosesInTheMorning() {
    let night = Schedule(days: 0b0001_1111, from: 22 * 60, to: 6 * 60)
    let friday = Self.monday + (4 * 24 + 23) * Self.hour
    #expect(night.isOpen(at: friday, offsets: .utc))
    #expect(night.closes(after: friday, offsets: .utc) == Self.monday + (5 * 24 + 6) * Self.hour)
    #expect(!night.isOpen(at: friday + 24 * Self.hour, offsets: .utc))
  }

  @Test func wholeDaysCloseAtMidnight() {
    let weekend = Schedule(days: 0b0110_0000)
    let saturday = Self.monday + (5 * 24 + 3) * Self.hour
    #expect(weekend.closes(after: saturday, offsets: .utc) == Self.monday + 7 * 24 * Self.hour)
  }

  @Test func alwaysNeverCloses() {
    #expect(Schedule().closes(after: Self.monday, offsets: Self.berlin) == nil)
    #expect(Schedule(from: 60, to: 60).closes(after: Self.monday, offsets: .utc) == nil)
  }

  @Test(arguments: [
    Schedule(from: 60, to: 150), Schedule(from: 22 * 60, to: 150), Schedule(from: 120, to: 180),
    Schedule(days: 0b0100_0000, from: 30, to: 200), Schedule(days: 0b0010_0001),
  ])
  func isTheFirstClosedMinuteAlsoWhenClocksChange(_ schedule: Schedule) {
    for change in Self.berlin.changes.dropFirst() {
      for step in stride(from: -600 as Int64, to: 600, by: 7) {
        let time = change.from + step * 60_000
        guard schedule.isOpen(at: time, offsets: Self.berlin) else { continue }
        var closed = time
        while schedule.isOpen(at: closed, offsets: Self.berlin), closed < time + 192 * Self.hour {
          closed += 60_000
        }
        #expect(schedule.closes(after: time, offsets: Self.berlin) == closed)
      }
    }
  }
}

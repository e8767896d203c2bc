import Testing

@testable import Alerting

@Suite struct LocalTimeTests {
  @Test(
    arguments: [
      ("UTC", "Sat 21 Nov 2026 10:32:00 UTC"), ("", "Sat 21 Nov 2026 10:32:00 UTC"),
      ("Nowhere/Else", "Sat 21 Nov 2026 10:32:00 UTC"),
      ("America/New_York", "Sat 21 Nov 2026 05:32:00 EST (America/New_York)"),
      ("Asia/Kolkata", "Sat 21 Nov 2026 16:02:00 UTC+05:30 (Asia/Kolkata)"),
    ])
  func isShownInItsZone(_ zone: String, text: String) {
    #expect(LocalTime.text(MessageSample.began, zone: zone) == text)
  }

  @Test func knowsSummerTime() {
    // 2026-07-01T10:00:00Z.
    #expect(
      LocalTime.text(1_782_900_000_000, zone: "America/New_York")
        == "Wed 1 Jul 2026 06:00:00 EDT (America/New_York)")
  }

  @Test func goesBackBefore1970AndEndsNowhere() {
    #expect(LocalTime.text(-1, zone: "UTC") == "Wed 31 Dec 1969 23:59:59 UTC")
    #expect(LocalTime.text(Int64.max, zone: "UTC").isEmpty == false)
    #expect(LocalTime.text(Int64.min, zone: "America/New_York").isEmpty == false)
    #expect(LocalTime.text(nil, zone: "UTC").isEmpty)
  }

  @Test func isSpoken() {
    #expect(LocalTime(MessageSample.began, zone: "America/New_York")?.spoken == "5:32 AM")
    #expect(LocalTime(MessageSample.began + 7_200_000, zone: "UTC")?.spoken == "12:32 PM")
    #expect(LocalTime(MessageSample.began - 36_000_000, zone: "UTC")?.spoken == "12:32 AM")
  }
}

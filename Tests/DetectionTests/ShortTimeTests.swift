import Events
import Testing

@testable import Detection

@Suite struct ShortTimeTests {
  @Test func itTakesSixBytes() {
    #expect(MemoryLayout<ShortTime>.size == 6)
  }

  @Test(arguments: [.min, -17_000_000_000_000, -1, 0, 1, 1 << 32 - 1, 1 << 32, Sample.maxTime])
  func timesOfRecords_AreKept(time: Int64) {
    #expect(ShortTime(time).value == time)
  }

  @Test func anyTimeBetweenTheBounds_IsKept() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<10_000 {
      let time = Int64.random(in: -17_000_000_000_000...Sample.maxTime, using: &generator)
      #expect(ShortTime(time).value == time)
    }
  }

  /// What no record says, but a damaged row might: it is cut, and nothing fails.
  @Test func whatLiesBeyond_IsCut() {
    #expect(ShortTime(.max).value > Sample.maxTime)
    #expect(ShortTime(.max).value == ShortTime(.max - 1).value)
    #expect(ShortTime(Sample.maxTime + 1 << 50).value > Sample.maxTime)
    #expect(ShortTime(.min + 1).value == .min)
  }
}

import Testing

@testable import AcalertService

struct RateMeterTests {
  @Test func nothingIsNoRate() {
    var meter = RateMeter()
    #expect(meter.perSecond(at: 100) == 0)
  }

  @Test func steadyFlowHasItsRate() {
    var meter = RateMeter()
    var now = 5_000.0
    for step in 0..<2_000 {
      meter.add(10, at: now)
      now += 0.01
      // After a second the rate is 1,000; a slot that has just begun may miss a twentieth.
      if step > 150 { #expect((940...1_060).contains(meter.perSecond(at: now))) }
    }
  }

  @Test func firstSecondIsNotExaggerated() {
    var meter = RateMeter()
    meter.add(500, at: 10)
    #expect(meter.perSecond(at: 10.001) == 500)
  }

  @Test func silenceFadesWithinFiveSeconds() {
    var meter = RateMeter()
    for step in 0..<100 { meter.add(10, at: 50 + Double(step) * 0.1) }
    #expect(meter.perSecond(at: 60) > 90)
    #expect((1...60).contains(meter.perSecond(at: 63)))
    #expect(meter.perSecond(at: 65.3) == 0)
    #expect(meter.perSecond(at: 1e6) == 0)
  }

  @Test func clockThatStandsStillOrGoesBackLosesNothing() {
    var meter = RateMeter()
    meter.add(10, at: 50)
    meter.add(10, at: 50)
    meter.add(10, at: 49)
    #expect(meter.perSecond(at: 50) == 30)
  }
}

import Backtesting
import Testing

@Suite struct TallyTests {
  @Test func talliesAddUp() {
    var one = Tally()
    one.events = 2
    one.detected = 1
    var sum = one
    sum += one
    #expect(sum.events == 4)
    #expect(sum.sensitivity == 0.5)
  }
}

import Testing

@testable import Backtesting

struct TuningObjectiveTests {
  static func tally(
    events: Int = 100, detected: Int, quiet: Int = 100, alarmed: Int = 0, falseAlarms: Int? = nil,
    hours: Double = 10
  ) -> Tally {
    var tally = Tally()
    tally.events = events
    tally.detected = detected
    tally.quietTrials = quiet
    tally.alarmedTrials = alarmed
    tally.falseAlarms = falseAlarms ?? alarmed
    tally.quietTime = Int64(hours * 3_600_000)
    tally.delays = Array(repeating: 2_000, count: detected)
    return tally
  }

  private static let objectives = [
    Objective(), Objective(.youden), Objective(.fBeta(1)), Objective(.fBeta(2)),
    Objective(maxFalseAlarmsPerHour: 1), Objective(maxFalseAlarmsPerHour: 0),
    Objective(minSpecificity: 0.9), Objective(minSpecificity: 1),
    Objective(.fBeta(0.5), maxFalseAlarmsPerHour: 0.5, minSpecificity: 0.95),
  ]

  @Test func moreDetectedIsBetterAndMoreAlarmsAreWorse() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let detected = Int(random.below(100))
      let alarmed = Int(random.below(100))
      for objective in Self.objectives {
        let score = objective.score(Self.tally(detected: detected, alarmed: alarmed))
        #expect(score < objective.score(Self.tally(detected: detected + 1, alarmed: alarmed)))
        #expect(score > objective.score(Self.tally(detected: detected, alarmed: alarmed + 1)))
        #expect(score == objective.score(Self.tally(detected: detected, alarmed: alarmed)))
      }
    }
  }

  @Test func withinTheLimitsComesBeforeBeyond() {
    let objective = Objective(maxFalseAlarmsPerHour: 1, minSpecificity: 0.9)
    let poor = objective.score(Self.tally(detected: 1, alarmed: 10))
    let eager = objective.score(Self.tally(detected: 100, alarmed: 11))
    #expect(poor.isWithinLimits)
    #expect(!eager.isWithinLimits)
    #expect(poor > eager)
    // At the limit is within it.
    #expect(objective.score(Self.tally(detected: 1, alarmed: 10, falseAlarms: 10)).excess == 0)
  }

  @Test func excessIsTheShareOfWhatIsAllowed() {
    let objective = Objective(maxFalseAlarmsPerHour: 2, minSpecificity: 0.75)
    let score = objective.score(Self.tally(detected: 1, alarmed: 50, falseAlarms: 60))
    // 6 an hour where 2 are allowed; half of the trials alarmed where a quarter is allowed.
    #expect(score.excess == 2 + 1)
    #expect(
      Objective(maxFalseAlarmsPerHour: 0).score(Self.tally(detected: 1, falseAlarms: 5)).excess
        == 0.5)
    #expect(Objective(minSpecificity: 1).score(Self.tally(detected: 1, alarmed: 25)).excess == 0.25)
  }

  @Test func goalsAreTheirFormulas() {
    let tally = Self.tally(detected: 80, alarmed: 10, falseAlarms: 20)
    #expect(Objective().score(tally).goal == 0.8)
    #expect(abs(Objective(.youden).score(tally).goal - 0.7) < 1e-12)
    #expect(Objective(.fBeta(1)).score(tally).goal == 160.0 / (160 + 20 + 20))
    #expect(Objective(.fBeta(2)).score(tally).goal == 400.0 / (400 + 80 + 20))
  }

  @Test func whatCannotBeMeasuredDoesNotCrash() {
    var empty = Tally()
    for objective in Self.objectives {
      #expect(objective.score(empty).isWithinLimits)
      #expect(objective.score(empty) == objective.score(empty))
    }
    empty.events = 3
    #expect(Objective().score(empty).goal == 0)
  }

  @Test func quickerWinsWhereAllElseIsEqual() {
    var slow = Self.tally(detected: 10)
    slow.delays[3] += 1
    let objective = Objective()
    #expect(objective.score(slow) < objective.score(Self.tally(detected: 10)))
  }

  @Test func goalsAreReadAsTheyAreWritten() {
    for text in ["sensitivity", "youden", "f1", "f2", "f0.5"] {
      #expect(Objective.Goal(text)?.description == text)
    }
    for text in ["", "f", "f0", "f-1", "fnan", "recall", "f1e1"] {
      #expect(Objective.Goal(text) == nil)
    }
    #expect(
      "\(Objective(maxFalseAlarmsPerHour: 1.5, minSpecificity: 0.99))"
        == "sensitivity, at most 1.5 false alarms/h, specificity at least 0.99")
  }
}

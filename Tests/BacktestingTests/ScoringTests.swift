import Testing

@testable import Backtesting

@Suite struct ScoringTests {
  private struct Case {
    var label: TrialLabel
    var alarms: [Int64]
    var span: ClosedRange<Int64>
  }

  private static func cases(_ count: Int, seed: UInt64) -> [Case] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let span: ClosedRange<Int64> = 0...Int64.random(in: 5_000...60_000, using: &random)
      var label = TrialLabel(user: "u-\(Int.random(in: 0...3, using: &random))")
      var next: Int64 = 0
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let start = next + Int64.random(in: 0...20_000, using: &random)
        let end = start + Int64.random(in: 0...2_000, using: &random)
        label.events.append(
          LabelledEvent(impact: Bool.random(using: &random) ? start : nil, interval: start...end))
        next = end
      }
      label.isQuietOutside = Bool.random(using: &random)
      if label.events.isEmpty { label.quiet = [span] }
      let alarms = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Int64.random(in: span, using: &random)
      }
      return Case(label: label, alarms: alarms.sorted(), span: span)
    }
  }

  /// Event by event, alarm by alarm, millisecond by millisecond.
  private static func reference(_ one: Case, before: Int64, after: Int64) -> Tally {
    var tally = Tally()
    func isNear(_ time: Int64, _ event: LabelledEvent) -> Bool {
      let start = event.impact ?? event.interval.lowerBound
      let end = event.impact ?? event.interval.upperBound
      return time >= start - before && time <= end + after
    }
    tally.events = one.label.events.count
    for event in one.label.events {
      var delay: Int64?
      for alarm in one.alarms.reversed() where isNear(alarm, event) {
        delay = alarm - (event.impact ?? event.interval.lowerBound)
      }
      if let delay {
        tally.detected += 1
        tally.delays.append(delay)
      }
    }
    for alarm in one.alarms where !one.label.events.contains(where: { isNear(alarm, $0) }) {
      if one.label.events.isEmpty || one.label.isQuietOutside {
        tally.falseAlarms += 1
      } else {
        tally.outsideAlarms += 1
      }
    }
    if one.label.events.isEmpty {
      tally.quietTrials = 1
      tally.alarmedTrials = one.alarms.isEmpty ? 0 : 1
      tally.quietTime = one.span.upperBound - one.span.lowerBound
    } else if one.label.isQuietOutside {
      // A stretch between two whole milliseconds is quiet if it is not within an event's time.
      for time in one.span.lowerBound..<one.span.upperBound
      where !one.label.events.contains(where: { isNear(time, $0) && isNear(time + 1, $0) }) {
        tally.quietTime += 1
      }
    }
    return tally
  }

  @Test func scoresAreThoseOfCountingOneByOne() {
    for one in Self.cases(150, seed: 3) {
      let scoring = EventScoring(before: 1_500, after: 6_000)
      let tally = scoring.score(alarms: one.alarms, one.label, span: one.span).tally
      #expect(tally == Self.reference(one, before: 1_500, after: 6_000))
    }
  }

  @Test func warningsThatAreConfirmedAndWithdrawn() {
    var outcome = TrialOutcome()
    outcome.span = 0...60_000
    outcome.warnings = [
      .init(time: 10_500, end: .confirmed(12_000)), .init(time: 40_000, end: .withdrawn(41_500)),
    ]
    outcome.alarms = [.init(time: 12_000, cause: .fall)]
    let label = TrialLabel(
      user: "u", events: [LabelledEvent(impact: 10_000, interval: 10_000...10_000)],
      isQuietOutside: true)
    let tally = EventScoring().score(outcome, label).tally
    #expect(tally.warnings == 2 && tally.confirmedWarnings == 1 && tally.withdrawnWarnings == 1)
    #expect(tally.quietWarnings == 1 && tally.warnedEvents == 1)
    #expect(tally.warningDelays == [500] && tally.delays == [2_000])
    #expect(tally.withdrawnShare == 0.5)
  }

  @Test func theCurveIsThatOfScoringAtEachThreshold() {
    var random = SplitMix64(seed: 11)
    let trials = Self.cases(60, seed: 5).map { one in
      ThresholdCurve.Trial(
        label: one.label, span: one.span,
        candidates: one.alarms.map {
          AlarmCandidate(time: $0, score: Double(Int.random(in: 0...20, using: &random)) / 20)
        })
    }
    let curve = ThresholdCurve(trials, scoring: EventScoring(), refractory: 10_000)
    #expect(curve.points.count == Set(trials.flatMap { $0.candidates.map(\.score) }).count)
    for point in curve.points {
      var tally = Tally()
      for trial in trials {
        var alarms: [Int64] = []
        for candidate in trial.candidates where candidate.score >= point.threshold {
          if alarms.isEmpty || candidate.time >= alarms[alarms.count - 1] + 10_000 {
            alarms.append(candidate.time)
          }
        }
        tally += Self.reference(
          Case(label: trial.label, alarms: alarms, span: trial.span), before: 1_500, after: 6_000)
      }
      #expect(point.events == tally.events && point.detected == tally.detected)
      #expect(point.falseAlarms == tally.falseAlarms && point.quietTime == tally.quietTime)
      #expect(point.alarmedTrials == tally.alarmedTrials)
    }
  }

  @Test func averagePrecisionOfAPerfectRankingIsOne() {
    let event = LabelledEvent(impact: 5_000, interval: 5_000...5_000)
    let fall = ThresholdCurve.Trial(
      label: TrialLabel(user: "u", events: [event]), span: 0...20_000,
      candidates: [AlarmCandidate(time: 7_000, score: 0.9)])
    let quiet = ThresholdCurve.Trial(
      label: TrialLabel(user: "u", quiet: [0...20_000]), span: 0...20_000,
      candidates: [AlarmCandidate(time: 7_000, score: 0.2)])
    let curve = ThresholdCurve([fall, quiet], scoring: EventScoring(), refractory: 0)
    #expect(curve.averagePrecision == 1)
    #expect(curve.points.map(\.tally.precision) == [0.5, 1])
  }

  @Test func quantilesAreByNearestRank() {
    #expect(Tally.quantile(0.5, of: []) == nil)
    #expect(Tally.quantile(0.5, of: [3, 1, 2]) == 2)
    #expect(Tally.quantile(0.95, of: Array(1...100)) == 95)
    #expect(Tally.quantile(1, of: [1, 9]) == 9)
  }

  @Test func intervalsAreTheSameForTheSameSeed() {
    var users: [String: Tally] = [:]
    for number in 0..<12 {
      var tally = Tally()
      tally.events = 90 + number
      tally.detected = 50 + number * 3
      users["u-\(number)"] = tally
    }
    let one = Bootstrap(users: users, seed: 4)
    #expect(one == Bootstrap(users: users, seed: 4))
    #expect(one != Bootstrap(users: users, seed: 5))
    let interval = one.sensitivity
    #expect(interval.map { 0.5 < $0.low && $0.low < $0.high && $0.high < 0.85 } == true)
    #expect(one.specificity == nil)
  }
}

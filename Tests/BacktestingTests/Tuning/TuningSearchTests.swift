import Foundation
import Testing

@testable import Backtesting

/// A world in which every user has a threshold at which falls are told, and another for false alarms.
struct SyntheticUsers {
  var users: [String: [UInt64]]

  init(_ count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    users = [:]
    for number in 0..<count {
      users["u-\(number)"] = (0..<(number % 4 == 3 ? 10 : 25)).map { _ in random.below(1000) }
    }
  }

  /// Trials above the threshold alarm; in every user the first 15 hold no event.
  func judge(_ set: ParameterSet) -> [String: Tally] {
    let threshold = set.settings.first.flatMap { UInt64($0.value) } ?? 500
    return users.mapValues { scores in
      var tally = Tally()
      for (place, score) in scores.enumerated() {
        if place < 15 {
          tally.quietTrials += 1
          tally.quietTime += 60_000
          if score * 3 / 4 > threshold {
            tally.alarmedTrials += 1
            tally.falseAlarms += 1 + place % 2
          }
        } else {
          tally.events += 1
          if score + 300 > threshold {
            tally.detected += 1
            tally.delays.append(Int64(score))
          }
        }
      }
      return tally
    }
  }
}

struct TuningSearchTests {
  private static let sets = stride(from: 0, through: 1000, by: 20).map {
    ParameterSet([.init("threshold", "\($0)")])
  }

  private static func run(
    _ world: SyntheticUsers, _ search: Search, _ sets: [ParameterSet] = sets
  ) throws -> TuningReport {
    try search.run(sets, now: { 0 }, evaluate: world.judge)
  }

  @Test func noUserIsOnBothSidesAndEachIsHeldOutOnce() throws {
    for seed in 0..<20 as Range<UInt64> {
      let world = SyntheticUsers(9 + Int(seed), seed: seed)
      let report = try Self.run(world, Search(objective: Objective(), foldCount: 4, seed: seed))
      #expect(report.rounds.flatMap(\.users).sorted() == world.users.keys.sorted())
      for round in report.rounds {
        let tallies = world.judge(report.trials[round.chosen].parameters)
        // What the choice was made by is the sum of exactly those who are not held out.
        var training = Tally()
        var heldOut = Tally()
        for (user, tally) in tallies {
          if round.users.contains(user) { heldOut += tally } else { training += tally }
        }
        #expect(Self.sorted(training) == Self.sorted(round.training))
        #expect(Self.sorted(heldOut) == Self.sorted(round.heldOut))
      }
    }
  }

  @Test func nestedEstimateEqualsBruteForce() throws {
    for seed in 0..<20 as Range<UInt64> {
      let world = SyntheticUsers(11, seed: seed)
      let objective = Objective(.fBeta(1), maxFalseAlarmsPerHour: 20)
      let report = try Self.run(world, Search(objective: objective, foldCount: 3, seed: seed))
      let folds = try Folds(
        3, of: world.judge(ParameterSet()).mapValues { $0.events > 0 }, seed: seed)

      var nested = Tally()
      for held in folds.users {
        // Every set judged anew on the others alone, the first best taken.
        var best: (set: ParameterSet, score: Objective.Score)?
        for set in [ParameterSet()] + Self.sets {
          var training = Tally()
          for (user, tally) in world.judge(set) where !held.contains(user) { training += tally }
          let score = objective.score(training)
          if let current = best, !(current.score < score) { continue }
          best = (set, score)
        }
        let chosen = try #require(best).set
        for (user, tally) in world.judge(chosen) where held.contains(user) { nested += tally }
      }
      #expect(Self.sorted(report.nested) == Self.sorted(nested))
    }
  }

  @Test func chosenIsBestOnAllAndTheFirstOfEquals() throws {
    let world = SyntheticUsers(12, seed: 4)
    let report = try Self.run(world, Search(objective: Objective(.youden), foldCount: 3))
    let best = report.trials.map(\.score).max()
    #expect(report.trials[report.chosen].score == best)
    #expect(report.trials.firstIndex { $0.score == best } == report.chosen)
    #expect(report.ranking.first == report.chosen)
    // A set equal to the configuration as it is never displaces it.
    let same = try Self.run(
      world, Search(objective: Objective(), foldCount: 3),
      [ParameterSet([.init("threshold", "500")])])
    #expect(same.chosen == 0)
    #expect(same.parameters == ParameterSet())
  }

  @Test func sameSeedGivesTheSameBytes() throws {
    let world = SyntheticUsers(15, seed: 2)
    let search = Search(objective: Objective(minSpecificity: 0.8), foldCount: 5, seed: 9)
    let report = try Self.run(world, search)
    let again = try Self.run(world, search)
    #expect(report == again)
    #expect(report.text() == again.text())
    #expect(try report.json() == again.json())
    var other = search
    other.seed = 10
    #expect(try Self.run(world, other).json() != report.json())
  }

  @Test func eachSetIsJudgedOnceInOrderAndProgressIsTold() throws {
    let world = SyntheticUsers(6, seed: 1)
    var judged: [ParameterSet] = []
    var told: [Search.Progress] = []
    var clock: Int64 = 1_000
    _ = try Search(objective: Objective(), foldCount: 2).run(
      Array(Self.sets.prefix(4)), now: { clock }, progress: { told.append($0) },
      evaluate: { set in
        judged.append(set)
        clock += 500
        return world.judge(set)
      })
    #expect(judged == [ParameterSet()] + Self.sets.prefix(4))
    #expect(told.map(\.done) == [0, 1, 2, 3, 4, 5])
    #expect(told.allSatisfy { $0.total == 5 })
    #expect(told.map(\.remaining) == [nil, 2_000, 1_500, 1_000, 500, 0])
  }

  @Test func nothingToMeasureByIsSaidAfterTheFirstSet() {
    var count = 0
    func error(_ objective: Objective, _ folds: Int, _ tallies: [String: Tally]) -> String? {
      count = 0
      do {
        _ = try Search(objective: objective, foldCount: folds).run(
          Self.sets, now: { 0 },
          evaluate: { _ in
            count += 1
            return tallies
          })
        return nil
      } catch {
        return "\(error)"
      }
    }
    let good = TuningObjectiveTests.tally(detected: 5)
    let noEvents = TuningObjectiveTests.tally(events: 0, detected: 0)
    let noQuiet = TuningObjectiveTests.tally(detected: 5, quiet: 0, hours: 0)
    #expect(error(Objective(), 2, ["a": noEvents, "b": noEvents])?.contains("event") == true)
    #expect(count == 1)
    #expect(
      error(Objective(.youden), 2, ["a": noQuiet, "b": noQuiet])?.contains("without") == true)
    #expect(error(Objective(), 2, ["a": noQuiet, "b": noQuiet]) == nil)
    #expect(
      error(Objective(), 3, ["a": good, "b": good])?.contains("3 folds need 3 users") == true)
    #expect(count == 1)
  }

  @Test func otherUsersAreAnError() {
    let good = TuningObjectiveTests.tally(detected: 5)
    #expect(throws: TuningError.self) {
      try Search(objective: Objective(), foldCount: 2).run(
        Self.sets, now: { 0 },
        evaluate: { set in
          set.settings.isEmpty ? ["a": good, "b": good] : ["a": good, "c": good]
        })
    }
  }

  @Test func reportSaysWhatWasTriedAndChosen() throws {
    let world = SyntheticUsers(10, seed: 6)
    var report = try Self.run(
      world, Search(objective: Objective(maxFalseAlarmsPerHour: 0, minSpecificity: 1), foldCount: 5)
    )
    report.method = "grid"
    report.refused = [.init(ParameterSet([.init("threshold", "-1")]), reason: "is below 0")]
    let text = report.text(shown: 3)
    #expect(text.contains("tried: 52 sets (grid)"))
    #expect(text.contains("refused: 1 sets, e.g. threshold = -1: is below 0"))
    #expect(text.contains("chosen: set \(report.chosen): \(report.parameters)"))
    #expect(text.contains("as it is"))
    #expect(text.contains("and 48 more"))
    #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test func jsonHoldsEverySetAndFold() throws {
    let report = try Self.run(
      SyntheticUsers(10, seed: 6), Search(objective: Objective(), foldCount: 5, seed: 8))
    let json = try #require(
      try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    #expect(json["objective"] as? String == "sensitivity")
    #expect(json["maxFalseAlarmsPerHour"] == nil)
    #expect(json["chosen"] as? Int == report.chosen)
    let sets = try #require(json["sets"] as? [[String: Any]])
    #expect(sets.compactMap { $0["set"] as? Int } == Array(report.trials.indices))
    #expect(sets[3]["parameters"] as? [String: String] == ["threshold": "40"])
    let folds = try #require(json["folds"] as? [[String: Any]])
    #expect(folds.compactMap { $0["users"] as? [String] } == report.rounds.map(\.users))
    let nested = try #require(json["nested"] as? [String: Any])
    #expect(nested["detected"] as? Int == report.nested.detected)
    #expect(nested["sensitivity"] as? Double == report.nested.sensitivity)
  }

  @Test func remainingTimeIsSaidShortly() {
    #expect(RemainingTime(start: 0).estimate(done: 0, of: 5, now: 10) == nil)
    #expect(RemainingTime(start: 100).estimate(done: 5, of: 5, now: 900) == 0)
    #expect(RemainingTime.text(8_400) == "8 s")
    #expect(RemainingTime.text(200_000) == "3 min 20 s")
    #expect(RemainingTime.text(7_500_000) == "2 h 05 min")
  }

  private static func sorted(_ tally: Tally) -> Tally {
    var tally = tally
    tally.delays.sort()
    return tally
  }
}

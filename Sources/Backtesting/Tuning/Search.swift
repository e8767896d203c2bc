/// Tries sets of parameters on a training set, chooses one, and says honestly how good that choice is.
///
/// Nothing is learned inside a trial, so each set is judged once over all trials, and what a set comes to on
/// some users is a sum of theirs. Two choices are made of the same figures:
/// - **The set to use** is the best on all users.
/// - **The nested estimate** says what such a choice is worth on people it has not seen: for each fold, the
///   best set on the users of the other folds judges the users of this one; the sum over the folds is the
///   estimate. No set in it has been chosen by the users it is measured on. (Nested cross-validation, of
///   which the inner selection needs no folds of its own: Varma and Simon, BMC Bioinformatics 7:91, 2006.)
public struct Search: Sendable {
  public var objective: Objective
  public var foldCount: Int
  public var seed: UInt64

  public init(objective: Objective, foldCount: Int = 10, seed: UInt64 = 1) {
    self.objective = objective
    self.foldCount = foldCount
    self.seed = seed
  }

  /// How far a search has come.
  public struct Progress: Equatable, Sendable {
    /// Sets judged, and sets to judge.
    public var done: Int
    public var total: Int
    /// Milliseconds still to go; `nil` as long as nothing is done.
    public var remaining: Int64?
  }

  /// Judges the configuration as it is and then `sets`, one after the other and in order, whatever
  /// `evaluate` does in parallel inside.
  ///
  /// - Parameters:
  ///   - now: a clock in milliseconds, for the remaining time alone.
  ///   - evaluate: what a set comes to, for each user; the same users for each set.
  /// - Throws: what `evaluate` throws; ``TuningError`` if there is nothing to measure by.
  public func run(
    _ sets: [ParameterSet], now: () -> Int64, progress: (Progress) -> Void = { _ in },
    evaluate: (ParameterSet) throws -> [String: Tally]
  ) throws -> TuningReport {
    let all = [ParameterSet()] + sets.filter { !$0.settings.isEmpty }
    let remaining = RemainingTime(start: now())
    var results: [[String: Tally]] = []
    progress(Progress(done: 0, total: all.count, remaining: nil))
    for (place, set) in all.enumerated() {
      results.append(try evaluate(set))
      // What is wrong with the users shows with the first set, not after hours.
      if place == 0 { try check(results[0]) }
      guard results[place].keys == results[0].keys else {
        throw TuningError("\(set): other users are judged than with the configuration as it is")
      }
      progress(
        Progress(
          done: place + 1, total: all.count,
          remaining: remaining.estimate(done: place + 1, of: all.count, now: now())))
    }
    return try report(all, results)
  }

  private func check(_ tallies: [String: Tally]) throws(TuningError) {
    let whole = Self.sum(of: tallies.keys.sorted(), tallies)
    guard whole.events > 0 else {
      throw TuningError("no trial has an event: nothing can be missed")
    }
    let needsQuiet =
      objective.goal != .sensitivity || objective.maxFalseAlarmsPerHour != nil
      || objective.minSpecificity != nil
    guard !needsQuiet || whole.quietTrials > 0 else {
      throw TuningError("no trial is without an event: false alarms cannot be counted")
    }
    _ = try folds(of: tallies)
  }

  private func folds(of tallies: [String: Tally]) throws(TuningError) -> Folds {
    try Folds(foldCount, of: tallies.mapValues { $0.events > 0 }, seed: seed)
  }

  /// Chooses by what has been judged; `sets` begins with the configuration as it is.
  func report(
    _ sets: [ParameterSet], _ results: [[String: Tally]]
  ) throws(TuningError) -> TuningReport {
    let folds = try folds(of: results[0])
    // Sums of folds first: a set on the users of all other folds is then a sum of few.
    let byFold = results.map { tallies in folds.users.map { Self.sum(of: $0, tallies) } }
    let overall = byFold.map { Self.sum($0) }
    var rounds: [TuningReport.Round] = []
    for (held, users) in folds.users.enumerated() {
      let training = byFold.map { tallies in
        Self.sum(tallies.indices.filter { $0 != held }.map { tallies[$0] })
      }
      let chosen = best(training)
      rounds.append(
        TuningReport.Round(
          users: users, chosen: chosen, training: training[chosen], heldOut: byFold[chosen][held]))
    }
    return TuningReport(
      objective: objective, seed: seed, users: results[0].keys.sorted(),
      trials: zip(sets, overall).map { set, tally in
        TuningReport.Trial(parameters: set, tally: tally, score: objective.score(tally))
      },
      chosen: best(overall), rounds: rounds, nested: Self.sum(rounds.map(\.heldOut)))
  }

  /// The place of the best; of several, the first.
  private func best(_ tallies: [Tally]) -> Int {
    let scores = tallies.map(objective.score)
    return scores.indices.dropFirst().reduce(0) { scores[$0] < scores[$1] ? $1 : $0 }
  }

  private static func sum(of users: [String], _ tallies: [String: Tally]) -> Tally {
    sum(users.compactMap { tallies[$0] })
  }

  private static func sum(_ tallies: [Tally]) -> Tally {
    tallies.reduce(into: Tally()) { $0 += $1 }
  }
}

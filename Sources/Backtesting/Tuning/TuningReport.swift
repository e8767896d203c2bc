/// What a search tried, what it chose, and what the choice is worth.
///
/// Holds no times and no names of files: the same search gives the same report to the bit.
public struct TuningReport: Equatable, Sendable {
  public var objective: Objective
  /// How the sets were found, e.g. `grid`.
  public var method = ""
  public var seed: UInt64
  /// All of them, sorted.
  public var users: [String]
  /// In the order tried; the first is the configuration as it is.
  public var trials: [Trial]
  /// Sets that no configuration can have, and why.
  public var refused: [Refusal] = []
  /// The place in `trials` of the best on all users.
  public var chosen: Int
  /// One for each fold.
  public var rounds: [Round]
  /// The sum of what the rounds came to on users they had not seen.
  public var nested: Tally

  /// A set of parameters and what it came to on all users.
  public struct Trial: Equatable, Sendable {
    public var parameters: ParameterSet
    public var tally: Tally
    public var score: Objective.Score
  }

  public struct Refusal: Equatable, Sendable {
    public var parameters: ParameterSet
    public var reason: String

    public init(_ parameters: ParameterSet, reason: String) {
      self.parameters = parameters
      self.reason = reason
    }
  }

  /// One fold held out.
  public struct Round: Equatable, Sendable {
    /// Those held out, sorted.
    public var users: [String]
    /// The place in `trials` of the best on all others.
    public var chosen: Int
    /// What it came to on those others,
    public var training: Tally
    /// and on those held out.
    public var heldOut: Tally
  }

  public init(
    objective: Objective, seed: UInt64, users: [String], trials: [Trial], chosen: Int,
    rounds: [Round], nested: Tally
  ) {
    self.objective = objective
    self.seed = seed
    self.users = users
    self.trials = trials
    self.chosen = chosen
    self.rounds = rounds
    self.nested = nested
  }

  /// The parameters chosen.
  public var parameters: ParameterSet { trials[chosen].parameters }

  /// The places of `trials`, best first; of equal ones the earlier first.
  public var ranking: [Int] {
    trials.indices.sorted { left, right in
      trials[left].score == trials[right].score
        ? left < right : trials[left].score > trials[right].score
    }
  }
}

extension Tally {
  /// The smallest delay, in milliseconds, that so many of a hundred delays do not exceed (nearest rank);
  /// `nil` without any.
  func delay(percent: Int) -> Int64? {
    guard !delays.isEmpty else { return nil }
    let rank = (delays.count * percent + 99) / 100
    return delays.sorted()[max(rank, 1) - 1]
  }
}

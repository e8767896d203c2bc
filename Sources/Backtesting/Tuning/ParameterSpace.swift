/// Values for some parameters: one of the sets that a search tries.
public struct ParameterSet: Hashable, Sendable, CustomStringConvertible {
  /// A parameter and its value, as it stands in a configuration.
  public struct Setting: Hashable, Sendable {
    /// The keys in the configuration of the stream, e.g. `zscore.k`.
    public var path: String
    public var value: String

    public init(_ path: String, _ value: String) {
      self.path = path
      self.value = value
    }
  }

  /// In the order of the space's parameters; empty for the configuration as it is.
  public var settings: [Setting]

  public init(_ settings: [Setting] = []) { self.settings = settings }

  /// `zscore.k = 4, status.raise.count = 2`
  public var description: String {
    settings.isEmpty
      ? "as it is" : settings.map { "\($0.path) = \($0.value)" }.joined(separator: ", ")
  }
}

/// The parameters that a search varies, and the values it may give them.
public struct ParameterSpace: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    /// These, in the order given.
    case list([String])
    case range(ParameterRange)

    fileprivate var grid: [String] {
      switch self {
      case .list(let values): values
      case .range(let range): range.grid
      }
    }

    fileprivate var gridCount: Int {
      switch self {
      case .list(let values): values.count
      case .range(let range): range.gridCount
      }
    }

    fileprivate var count: Int {
      switch self {
      case .list(let values): values.count
      case .range(let range): range.count
      }
    }

    fileprivate func draw(_ random: inout SplitMix64) -> String {
      switch self {
      case .list(let values): values[Int(random.below(UInt64(values.count)))]
      case .range(let range): range.draw(&random)
      }
    }
  }

  public struct Parameter: Equatable, Sendable {
    /// The keys in the configuration of the stream, e.g. `status.raise.count`.
    public var path: String
    public var values: Values

    public init(_ path: String, _ values: Values) {
      self.path = path
      self.values = values
    }
  }

  /// In the order in which sets name them; the last one varies fastest in a grid.
  public let parameters: [Parameter]

  /// - Throws: if there is no parameter, one comes twice, or one has no value or a value twice.
  public init(_ parameters: [Parameter]) throws(TuningError) {
    guard !parameters.isEmpty else { throw TuningError("there is no parameter to vary") }
    var paths: Set<String> = []
    for parameter in parameters {
      guard paths.insert(parameter.path).inserted else {
        throw TuningError("\(parameter.path) is given twice")
      }
      guard case .list(let values) = parameter.values else { continue }
      guard !values.isEmpty else { throw TuningError("\(parameter.path) has no values") }
      var seen: Set<String> = []
      if let twice = values.first(where: { !seen.insert($0).inserted }) {
        throw TuningError("\(parameter.path) has the value \(twice) twice")
      }
    }
    self.parameters = parameters
  }

  /// How many sets a grid of all values has; `Int.max` if more.
  public var gridCount: Int { Self.product(parameters.map(\.values.gridCount)) }

  /// All combinations of values.
  ///
  /// - Throws: if there are more than `limit`.
  public func grid(atMost limit: Int = 10_000) throws(TuningError) -> [ParameterSet] {
    let total = gridCount
    guard total <= limit else {
      let counts = parameters.map { "\($0.path) \($0.values.gridCount)" }
      throw TuningError(
        "a grid of \(total == .max ? "countless" : "\(total)") sets is more than \(limit) "
          + "(values: \(counts.joined(separator: ", "))): give fewer values, allow more sets, or draw some at random"
      )
    }
    return parameters.reduce([ParameterSet()]) { sets, parameter in
      let values = parameter.values.grid
      return sets.flatMap { set in
        values.map { ParameterSet(set.settings + [.init(parameter.path, $0)]) }
      }
    }
  }

  /// Distinct sets drawn at random, in the order drawn: the same ones for the same seed, and for a
  /// larger `count` the same ones first.
  ///
  /// Fewer than `count` if the space has no more, or if a thousand draws in a row bring none that is new.
  public func draw(_ count: Int, seed: UInt64) -> [ParameterSet] {
    let wanted = min(count, Self.product(parameters.map(\.values.count)))
    var random = SplitMix64(seed: seed)
    var sets: [ParameterSet] = []
    var seen: Set<ParameterSet> = []
    var misses = 0
    while sets.count < wanted, misses < 1000 {
      let set = ParameterSet(
        parameters.map { .init($0.path, $0.values.draw(&random)) })
      if seen.insert(set).inserted {
        sets.append(set)
        misses = 0
      } else {
        misses += 1
      }
    }
    return sets
  }

  private static func product(_ counts: [Int]) -> Int {
    counts.reduce(1) { total, count in
      let (product, overflow) = total.multipliedReportingOverflow(by: count)
      return overflow ? .max : product
    }
  }
}

import Backtesting

/// A search space as a YAML file:
///
///     parameters:
///       zscore.k: [3, 4, 5]
///       zscore.minStd: {min: 0.05, max: 0.5, step: 0.05}
///       status.raise.within: {min: 1, max: 10, step: 1, unit: s}
///       falls.model.threshold: {min: 0.01, max: 0.9, step: 0.001, scale: log, count: 12}
extension ParameterSpace {
  /// Reads a search space from a file.
  ///
  /// - Throws: ``ConfigurationError`` with the line of what is wrong.
  public init(file: String) throws(ConfigurationError) {
    try self.init(text: StrictNode.contents(of: file), file: file)
  }

  /// Reads a search space from its text; `file` names it in errors.
  public init(text: String, file: String) throws(ConfigurationError) {
    var parameters: [Parameter] = []
    try StrictNode.read(text, file: file) { root in
      try root.mapping([
        "parameters": { node in
          parameters = try node.entries().map { key, name, value in
            guard YAMLPath(name) != nil else {
              throw key.error("\"\(name)\" is no path of keys like zscore.k")
            }
            return Parameter(name, try value.parameterValues())
          }
        }
      ])
    }
    do throws(TuningError) {
      try self.init(parameters)
    } catch {
      throw ConfigurationError(file: file, message: error.message)
    }
  }

  /// What is searched if nobody says otherwise.
  ///
  /// - Parameter hasFalls: whether a model tells falls in the stream. Its threshold decides; the early
  ///   model's is left alone, since it changes warnings and no alarm.
  public static func standard(hasFalls: Bool) throws(TuningError) -> ParameterSpace {
    if hasFalls {
      let threshold = try ParameterRange(lower: "0.02", upper: "0.98", step: "0.02")
      return try ParameterSpace([Parameter("falls.model.threshold", .range(threshold))])
    }
    return try ParameterSpace([
      Parameter("zscore.k", .list(["2.5", "3", "3.5", "4", "5", "6", "8", "10", "15"])),
      Parameter("status.raise.count", .list(["1", "2", "3", "5", "8"])),
    ])
  }
}

extension StrictNode {
  /// A list of values, one value, or a range.
  fileprivate func parameterValues() throws -> ParameterSpace.Values {
    guard case .mapping = node else {
      let values = try items().map { try $0.nonEmptyText() }
      guard !values.isEmpty else { throw error("has no values") }
      return .list(values)
    }
    var texts: [String: String] = [:]
    var scale = ParameterRange.Scale.linear
    var unit = ""
    var count: Int?
    try mapping([
      "min": { texts["min"] = try $0.text() },
      "max": { texts["max"] = try $0.text() },
      "step": { texts["step"] = try $0.text() },
      "scale": { scale = try $0.choice() },
      "count": { count = try $0.integer(in: 2...100_000) },
      "unit": { node in
        unit = try node.nonEmptyText()
        guard unit.allSatisfy({ $0.isASCII && $0.isLetter }) else {
          throw node.error("\"\(unit)\" is no unit like ms, s, m, h or d")
        }
      },
    ])
    guard let lower = texts["min"], let upper = texts["max"], let step = texts["step"] else {
      throw error("a range needs min, max and step")
    }
    do throws(TuningError) {
      return .range(
        try ParameterRange(
          lower: lower, upper: upper, step: step, scale: scale, gridCount: count, unit: unit))
    } catch {
      throw self.error(error.message)
    }
  }
}

/// The same text for the same rules: it goes into the version of a judgement, and the order of a dictionary
/// is another one in each run.
extension CombinationRules: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    let weights = weights.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    return "CombinationRules(need: \(need), weights: [\(weights.joined(separator: ", "))], "
      + "hold: \(hold), refractory: \(refractory))"
  }

  public var debugDescription: String { description }
}

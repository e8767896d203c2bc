/// A trained model: says of the features of a window how probable it is that they are those of an event.
public struct Model: Sendable {
  /// SHA-256 of the file it was read from, in lower-case hexadecimal: the model's version.
  public let hash: String
  /// What it is called in texts, e.g. the file's name.
  public let name: String
  /// What it is, in a few words: `100 boosted trees`.
  public let kind: String
  /// The names of the features it takes, in the order in which it takes them.
  public let features: [String]
  private let form: Form

  private enum Form: Sendable {
    case trees(BoostedTrees)
    case linear(LinearModel)
    case other(@Sendable (UnsafeBufferPointer<Double>) -> Double)
  }

  public init(hash: String, name: String, features: [String], trees: BoostedTrees) {
    self.init(
      hash: hash, name: name,
      kind: trees.treeCount == 1 ? "1 boosted tree" : "\(trees.treeCount) boosted trees",
      features: features, form: .trees(trees), taking: trees.featureCount)
  }

  public init(hash: String, name: String, features: [String], linear: LinearModel) {
    self.init(
      hash: hash, name: name, kind: "logistic regression", features: features,
      form: .linear(linear), taking: linear.featureCount)
  }

  /// A model of another kind.
  ///
  /// - Parameter evaluate: the probability, 0 … 1, by the values of `features` in their order; NaN stands for
  ///   a value that is missing.
  public init(
    hash: String, name: String, kind: String, features: [String],
    evaluate: @escaping @Sendable (UnsafeBufferPointer<Double>) -> Double
  ) {
    self.init(
      hash: hash, name: name, kind: kind, features: features, form: .other(evaluate),
      taking: features.count)
  }

  private init(
    hash: String, name: String, kind: String, features: [String], form: Form, taking count: Int
  ) {
    precondition(features.count == count, "a model needs a name for each of its features")
    self.hash = hash
    self.name = name
    self.kind = kind
    self.features = features
    self.form = form
  }

  /// How probable an event is, 0 … 1.
  ///
  /// - Parameter values: the values of `features` in their order, no fewer; NaN stands for a value that is
  ///   missing.
  public func probability(_ values: UnsafeBufferPointer<Double>) -> Double {
    // Memory beyond the values would be read otherwise.
    precondition(values.count >= features.count, "a model needs a value for each of its features")
    return switch form {
    case .trees(let trees): trees.probability(values)
    case .linear(let linear): linear.probability(values)
    case .other(let evaluate): evaluate(values)
    }
  }
}

/// Models are the same if they come from the same bytes.
extension Model: Equatable {
  public static func == (left: Model, right: Model) -> Bool { left.hash == right.hash }
}

extension Model: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "\(name) (\(kind), \(hash.prefix(12)))" }
  public var debugDescription: String { description }
}

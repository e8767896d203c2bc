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
  private let evaluate: @Sendable (UnsafeBufferPointer<Double>) -> Double

  /// - Parameter evaluate: the probability, 0 … 1, by the values of `features` in their order; NaN stands for
  ///   a value that is missing.
  public init(
    hash: String, name: String, kind: String, features: [String],
    evaluate: @escaping @Sendable (UnsafeBufferPointer<Double>) -> Double
  ) {
    self.hash = hash
    self.name = name
    self.kind = kind
    self.features = features
    self.evaluate = evaluate
  }

  public func probability(_ values: UnsafeBufferPointer<Double>) -> Double { evaluate(values) }
}

/// Models are the same if they come from the same bytes.
extension Model: Equatable {
  public static func == (left: Model, right: Model) -> Bool { left.hash == right.hash }
}

extension Model: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "\(name) (\(kind), \(hash.prefix(12)))" }
  public var debugDescription: String { description }
}

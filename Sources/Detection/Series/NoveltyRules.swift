/// Novelty of range: how far several channels made of the series lie outside of all that they have been.
public struct NoveltyRules: Equatable, Sendable {
  public var threshold: Double

  public init(threshold: Double = 1) {
    self.threshold = threshold
  }
}

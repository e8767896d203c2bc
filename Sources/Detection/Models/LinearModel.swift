import Glibc

/// Logistic regression: p = 1 / (1 + e^−s), s = intercept + Σ coefficient · (value − mean) / scale.
public struct LinearModel: Sendable {
  private let intercept: Double
  private let terms: [Term]

  /// What one feature adds to the sum.
  public struct Term: Equatable, Sendable {
    public var coefficient: Double
    /// The mean and the standard deviation by which values are made comparable; 0 and 1 leave them as they
    /// are.
    public var mean: Double
    public var scale: Double
    /// Stands in for a value that is missing; `nil`: the mean, which adds nothing.
    public var missing: Double?

    public init(
      coefficient: Double, mean: Double = 0, scale: Double = 1, missing: Double? = nil
    ) {
      self.coefficient = coefficient
      self.mean = mean
      self.scale = scale
      self.missing = missing
    }
  }

  /// - Parameter terms: one per feature, in the order of the features; scales are not 0.
  public init(intercept: Double, terms: [Term]) {
    self.intercept = intercept
    self.terms = terms
  }

  public var featureCount: Int { terms.count }

  /// - Parameter values: one per feature, no fewer; NaN where one is missing.
  func probability(_ values: UnsafeBufferPointer<Double>) -> Double {
    var sum = intercept
    for (place, term) in terms.enumerated() {
      let value = values[place].isNaN ? term.missing ?? term.mean : values[place]
      sum += term.coefficient * ((value - term.mean) / term.scale)
    }
    return 1 / (1 + exp(-sum))
  }
}

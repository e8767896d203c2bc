/// What is measured of a candidate, in the order in which files and tables hold it.
public enum FallFeature: String, CaseIterable, Sendable {
  /// The magnitude of the peak, in g.
  case peak

  /// The name used in files of features and models.
  public var name: String { rawValue }

  /// How long after the peak all that the feature looks at has been measured, in milliseconds: 500 for
  /// those that can be known early, 2000 for the others.
  public var delay: Int64 { 500 }
}

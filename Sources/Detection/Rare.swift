/// What only few of very many values have. It lies elsewhere: a value that has none of it spends a reference
/// on it, no more.
public struct Rare<Fields: RareFields>: Equatable, Sendable {
  /// One or none; none if they would be those of ``RareFields/init()``.
  private var stored: [Fields] = []

  public init() {}

  /// The fields, as they are by themselves where none has been set.
  public var fields: Fields {
    get { stored.first ?? Fields() }
    _modify {
      var fields = stored.popLast() ?? Fields()
      // Also if the one who changes them throws.
      defer {
        if fields == Fields() {
          stored = []
        } else {
          stored.append(fields)
        }
      }
      yield &fields
    }
  }

  /// Whether any of the fields is set.
  public var isEmpty: Bool { stored.isEmpty }
}

/// The fields of a ``Rare``.
public protocol RareFields: Equatable, Sendable {
  /// With all fields as most have them.
  init()
}

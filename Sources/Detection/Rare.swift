/// What only few of very many values have: it lies elsewhere, and who has none of it gives a reference's room
/// to it.
public struct Rare<Fields: RareFields>: Equatable, Sendable {
  /// One or none; none if they would be those of ``RareFields/init()``.
  private var stored: [Fields] = []

  public init() {}

  /// The fields, as they are by themselves where none has been set.
  public var fields: Fields {
    get { stored.first ?? Fields() }
    _modify {
      var fields = stored.popLast() ?? Fields()
      yield &fields
      if fields != Fields() {
        stored.append(fields)
      } else {
        stored = []
      }
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

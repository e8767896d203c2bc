/// A large value that lies elsewhere: what holds it is no larger than a reference, and copies share the value
/// until one of them is changed.
///
/// A dictionary keeps its values side by side with room for as many again; of a million open alerts that was
/// a gigabyte of alerts in each dictionary they lay in.
struct Boxed<Value: Sendable>: Sendable {
  // Unchecked because it is a class with a variable: that is changed only where nobody else holds it.
  private final class Box: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
  }

  private var box: Box

  init(_ value: Value) { box = Box(value) }

  var value: Value {
    get { box.value }
    _modify {
      if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
      yield &box.value
    }
  }
}

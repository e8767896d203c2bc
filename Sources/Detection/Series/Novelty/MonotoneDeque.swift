/// Values and their places, the first of which leave by age and the last for a newer value.
///
/// Lies in arrays with a gap at their beginning, which is closed once it is the larger part: so no ring's
/// arithmetic is needed, and memory follows the number of values.
struct MonotoneDeque: Equatable, Sendable {
  private var values: [Double] = []
  /// The lower half of the places: windows are shorter than 2³¹, so differences tell the order.
  private var places: [UInt32] = []
  private var start = 0

  var first: Double? { start < values.count ? values[start] : nil }
  var last: Double? { start < values.count ? values[values.count - 1] : nil }

  mutating func append(_ value: Double, at index: Int) {
    values.append(value)
    places.append(UInt32(truncatingIfNeeded: index))
  }

  mutating func removeLast() {
    values.removeLast()
    places.removeLast()
  }

  /// Removes what lies at `index` or before.
  mutating func drop(through index: Int) {
    let limit = UInt32(truncatingIfNeeded: index)
    while start < places.count, Int32(bitPattern: places[start] &- limit) <= 0 { start += 1 }
    guard start > 16, start > places.count / 2 else { return }
    values.removeFirst(start)
    places.removeFirst(start)
    start = 0
  }

  static func == (left: MonotoneDeque, right: MonotoneDeque) -> Bool {
    left.values[left.start...] == right.values[right.start...]
      && left.places[left.start...] == right.places[right.start...]
  }
}

extension MonotoneDeque {
  func save(to state: inout DetectorStateWriter) {
    state.write(values[start...])
    for place in places[start...] { state.write(Int(place)) }
  }

  /// - Parameters:
  ///   - indices: in which all places must lie.
  ///   - isRising: whether values rise strictly, or fall.
  init?(from state: inout DetectorStateReader, indices: Range<Int>, isRising: Bool) {
    guard let values = state.numbers(limit: indices.count),
      zip(values, values.dropFirst()).allSatisfy({ isRising ? $0 < $1 : $0 > $1 })
    else { return nil }
    let first = UInt32(truncatingIfNeeded: indices.lowerBound)
    var next: UInt32 = 0
    for _ in values {
      guard let word = state.count(limit: Int(UInt32.max)) else { return nil }
      let place = UInt32(word)
      // How far behind the first possible place: strictly rising, and within the range.
      guard place &- first >= next, Int(place &- first) < indices.count else { return nil }
      next = (place &- first) + 1
      places.append(place)
    }
    self.values = values
  }
}

/// Equal bins over the values that a series may have, as its first ones suggest.
struct ValueBins: Equatable, Sendable {
  let count: Int
  private let low: Double
  private let width: Double

  /// Bins over the range of `values`, widened on each side by `margin` times its width; a range without
  /// width is taken to be as wide as its value is large.
  ///
  /// - Parameter values: at least one.
  init(count: Int, values: some Sequence<Double>, margin: Double) {
    var least = Double.greatestFiniteMagnitude
    var largest = -Double.greatestFiniteMagnitude
    for value in values {
      least = min(least, value)
      largest = max(largest, value)
    }
    var range = largest - least
    if range == 0 { range = max(abs(least), 1) }
    self.init(count: count, low: least - margin * range, width: (1 + 2 * margin) * range)
  }

  init(count: Int, low: Double, width: Double) {
    self.count = count
    self.low = low
    self.width = width
  }

  /// The bin of a value; the first or the last for one outside.
  func bin(of value: Double) -> Int {
    let place = (value - low) / width * Double(count)
    guard place > 0 else { return 0 }
    return place < Double(count) ? Int(place) : count - 1
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(low)
    state.write(width)
  }

  init?(count: Int, from state: inout DetectorStateReader) {
    guard let low = state.number(), let width = state.number(), width > 0 else { return nil }
    self.init(count: count, low: low, width: width)
  }
}

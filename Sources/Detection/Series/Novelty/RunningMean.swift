/// The mean of the last values of a series.
///
/// The sum is kept by adding and taking away, and made anew from the values each time the ring has gone
/// round, so that rounding errors (of a spike that has left, say) do not stay.
struct RunningMean: Equatable, Sendable {
  private let length: Int
  private var values: [Double] = []
  /// Where the oldest value lies, once the ring is full.
  private var oldest = 0
  private var sum = 0.0

  /// - Parameter length: values that the mean is of, at least 1.
  init(length: Int) {
    self.length = length
  }

  var isFull: Bool { values.count == length }

  /// Adds a value, and gives the mean of the last ones with it.
  mutating func append(_ value: Double) -> Double {
    if values.count < length {
      values.append(value)
      sum += value
    } else {
      sum += value - values[oldest]
      values[oldest] = value
      oldest += 1
      if oldest == length {
        oldest = 0
        sum = values.reduce(0, +)
      }
    }
    return sum / Double(values.count)
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(values)
    state.write(oldest)
    state.write(sum)
  }

  init?(length: Int, from state: inout DetectorStateReader) {
    guard let values = state.numbers(limit: length),
      let oldest = state.count(limit: length - 1), oldest == 0 || values.count == length,
      let sum = state.number()
    else { return nil }
    self.length = length
    self.values = values
    self.oldest = oldest
    self.sum = sum
  }
}

/// The mean of the newest `length` numbers, in O(1) and without subtracting: what has left leaves no trace.
///
/// The series is cut into blocks of `length`. A window that ends within a block is the block's first
/// numbers and the last ones of the block before; so it is enough to know the sum of the former, and for
/// each place the sum of the latter from there on, which is worked out once a block (van Herk 1992,
/// Gil and Werman 1993). Memory: 8 bytes a number.
struct SlidingMean: Sendable {
  let length: Int
  /// Before `filled` the numbers of this block; from there on sums to the end of the block before.
  private var slots: [Double]
  private var filled = 0
  private var sum = 0.0
  private var isReady = false

  init(length: Int) {
    self.length = length
    slots = Array(repeating: 0, count: length)
  }

  /// - Returns: `nil` while there are fewer than `length`.
  mutating func add(_ value: Double) -> Double? {
    slots[filled] = value
    filled &+= 1
    sum += value
    guard filled == length else {
      return isReady ? (sum + slots[filled]) / Double(length) : nil
    }
    let mean = sum / Double(length)
    var later = 0.0
    for place in stride(from: length - 1, through: 0, by: -1) {
      later += slots[place]
      slots[place] = later
    }
    filled = 0
    sum = 0
    isReady = true
    return mean
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(slots)
    state.write(filled)
    state.write(sum)
    state.write(isReady)
  }

  init?(length: Int, from state: inout DetectorStateReader) {
    guard let slots = state.numbers(limit: length), slots.count == length,
      let filled = state.count(limit: length - 1), let sum = state.number(),
      let isReady = state.flag()
    else { return nil }
    self.length = length
    self.slots = slots
    self.filled = filled
    self.sum = sum
    self.isReady = isReady
  }
}

/// The newest points of a series, at most ``capacity`` of them; beyond it the oldest leave.
///
/// Memory: 16 bytes a point. It grows by doubling, so a sparse series takes little; it does not shrink.
struct PointRing: Sendable {
  static let capacity = 4_096

  private var slots: [SeriesPoint] = []
  private var head = 0
  private(set) var count = 0

  init() {}

  /// - Returns: whether the oldest had to leave.
  mutating func append(_ point: SeriesPoint) -> Bool {
    if count == slots.count && count < Self.capacity { grow() }
    let isFull = count == slots.count
    if isFull { head = (head &+ 1) & (slots.count &- 1) } else { count &+= 1 }
    slots[(head &+ count &- 1) & (slots.count &- 1)] = point
    return isFull
  }

  /// Takes away what is older than `time`.
  ///
  /// - Returns: how many that were.
  mutating func remove(before time: Int64) -> Int {
    let mask = slots.count &- 1
    var removed = 0
    while removed < count, slots[(head &+ removed) & mask].time < time { removed &+= 1 }
    head = (head &+ removed) & (mask < 0 ? 0 : mask)
    count &-= removed
    return removed
  }

  /// Writes the values to the front of `values`, oldest first.
  func copyValues(into values: UnsafeMutableBufferPointer<Double>) {
    slots.withUnsafeBufferPointer { slots in
      let mask = slots.count &- 1
      for index in 0..<count { values[index] = slots[(head &+ index) & mask].value }
    }
  }

  private mutating func grow() {
    var larger: [SeriesPoint] = []
    let size = max(16, slots.count * 2)
    larger.reserveCapacity(size)
    larger += slots[head...]
    larger += slots[..<head]
    larger += repeatElement(SeriesPoint(time: 0, value: 0), count: size - larger.count)
    slots = larger
    head = 0
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(count)
    for index in 0..<count {
      let point = slots[(head + index) & (slots.count - 1)]
      state.write(point.time)
      state.write(point.value)
    }
  }

  init?(from state: inout DetectorStateReader) {
    guard let count = state.count(limit: Self.capacity) else { return nil }
    var last = Int64.min
    for _ in 0..<count {
      guard let time = state.time(), time > last, let value = state.value() else { return nil }
      last = time
      _ = append(SeriesPoint(time: time, value: value))
    }
  }
}

import Glibc

/// The median by selection, in O(n) and without sorting.
enum Selection {
  /// The middle value, or the mean of the two middle ones. Changes the order; not empty, all finite.
  static func median(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
    let middle = values.count / 2
    select(middle, in: values)
    let upper = values[middle]
    guard values.count % 2 == 0 else { return upper }
    var lower = values[0]
    for index in 1..<max(1, middle) where values[index] > lower { lower = values[index] }
    return lower + (upper - lower) / 2
  }

  /// Puts the value of rank `rank` in its place, those not greater before it, those not less after it.
  ///
  /// Hoare's FIND with the pivots of Floyd and Rivest (1975, “Algorithm 489: SELECT”). A series made to
  /// defeat the pivots ends in a sort after some rounds.
  static func select(_ rank: Int, in values: UnsafeMutableBufferPointer<Double>) {
    select(rank, in: values, from: 0, through: values.count - 1)
  }

  private static func select(
    _ rank: Int, in values: UnsafeMutableBufferPointer<Double>, from first: Int, through last: Int
  ) {
    var low = first
    var high = last
    var rounds = 0
    while high > low {
      rounds += 1
      if rounds > 48 {
        var rest = values[low...high]
        rest.sort()
        return
      }
      if high - low > 600 {
        // A sample of the range, chosen so that the rank's place lies between its ends almost surely.
        let size = Double(high - low + 1)
        let z = log(size)
        let part = 0.5 * exp(2 * z / 3)
        let spread = 0.5 * (z * part * (size - part) / size).squareRoot()
        let offset = Double(rank - low) + 1
        let shift = offset < size / 2 ? -spread : spread
        let newLow = Double(rank) - offset * part / size + shift
        let newHigh = Double(rank) + (size - offset) * part / size + shift
        select(
          rank, in: values, from: max(low, Int(newLow)), through: min(high, Int(newHigh)))
      }
      let pivot = values[rank]
      var left = low
      var right = high
      values.swapAt(low, rank)
      if values[high] > pivot { values.swapAt(high, low) }
      while left < right {
        values.swapAt(left, right)
        left += 1
        right -= 1
        // The pivot itself stands at one end and stops either loop.
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
      }
      if values[low] == pivot {
        values.swapAt(low, right)
      } else {
        right += 1
        values.swapAt(right, high)
      }
      if right <= rank { low = right + 1 }
      if rank <= right { high = right - 1 }
    }
  }
}

/// The scores of one object in the last ten frames, each with the class that it was taken for, and
/// their median.
///
/// The median is Frigate's ("Object Scores" in its documentation): of the last ten scores, filled up
/// with zeros to three; of an even number of scores the mean of the middle two. Half a millionth is
/// dropped, which changes no comparison with a threshold in whole millionths.
struct ScoreHistory: Sendable {
  static let length = 10
  private static let padding = 3

  /// Rings; the lanes from `length` on are not used.
  private var scores = SIMD16<Int32>()
  private var classes = SIMD16<UInt16>()
  private var next: UInt8 = 0
  private(set) var count: UInt8 = 0

  /// - Parameter score: in millionths; 0 where the object was not seen.
  @inline(__always)
  mutating func append(_ score: Int32, of classID: UInt16 = 0) {
    let place = Int(next)
    scores[place] = score
    classes[place] = classID
    next = place == Self.length - 1 ? 0 : next + 1
    if count < Self.length { count += 1 }
  }

  /// The median of the scores, in millionths; a frame in which the object was taken for another class
  /// counts as 0.
  func median(of classID: UInt16 = 0) -> Int32 {
    let used = max(Int(count), Self.padding)
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.length) { sorted in
      for place in 0..<used {
        // Places not yet used hold 0, as padding does.
        let score = classes[place] == classID ? scores[place] : 0
        var hole = place
        while hole > 0, sorted[hole - 1] > score {
          sorted.initializeElement(at: hole, to: sorted[hole - 1])
          hole -= 1
        }
        sorted.initializeElement(at: hole, to: score)
      }
      let upper = sorted[used / 2]
      return used % 2 == 1 ? upper : (sorted[used / 2 - 1] + upper) / 2
    }
  }
}

/// The acceleration around a peak on a grid of 50 Hz, from which the features of a candidate are made.
///
/// Point `peakIndex` is the peak, the others lie 20 ms apart: 3 s before it, and up to 2 s after it as far as
/// has been measured. In g.
public struct FallWindow: Sendable {
  public static let rate = 50
  public static let before = 3 * rate
  public static let after = 2 * rate
  /// Points of a whole window, the peak among them.
  public static let length = before + 1 + after
  public static let peakIndex = before

  /// The points that are known: of the others nothing may be asked.
  public var known: Range<Int>
  public var x: [Double]
  public var y: [Double]
  public var z: [Double]
  /// √(x² + y² + z²)
  public var magnitude: [Double]

  /// A window of which nothing is known; to be filled and used again and again.
  public init() {
    known = Self.peakIndex..<Self.peakIndex
    x = Array(repeating: 0, count: Self.length)
    y = x
    z = x
    magnitude = x
  }
}

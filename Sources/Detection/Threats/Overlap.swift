import Events

/// By how much two boxes overlap, once both have grown: intersection over union, as an exact fraction.
struct Overlap {
  /// Areas in millionths of the image's width times millionths of its height. Sides are below 2³¹ + 2²¹,
  /// so areas are below 2⁶³ and their sum is below 2⁶⁴.
  private var intersection: UInt64
  private var union: UInt64

  /// Boxes without an area overlap with nothing.
  ///
  /// - Parameter growth: by so many millionths of its longer side each box's width and height grow, the
  ///   half on either side. Not negative, below 2³²; twice the image is the most that anything grows.
  @inline(__always)
  init(_ one: Box, _ other: Box, growth: Int64 = 0) {
    let (one, other) = (Grown(one, growth), Grown(other, growth))
    intersection =
      Self.common(one.left, one.right, other.left, other.right)
      &* Self.common(one.top, one.bottom, other.top, other.bottom)
    union = one.area &+ other.area &- intersection
  }

  /// Whether it is at least so many millionths, and not nothing.
  @inline(__always)
  func reaches(_ millionths: Int32) -> Bool {
    guard intersection > 0 else { return false }
    let left = intersection.multipliedFullWidth(by: 1_000_000)
    let right = union.multipliedFullWidth(by: UInt64(max(millionths, 0)))
    return left.high != right.high ? left.high > right.high : left.low >= right.low
  }

  /// Less than 0 if it is smaller than `other`, more if it is larger, 0 if they are equal.
  @inline(__always)
  func compare(_ other: Overlap) -> Int {
    let left = intersection.multipliedFullWidth(by: other.union)
    let right = other.intersection.multipliedFullWidth(by: union)
    if left.high != right.high { return left.high > right.high ? 1 : -1 }
    return left.low == right.low ? 0 : left.low > right.low ? 1 : -1
  }

  @inline(__always)
  private static func common(_ a: Int64, _ aEnd: Int64, _ b: Int64, _ bEnd: Int64) -> UInt64 {
    UInt64(max(min(aEnd, bEnd) &- max(a, b), 0))
  }

  @inline(__always)
  static func area(_ box: Box) -> UInt64 {
    UInt64(max(box.width, 0)) &* UInt64(max(box.height, 0))
  }
}

/// The edges of a box that has grown. One without an area does not grow.
private struct Grown {
  let left: Int64
  let top: Int64
  let right: Int64
  let bottom: Int64

  @inline(__always)
  init(_ box: Box, _ growth: Int64) {
    let (width, height) = (Int64(max(box.width, 0)), Int64(max(box.height, 0)))
    let hasArea = width > 0 && height > 0
    let more = hasArea ? min(max(width, height) &* growth / 1_000_000, 2_000_000) : 0
    left = Int64(box.x) &- more / 2
    top = Int64(box.y) &- more / 2
    right = left &+ width &+ more
    bottom = top &+ height &+ more
  }

  @inline(__always)
  var area: UInt64 { UInt64(right &- left) &* UInt64(bottom &- top) }
}

import Events

/// By how much two boxes overlap: intersection over union, as an exact fraction.
struct Overlap {
  /// Areas in millionths of the image's width times millionths of its height. Sides are below 2³¹, so
  /// they are below 2⁶² and 2⁶³.
  private var intersection: UInt64
  private var union: UInt64

  /// Boxes without an area overlap with nothing.
  @inline(__always)
  init(_ one: Box, _ other: Box) {
    let width = Self.common(one.x, one.width, other.x, other.width)
    let height = Self.common(one.y, one.height, other.y, other.height)
    intersection = width &* height
    union = Self.area(one) &+ Self.area(other) &- intersection
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
  private static func common(_ a: Int32, _ aLength: Int32, _ b: Int32, _ bLength: Int32) -> UInt64 {
    let start = Int64(max(a, b))
    let end = min(Int64(a) + Int64(aLength), Int64(b) + Int64(bLength))
    return end > start ? UInt64(end - start) : 0
  }

  @inline(__always)
  static func area(_ box: Box) -> UInt64 {
    UInt64(max(box.width, 0)) &* UInt64(max(box.height, 0))
  }
}

import Events

/// Areas of an image: exact arithmetic on points in millionths.
///
/// Coordinates lie in 0 … 10⁶, so products of differences stay below 2·10¹², and the sum over 256 edges
/// below 10¹⁵.
enum Polygon {
  /// On which side of a → b the point lies: 0 on the line, of opposite sign on its two sides.
  @inline(__always)
  static func side(_ point: Point, _ a: Point, _ b: Point) -> Int64 {
    Int64(b.x - a.x) * Int64(point.y - a.y) - Int64(b.y - a.y) * Int64(point.x - a.x)
  }

  /// Even-odd rule (a ray to the right crosses the outline an odd number of times); points on the
  /// outline are inside. The point's coordinates must lie in 0 … 10⁶ as well.
  static func contains(_ points: [Point], _ point: Point) -> Bool {
    var isInside = false
    guard var a = points.last else { return false }
    for b in points {
      let side = side(point, a, b)
      if side == 0, isBetween(point, a, b) { return true }
      if (a.y > point.y) != (b.y > point.y), (side > 0) == (b.y > a.y) { isInside.toggle() }
      a = b
    }
    return isInside
  }

  private static func isBetween(_ point: Point, _ a: Point, _ b: Point) -> Bool {
    min(a.x, b.x) <= point.x && point.x <= max(a.x, b.x)
      && min(a.y, b.y) <= point.y && point.y <= max(a.y, b.y)
  }

  /// Twice the signed area (the shoelace formula).
  static func doubleArea(_ points: [Point]) -> Int64 {
    guard var a = points.last else { return 0 }
    var sum: Int64 = 0
    for b in points {
      sum += Int64(a.x) * Int64(b.y) - Int64(b.x) * Int64(a.y)
      a = b
    }
    return sum
  }

  /// Whether two edges cross in their midst. Touching is allowed.
  static func crossesItself(_ points: [Point]) -> Bool {
    for first in points.indices {
      let a = points[first]
      let b = points[(first + 1) % points.count]
      for second in points.indices.dropFirst(first + 1) {
        let c = points[second]
        let d = points[(second + 1) % points.count]
        if side(c, a, b).signum() * side(d, a, b).signum() < 0,
          side(a, c, d).signum() * side(b, c, d).signum() < 0
        {
          return true
        }
      }
    }
    return false
  }
}

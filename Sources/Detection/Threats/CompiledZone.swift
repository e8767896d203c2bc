import Events

/// A zone of a rule, ready to be tested.
struct CompiledZone {
  /// For messages, as the rule writes it.
  let name: String
  /// The zone's number in the detector's vocabulary, if that is where it comes from; −1 for a zone that
  /// is a polygon.
  private let number: Int32
  private let points: [Point]
  private let low: Point
  private let high: Point

  init(_ zone: ThreatRule.Zone, names: FrameNames) {
    name = zone.name
    switch zone {
    case .named(let name):
      // A full vocabulary gives no number: no object can be in that zone then either.
      number = names.zones.intern(name).map(Int32.init) ?? Int32(UInt16.max) + 1
      points = []
    case .polygon(_, let points):
      number = -1
      self.points = points
    }
    low = Point(x: points.map(\.x).min() ?? 0, y: points.map(\.y).min() ?? 0)
    high = Point(x: points.map(\.x).max() ?? 0, y: points.map(\.y).max() ?? 0)
  }

  /// Whether the object stands in the zone. One without a box is in no polygon; a box that reaches out
  /// of the image stands at its border.
  func contains(_ object: DetectedObject, _ zoneIDs: UnsafeBufferPointer<UInt16>) -> Bool {
    if number >= 0 {
      for place in object.zones where Int32(zoneIDs[Int(place)]) == number { return true }
      return false
    }
    guard object.flags.contains(.hasBox) else { return false }
    let foot = object.box.foot
    let point = Point(x: min(max(foot.x, 0), 1_000_000), y: min(max(foot.y, 0), 1_000_000))
    guard point.x >= low.x, point.x <= high.x, point.y >= low.y, point.y <= high.y else {
      return false
    }
    return Polygon.contains(points, point)
  }
}

extension [CompiledZone] {
  /// The place of the first zone that the object stands in; −1 if it stands in none.
  func firstContaining(
    _ object: DetectedObject, _ zoneIDs: UnsafeBufferPointer<UInt16>
  ) -> Int {
    for place in indices where self[place].contains(object, zoneIDs) { return place }
    return -1
  }
}

/// The way of something through an image: a curve that it goes along evenly, with a stop in the middle.
///
/// The curve is a quadratic Bézier, which stays within the triangle of its three points.
struct Walk {
  let from: SIMD2<Double>
  let via: SIMD2<Double>
  let to: SIMD2<Double>
  /// Seconds on the way, and standing still.
  let moving: Double
  let standing: Double

  var duration: Double { moving + standing }

  init(
    from: SIMD2<Double>, via: SIMD2<Double>, to: SIMD2<Double>, nominalHeight: Double,
    speed: Double, standing: Double
  ) {
    self.from = from
    self.via = via
    self.to = to
    self.standing = standing
    let ratio = SIMD2(Double(CameraScene.width) / Double(CameraScene.height), 1)
    func length(_ v: SIMD2<Double>) -> Double { ((v * ratio) * (v * ratio)).sum().squareRoot() }
    let way = (length(via - from) + length(to - via) + length(to - from)) / 2
    let height = nominalHeight * Self.scale(at: (from.y + 2 * via.y + to.y) / 4)
    moving = min(90, max(5, way / (speed * height)))
  }

  /// Where its foot is, so many seconds after the beginning.
  func foot(at time: Double) -> SIMD2<Double> {
    let half = moving / 2
    let gone = time < half ? time : max(half, time - standing)
    let t = min(1, max(0, gone / moving))
    return from * ((1 - t) * (1 - t)) + via * (2 * t * (1 - t)) + to * (t * t)
  }

  /// How large a thing looks that stands there: 1 at the lower edge, less the farther away.
  static func scale(at y: Double) -> Double {
    0.22 + 0.78 * min(1, max(0, (y - 0.35) / 0.63))
  }

  /// Whether it sets foot into the restricted zone.
  var entersRestrictedZone: Bool {
    (0...40).contains {
      CameraScene.isRestricted(foot(at: duration * Double($0) / 40))
    }
  }
}

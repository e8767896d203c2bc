/// A box in an image, in shares of the image's width and height, from its upper left corner.
struct ObjectBox {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  /// - Parameters:
  ///   - foot: the middle of the lower edge.
  ///   - height: a share of the image's height.
  ///   - aspect: the width in pixels over the height in pixels.
  init(foot: SIMD2<Double>, height: Double, aspect: Double) {
    let ratio = Double(CameraScene.height) / Double(CameraScene.width)
    width = height * aspect * ratio
    self.height = height
    x = foot.x - width / 2
    y = foot.y - height
  }

  /// Moved and stretched a little, as each frame's box is.
  mutating func jitter(_ random: inout SplitMix64) {
    x += random.normal(0, 0.02 * width)
    y += random.normal(0, 0.01 * height)
    width *= 1 + random.normal(0, 0.03)
    height *= 1 + random.normal(0, 0.02)
  }

  /// Cuts off what lies outside of the image.
  ///
  /// - Returns: the share of the box that is left.
  mutating func clip() -> Double {
    let whole = width * height
    let (right, bottom) = (min(1, x + width), min(1, y + height))
    x = max(0, x)
    y = max(0, y)
    width = right - x
    height = bottom - y
    guard width > 0, height > 0 else { return 0 }
    return width * height / whole
  }
}

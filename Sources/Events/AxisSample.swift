/// The acceleration on a device's three axes at the time of a sample, in thousandths of a g.
///
/// Held at ±32.767 g, more than any wearable measures.
public struct AxisSample: Equatable, Hashable, Sendable {
  public var x: Int16
  public var y: Int16
  public var z: Int16

  @inline(__always)
  public init(x: Int16, y: Int16, z: Int16) {
    self.x = x
    self.y = y
    self.z = z
  }
}

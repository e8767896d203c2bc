import Events
import Glibc

/// Which way is up for a device: the sum of its accelerations over a time, in which movement cancels and
/// gravity does not.
struct Posture: Equatable, Sendable {
  private(set) var x: Int64 = 0
  private(set) var y: Int64 = 0
  private(set) var z: Int64 = 0
  private(set) var count = 0

  init(_ mean: AxisSample) {
    x = Int64(mean.x)
    y = Int64(mean.y)
    z = Int64(mean.z)
    count = 1
  }

  /// Of the samples with axes in `first ... last`.
  init(_ ring: MotionView, from first: Int64, through last: Int64) {
    var place = ring.place(from: first)
    while place < ring.count, ring.time(at: place) <= last {
      if let axes = ring.axes(at: place) {
        x += Int64(axes.x)
        y += Int64(axes.y)
        z += Int64(axes.z)
        count += 1
      }
      place += 1
    }
  }

  /// The mean acceleration, in thousandths of a g; `nil` without a sample.
  var mean: AxisSample? {
    guard count > 0 else { return nil }
    func mean(_ sum: Int64) -> Int16 { Int16(clamping: sum / Int64(count)) }
    return AxisSample(x: mean(x), y: mean(y), z: mean(z))
  }

  /// The angle between two, in degrees; `nil` if either is not known or has no direction.
  static func angle(_ one: Posture, _ other: Posture) -> Double? {
    let dot =
      Double(one.x) * Double(other.x) + Double(one.y) * Double(other.y)
      + Double(one.z) * Double(other.z)
    let lengths = (one.square * other.square).squareRoot()
    guard one.count > 0, other.count > 0, lengths > 0 else { return nil }
    return acos(max(-1, min(1, dot / lengths))) * 180 / .pi
  }

  private var square: Double {
    Double(x) * Double(x) + Double(y) * Double(y) + Double(z) * Double(z)
  }
}

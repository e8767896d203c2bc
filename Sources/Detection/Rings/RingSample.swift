import Events

/// One sample of a ring: the low 32 bits of its time, and its value shifted left by one, with the flag in
/// the lowest bit.
struct RingSample: BitwiseCopyable {
  var time: UInt32
  var word: Int32

  @inline(__always)
  init(time: UInt32, value: Int32, isFlagged: Bool) {
    self.time = time
    word = value << 1 | (isFlagged ? 1 : 0)
  }

  @inline(__always)
  init(time: Int64, value: Int32, isFlagged: Bool) {
    self.init(time: UInt32(truncatingIfNeeded: time), value: value, isFlagged: isFlagged)
  }

  @inline(__always) var value: Int32 { word >> 1 }
  @inline(__always) var isFlagged: Bool { word & 1 == 1 }

  /// Its whole time: all times of a ring lie within 2³¹ ms of its newest.
  @inline(__always)
  func time(newest: Int64) -> Int64 {
    newest
      &- Int64(Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: newest) &- time))
  }
}

/// The cell of a ring whose samples have axes. A block of so many samples holds them first, and then as
/// many axes, so that whoever looks at values alone passes over nothing else.
struct MotionCell: BitwiseCopyable {
  var sample: RingSample
  var axes: RingAxes
}

/// The accelerations on three axes of a sample, or that they are not known.
struct RingAxes: BitwiseCopyable {
  private var x: Int16 = 0
  private var y: Int16 = 0
  private var z: Int16 = 0
  private var isKnown: Int16 = 0

  static let none = RingAxes()

  private init() {}

  @inline(__always)
  init(_ axes: AxisSample) { (x, y, z, isKnown) = (axes.x, axes.y, axes.z, 1) }

  @inline(__always) var axes: AxisSample? {
    isKnown == 0 ? nil : AxisSample(x: x, y: y, z: z)
  }
}

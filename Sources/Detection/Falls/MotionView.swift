import Events

/// The samples of one ring with the accelerations whose magnitudes they are, oldest first; valid until the
/// ring changes.
///
/// A subject whose records have axes gets a ring that holds them, too. A sample of a record without them
/// leaves its place there empty.
struct MotionView: AxisRing {
  let samples: RingView

  init(_ samples: RingView) { self.samples = samples }

  @inline(__always) var count: Int { samples.count }

  @inline(__always)
  func time(at place: Int) -> Int64 { samples.time(at: place) }

  @inline(__always)
  func axes(at place: Int) -> AxisSample? { samples.block.axes?[samples.position(place)].axes }

  /// The place of the first sample at or after `time`; `count` if there is none.
  func place(from time: Int64) -> Int { samples.firstPlace(from: 0, notBefore: time) }
}

extension Engine {
  /// The samples of a ring that is not empty, with their axes.
  func motion(_ subject: UnsafeMutablePointer<Subject>) -> MotionView { MotionView(ring(subject)) }
}

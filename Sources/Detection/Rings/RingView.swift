/// The samples of one ring, oldest first; valid until the ring changes.
struct RingView: TimedSamples {
  let block: RingBlock
  private let head: Int
  let count: Int
  private let lastTime: Int64

  init(_ block: RingBlock, of subject: UnsafeMutablePointer<Subject>) {
    self.block = block
    head = Int(subject.pointee.head)
    count = Int(subject.pointee.count)
    lastTime = subject.pointee.lastTime
  }

  /// Where in the block the sample at `place` is.
  @inline(__always)
  func position(_ place: Int) -> Int {
    let position = head &+ place
    return position >= block.capacity ? position &- block.capacity : position
  }

  @inline(__always)
  func sample(at place: Int) -> RingSample { block.sample(position(place), newest: lastTime) }

  @inline(__always)
  func time(of sample: RingSample) -> Int64 { sample.time(newest: lastTime) }

  @inline(__always)
  func time(at place: Int) -> Int64 { time(of: sample(at: place)) }

  @inline(__always)
  func value(at place: Int) -> Int32 { block.value(position(place)) }

  func setFlag(at place: Int, _ isFlagged: Bool) { block.setFlag(position(place), isFlagged) }

  /// The first place from `first` on whose time is `time` or later; `count` if there is none.
  func firstPlace(from first: Int, notBefore time: Int64) -> Int {
    var (lower, upper) = (first, count)
    while lower < upper {
      let middle = (lower &+ upper) / 2
      if self.time(at: middle) < time { lower = middle &+ 1 } else { upper = middle }
    }
    return lower
  }
}

import Events

/// The accelerations on three axes, kept beside the samples that are their magnitudes.
///
/// A subject whose records have axes gets a second block, of the class of its ring's block and filled at the
/// same places. A sample of a record without them leaves its place there empty.
extension Engine {
  /// Gives a subject's ring room for axes.
  mutating func attachAxes(_ subject: UnsafeMutablePointer<Subject>) {
    if subject.pointee.blockClass == Subject.noBlock {
      subject.pointee.block = slab.allocate(class: RingSlab.firstClass)
      subject.pointee.blockClass = UInt8(RingSlab.firstClass)
      subject.pointee.head = 0
    }
    let index = Int(subject.pointee.blockClass)
    let block = axisSlab.allocate(class: index)
    let slots = axisSlab.slots(of: block)
    for place in 0..<RingSlab.capacity(ofClass: index) { slots[place] = .noAxes }
    subject.pointee.axisBlock = block
  }

  /// Moves the axes to a block of another class, the oldest to its beginning, before the samples' own move
  /// is entered.
  mutating func growAxes(_ subject: UnsafeMutablePointer<Subject>, toClass next: Int) {
    let old = subject.pointee
    let capacity = RingSlab.capacity(ofClass: Int(old.blockClass))
    let block = axisSlab.allocate(class: next)
    let source = axisSlab.slots(of: old.axisBlock)
    let target = axisSlab.slots(of: block)
    for place in 0..<Int(old.count) {
      let position = Int(old.head) + place
      target[place] = source[position >= capacity ? position - capacity : position]
    }
    axisSlab.release(old.axisBlock, class: Int(old.blockClass))
    subject.pointee.axisBlock = block
  }

  mutating func dropAxes(_ subject: UnsafeMutablePointer<Subject>) {
    guard subject.pointee.axisBlock != Subject.noAxes else { return }
    axisSlab.release(subject.pointee.axisBlock, class: Int(subject.pointee.blockClass))
    subject.pointee.axisBlock = Subject.noAxes
  }

  /// The samples of a ring that is not empty, with their axes.
  func motion(_ subject: UnsafeMutablePointer<Subject>) -> MotionView {
    MotionView(
      samples: ring(subject),
      axes: subject.pointee.axisBlock == Subject.noAxes
        ? nil : axisSlab.slots(of: subject.pointee.axisBlock))
  }
}

/// The samples of one ring with their axes, oldest first; valid until the ring changes.
struct MotionView: AxisRing {
  let samples: RingView
  let axes: UnsafeMutablePointer<RingSlab.Slot>?

  @inline(__always) var count: Int { samples.count }

  @inline(__always)
  func time(at place: Int) -> Int64 { samples.time(at: place) }

  @inline(__always)
  func axes(at place: Int) -> AxisSample? {
    guard let axes else { return nil }
    let position = samples.head &+ place
    return axes[position >= samples.capacity ? position &- samples.capacity : position].axes
  }

  /// The place of the first sample at or after `time`; `count` if there is none.
  func place(from time: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self.time(at: middle) < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A slot that holds axes instead of a sample.
extension RingSlab.Slot {
  /// No axes are known: a z that no ``AxisSample`` has.
  static let noAxes = RingSlab.Slot(packed: 0, Int32.min)

  private init(packed time: UInt32, _ word: Int32) {
    self.init(time: Int64(time), value: 0, isFlagged: false)
    self.word = word
  }

  @inline(__always)
  init(_ axes: AxisSample) {
    self.init(
      packed: UInt32(UInt16(bitPattern: axes.x)) | UInt32(UInt16(bitPattern: axes.y)) << 16,
      Int32(axes.z))
  }

  @inline(__always) var axes: AxisSample? {
    if word == Int32.min { return nil }
    return AxisSample(
      x: Int16(truncatingIfNeeded: time), y: Int16(truncatingIfNeeded: time >> 16),
      z: Int16(truncatingIfNeeded: word))
  }
}

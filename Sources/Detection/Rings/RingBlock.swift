import CBytes

/// The block of a subject's ring, looked up once a record: it changes only when the ring grows or takes
/// another format.
///
/// Behind the samples of a block of more than `RingClass.maxSummedAnew` lie the sums of the subject's window. The
/// few samples of a smaller one are summed up anew for each record, which takes some ten nanoseconds: of a million
/// subjects that is less than to wait for another line of memory with their sums.
struct RingBlock {
  /// Cells of the ring's format; nothing to be looked at where `capacity` is 0.
  private let cells: UnsafeMutableRawPointer
  /// 0 without a block.
  let capacity: Int
  /// Of a narrow ring, see ``NarrowCells``; its unit is 0 if the ring is not narrow.
  private let timeBits: UInt32
  private let unit: Int32
  /// The samples' axes, at the same positions, if they are kept.
  let axes: UnsafeMutablePointer<RingAxes>?

  init(wide cells: UnsafeMutablePointer<RingSample>, capacity: Int) {
    self.init(cells: UnsafeMutableRawPointer(cells), capacity: capacity)
  }

  init(motion cells: UnsafeMutablePointer<MotionCell>, capacity: Int) {
    let base = UnsafeMutableRawPointer(cells)
    let axes = base + capacity * MemoryLayout<RingSample>.stride
    self.init(
      cells: base, capacity: capacity, axes: axes.assumingMemoryBound(to: RingAxes.self))
  }

  init(narrow cells: UnsafeMutablePointer<UInt32>, capacity: Int, timeBits: UInt32, unit: Int32) {
    self.init(
      cells: UnsafeMutableRawPointer(cells), capacity: capacity, timeBits: timeBits, unit: unit)
  }

  @inline(__always)
  private init(
    cells: UnsafeMutableRawPointer, capacity: Int, timeBits: UInt32 = 0, unit: Int32 = 0,
    axes: UnsafeMutablePointer<RingAxes>? = nil
  ) {
    self.cells = cells
    self.capacity = capacity
    self.timeBits = timeBits
    self.unit = unit
    self.axes = axes
  }

  /// What stands for the block of a ring that has none.
  static var none: RingBlock {
    RingBlock(cells: UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped, capacity: 0)
  }

  @inline(__always) var isNarrow: Bool { unit != 0 }

  /// The cells of a ring that is not narrow.
  @inline(__always) var wide: WideCells {
    WideCells(samples: cells.assumingMemoryBound(to: RingSample.self))
  }

  /// The cells of a ring that is narrow.
  @inline(__always) var narrow: NarrowCells {
    NarrowCells(
      words: cells.assumingMemoryBound(to: UInt32.self), timeBits: timeBits, unit: unit)
  }

  /// The sums of the window before the ring's newest time.
  @inline(__always)
  func sums(of subject: UnsafeMutablePointer<Subject>) -> WindowSums {
    guard keepsSums else {
      return isNarrow ? sums(of: subject, narrow) : sums(of: subject, wide)
    }
    let words = sumWords
    return WindowSums(
      count: Int64(subject.pointee.windowCount), sum: Int64(bitPattern: words[0] << 16) >> 16,
      squaresLow: words[1], squaresHigh: UInt32(truncatingIfNeeded: words[0] >> 48))
  }

  @inline(__always)
  private func sums(
    of subject: UnsafeMutablePointer<Subject>, _ cells: some RingCells
  ) -> WindowSums {
    var sums = WindowSums()
    var left = Int(subject.pointee.windowCount)
    guard left > 0 else { return sums }
    var place = position(
      subject, Int(subject.pointee.count) &- Int(subject.pointee.pending) &- left)
    while left > 0 {
      sums.add(cells.value(place))
      place = place &+ 1 == capacity ? 0 : place &+ 1
      left &-= 1
    }
    return sums
  }

  /// Keeps the sums of the window for the subject's next record.
  @inline(__always)
  func setSums(_ sums: WindowSums, of subject: UnsafeMutablePointer<Subject>) {
    subject.pointee.windowCount = UInt16(truncatingIfNeeded: sums.count)
    guard keepsSums else { return }
    let words = sumWords
    words[0] = UInt64(sums.squaresHigh) << 48 | UInt64(bitPattern: sums.sum) & 0xffff_ffff_ffff
    words[1] = sums.squaresLow
  }

  /// What the sums take behind the samples.
  static let sumBytes = 16

  @inline(__always) private var keepsSums: Bool { capacity > RingClass.maxSummedAnew }

  /// The sum in the lower 48 bits, above it the high word of the squares (for their bounds see `WindowSums`);
  /// and their low word.
  @inline(__always) private var sumWords: UnsafeMutablePointer<UInt64> {
    let stride = isNarrow ? 4 : axes == nil ? 8 : 16
    return (cells + capacity &* stride).assumingMemoryBound(to: UInt64.self)
  }

  /// The position of the sample at `place` of a ring, counted from its oldest.
  @inline(__always)
  func position(_ subject: UnsafeMutablePointer<Subject>, _ place: Int) -> Int {
    let position = Int(subject.pointee.head) &+ place
    return position >= capacity ? position &- capacity : position
  }

  /// The low half of a sample's time; `newest` is that of the ring's newest sample.
  @inline(__always)
  func time(_ position: Int, newest: Int64) -> UInt32 {
    isNarrow
      ? narrow.time(position, newest: UInt32(truncatingIfNeeded: newest))
      : wide.time(position, newest: 0)
  }

  @inline(__always)
  func value(_ position: Int) -> Int32 {
    isNarrow ? narrow.value(position) : wide.value(position)
  }

  /// A sample; `newest` is the time of the ring's newest.
  @inline(__always)
  func sample(_ position: Int, newest: Int64) -> RingSample {
    guard isNarrow else { return wide.samples[position] }
    let cells = narrow
    return RingSample(
      time: cells.time(position, newest: UInt32(truncatingIfNeeded: newest)),
      value: cells.value(position), isFlagged: cells.isFlagged(position))
  }

  @inline(__always)
  func canHold(_ value: Int32) -> Bool { !isNarrow || narrow.canHold(value) }

  /// Puts in a sample that the ring can hold, without axes.
  @inline(__always)
  func put(_ position: Int, _ sample: RingSample) {
    if isNarrow {
      narrow.put(
        position, time: sample.time, value: sample.value, isFlagged: sample.isFlagged)
    } else {
      wide.samples[position] = sample
    }
  }

  /// The flag is the lowest bit, whatever the format.
  func setFlag(_ position: Int, _ isFlagged: Bool) {
    let flag: UInt32 = isFlagged ? 1 : 0
    if isNarrow {
      narrow.words[position] = narrow.words[position] & ~1 | flag
    } else {
      wide.samples[position].word = wide.samples[position].word & ~1 | Int32(flag)
    }
  }

  /// Copies a sample, with its axes, over another one.
  func copy(from source: Int, to target: Int) {
    if isNarrow {
      narrow.words[target] = narrow.words[source]
    } else {
      wide.samples[target] = wide.samples[source]
    }
    if let axes { axes[target] = axes[source] }
  }

  func prefetch(_ position: Int) {
    cbytes_prefetch(cells + position &* (isNarrow ? 4 : 8))
  }

  /// Lets go of the ring's oldest sample.
  @inline(__always)
  func dropOldest(_ subject: UnsafeMutablePointer<Subject>) {
    let head = Int(subject.pointee.head) &+ 1
    subject.pointee.head = UInt16(truncatingIfNeeded: head == capacity ? 0 : head)
    subject.pointee.count &-= 1
  }
}

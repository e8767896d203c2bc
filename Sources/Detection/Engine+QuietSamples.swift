import Events

/// The way of most samples, which nothing comes of but that they lie in the ring.
extension Engine {
  /// Puts samples into a subject's ring, from place `first` on, for as long as each is newer than the one before
  /// it, is neither flagged nor a peak, and closes no window: what ``judge(_:_:_:_:origin:arrival:)`` would do
  /// with them one by one. Here all that it takes of the subject stays in registers meanwhile.
  ///
  /// - Parameters:
  ///   - sums: those of the window before the newest sample; they are not written to the ring's block.
  ///   - cells: those of `block`.
  ///   - trigger: above it a sample may be the peak of a fall.
  /// - Returns: the place of the first sample that is not of this kind.
  @inline(__always)
  func passQuietSamples(
    _ samples: UnsafeBufferPointer<Sample>, _ axes: UnsafeBufferPointer<AxisSample>,
    from first: Int, _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ sums: inout WindowSums,
    _ block: RingBlock, _ cells: some RingCells, _ rules: UnsafeMutablePointer<HotRules>,
    _ zscore: ZScore, trigger: Int32
  ) -> Int {
    // One sample at the newest time, that is: `pending`.
    guard subject.pointee.state == .safe, !subject.pointee.flags.contains(.noted),
      subject.pointee.pending == 1
    else { return first }
    var trigger = trigger
    var peak = (time: Int64.min, value: Int32.min)
    var due = Int64.max
    if subject.pointee.flags.contains(.watched), let watch = watchPlaces[index] {
      // Who is watched is so with records without axes, too.
      trigger = rules.pointee.fallTrigger
      peak = (watches[watch].newestTime, watches[watch].newestValue)
      due = watches[watch].nextDue
    }
    let (length, retention) = (rules.pointee.length, rules.pointee.retention)
    let separation = rules.pointee.fallSeparation
    var newest = subject.pointee.lastTime
    // When the younger mark becomes the older one.
    let markDue =
      newest &- subject.pointee.sinceMark(at: newest) &+ retention &+ rules.pointee.reach &+ 1
    due = min(
      due, subject.pointee.openWindow &+ rules.pointee.aggregate &+ rules.pointee.lateness,
      markDue)

    let capacity = block.capacity
    func wrapped(_ position: Int) -> Int { position >= capacity ? position &- capacity : position }
    var count = Int(subject.pointee.count)
    var head = Int(subject.pointee.head)
    // Where the window's oldest sample is, and the place behind the newest one.
    var oldest = wrapped(head &+ count &- 1 &- Int(sums.count))
    var end = wrapped(head &+ count)
    var newestValue = cells.value(wrapped(head &+ count &- 1))
    var number = first
    while number < samples.count {
      let sample = samples[number]
      guard sample.time > newest, sample.time &- newest <= retention, sample.time < due,
        cells.canHold(sample.value)
      else { break }
      if sample.value > trigger {
        guard sample.value <= peak.value, sample.time &- peak.time <= separation else { break }
      }
      // Nothing is settled until the sample is known to be quiet.
      var window = sums
      var (firstOfWindow, firstOfRing, left) = (oldest, head, count)
      window.add(newestValue)
      let windowStart = UInt32(truncatingIfNeeded: sample.time &- length)
      let newestLow = UInt32(truncatingIfNeeded: newest)
      while window.count > 0 {
        let time = cells.time(firstOfWindow, newest: newestLow)
        if Int32(bitPattern: time &- windowStart) >= 0 { break }
        window.remove(cells.value(firstOfWindow))
        firstOfWindow = wrapped(firstOfWindow &+ 1)
      }
      let ringStart = UInt32(truncatingIfNeeded: sample.time &- retention)
      while left > 0 {
        let time = cells.time(firstOfRing, newest: newestLow)
        if Int32(bitPattern: time &- ringStart) >= 0 { break }
        firstOfRing = wrapped(firstOfRing &+ 1)
        left &-= 1
      }
      guard left < capacity, !zscore.flags(sample.value, against: window) else { break }

      (sums, oldest, head, count) = (window, firstOfWindow, firstOfRing, left &+ 1)
      cells.put(
        end, time: UInt32(truncatingIfNeeded: sample.time), value: sample.value,
        isFlagged: false)
      if let slots = block.axes { slots[end] = axes.isEmpty ? .none : RingAxes(axes[number]) }
      end = wrapped(end &+ 1)
      (newest, newestValue) = (sample.time, sample.value)
      number &+= 1
    }
    if number > first {
      subject.pointee.lastTime = newest
      subject.pointee.head = UInt16(truncatingIfNeeded: head)
      subject.pointee.count = UInt16(truncatingIfNeeded: count)
    }
    return number
  }
}

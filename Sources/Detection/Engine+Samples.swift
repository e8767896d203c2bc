import Events

/// The way of every sample: into its ring, and held against the window before it.
extension Engine {
  /// The block of a subject's ring, looked up once a record: it changes only when the ring grows.
  struct Block {
    let slots: UnsafeMutablePointer<RingSlab.Slot>
    /// 0 without a block.
    let capacity: Int
    /// The samples' axes, if they are kept.
    let axes: UnsafeMutablePointer<RingSlab.Slot>?

    @inline(__always)
    func slot(
      _ subject: UnsafeMutablePointer<Subject>, _ place: Int
    ) -> UnsafeMutablePointer<RingSlab.Slot> {
      let position = Int(subject.pointee.head) &+ place
      return slots + (position >= capacity ? position &- capacity : position)
    }

    /// Moves a sample, with its axes, to another place.
    func move(_ subject: UnsafeMutablePointer<Subject>, from: Int, to: Int) {
      let source = slot(subject, from)
      let target = slot(subject, to)
      target.pointee = source.pointee
      if let axes { axes[target - slots] = axes[source - slots] }
    }

    @inline(__always)
    func dropOldest(_ subject: UnsafeMutablePointer<Subject>) {
      let head = Int(subject.pointee.head) &+ 1
      subject.pointee.head = UInt32(truncatingIfNeeded: head == capacity ? 0 : head)
      subject.pointee.count &-= 1
    }
  }

  @inline(__always)
  func block(of subject: UnsafeMutablePointer<Subject>) -> Block {
    guard subject.pointee.blockClass != Subject.noBlock else {
      return Block(slots: slab.none, capacity: 0, axes: nil)
    }
    let hasAxes = subject.pointee.axisBlock != Subject.noAxes
    return Block(
      slots: slab.slots(of: subject.pointee.block),
      capacity: RingSlab.capacity(ofClass: Int(subject.pointee.blockClass)),
      axes: hasAxes ? axisSlab.slots(of: subject.pointee.axisBlock) : nil)
  }

  @inline(__always)
  func slot(
    _ subject: UnsafeMutablePointer<Subject>, _ place: Int
  ) -> UnsafeMutablePointer<RingSlab.Slot> {
    block(of: subject).slot(subject, place)
  }

  /// Judges the samples of one record and puts them into the subject's ring.
  mutating func judge(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>,
    _ samples: UnsafeBufferPointer<Sample>,
    _ axes: UnsafeBufferPointer<AxisSample> = UnsafeBufferPointer(start: nil, count: 0),
    origin: RecordOrigin, arrival: Int64
  ) {
    let rules = hot + Int(subject.pointee.stream)
    let zscore = rules.pointee.zscore
    let hasSeries = rules.pointee.hasSeries
    let traces = tracesScores
    let isPlain = !hasSeries && !traces
    if !axes.isEmpty, rules.pointee.hasFalls, subject.pointee.axisBlock == Subject.noAxes {
      attachAxes(subject)
    }
    let trigger =
      axes.isEmpty && !rules.pointee.hasFallsWithoutAxes ? Int32.max : rules.pointee.fallTrigger
    var sums = subject.pointee.sums
    var block = block(of: subject)
    var earliestLate = Int64.max
    var hasCounted = false
    var number = 0
    while number < samples.count {
      if isPlain, earliestLate == .max {
        let passed = passQuietSamples(
          samples, axes, from: number, subject, &sums, block, rules, zscore, trigger: trigger)
        if passed > number { hasCounted = true }
        number = passed
        guard number < samples.count else { break }
      }
      let sample = samples[number]
      let axes = axes.isEmpty ? RingSlab.Slot.noAxes : RingSlab.Slot(axes[number])
      number &+= 1
      if sample.time > subject.pointee.lastTime {
        if earliestLate != .max {
          // Before windows close, their flags must be those of the samples in order.
          rejudge(subject, after: earliestLate, rules)
          earliestLate = .max
        }
        advance(index, subject, &sums, block, to: sample.time, rules)
      } else if sample.time < subject.pointee.lastTime {
        subject.pointee.setSums(sums)
        if insertLate(index, subject, sample, axes, rules, trigger: trigger, origin: origin) {
          hasCounted = true
          earliestLate = min(earliestLate, sample.time)
        }
        sums = subject.pointee.sums
        block = self.block(of: subject)
        continue
      }
      hasCounted = true
      var isFlagged = zscore.flags(sample.value, against: sums)
      var finding: BankFinding?
      if hasSeries {
        finding = judgeSeries(index, subject, sample, isFlagged: isFlagged, against: sums)
        isFlagged = finding?.isAbnormal ?? false
      }
      if traces { trace(index, subject, sample, finding, against: sums) }
      append(subject, &sums, &block, sample, axes, isFlagged: isFlagged, rules)
      // Most samples are normal and belong to subjects that are safe: nothing more to do for them.
      if isFlagged || subject.pointee.state != .safe || subject.pointee.flags.contains(.noted) {
        observe(
          index, subject, sample, finding, isFlagged: isFlagged, isInOrder: true, baseline: sums,
          origin)
      }
      if sample.value > trigger || subject.pointee.flags.contains(.watched) {
        watchFalls(index, subject, sample, rules, origin)
      }
    }
    subject.pointee.setSums(sums)
    if earliestLate != .max { rejudge(subject, after: earliestLate, rules) }
    // Samples that are all too late are no sign of life: they are not judged.
    if hasCounted {
      subject.pointee.lastArrival = max(subject.pointee.lastArrival, arrival)
      subject.pointee.flags.insert(.dirty)
    }
  }

  /// Moves the subject's time on to `time`: the samples at the old newest time join the window's sums,
  /// those that are too old for the window leave it, windows close, and the ring lets go of what
  /// nobody needs.
  @inline(__always)
  private mutating func advance(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums,
    _ block: Block, to time: Int64, _ rules: UnsafeMutablePointer<HotRules>
  ) {
    let old = subject.pointee.lastTime
    guard old != .min, time &- old <= rules.pointee.retention else {
      restart(index, subject, at: time, rules)
      sums = WindowSums()
      return
    }
    var place = Int(subject.pointee.count &- subject.pointee.pending)
    while place < Int(subject.pointee.count) {
      sums.add(block.slot(subject, place).pointee.value)
      place &+= 1
    }
    subject.pointee.pending = 0
    // Only the low halves of times are compared: all of the ring lies within 2³¹ ms.
    let oldest = UInt32(truncatingIfNeeded: time &- rules.pointee.length)
    place = Int(subject.pointee.count) &- Int(truncatingIfNeeded: sums.count)
    while sums.count > 0 {
      let leaving = block.slot(subject, place).pointee
      if Int32(bitPattern: leaving.time &- oldest) >= 0 { break }
      sums.remove(leaving.value)
      place &+= 1
    }
    if time &- rules.pointee.lateness >= subject.pointee.openWindow &+ rules.pointee.aggregate {
      closeWindows(index, subject, watermark: time &- rules.pointee.lateness, rules)
    }
    let needed = UInt32(truncatingIfNeeded: time &- rules.pointee.retention)
    while subject.pointee.count > 0 {
      if Int32(bitPattern: block.slot(subject, 0).pointee.time &- needed) >= 0 { break }
      block.dropOldest(subject)
    }
    subject.pointee.lastTime = time
    // Once even the windows of the oldest samples kept reach back no further than the younger mark,
    // the older one has served. See `Checkpoints`.
    if time &- (rules.pointee.retention &+ rules.pointee.reach) > subject.pointee.markTime {
      subject.pointee.oldMark = subject.pointee.youngMark
      subject.pointee.youngMark = step
      subject.pointee.markTime = time
    }
  }

  /// Begins a subject's ring anew at `time`: the first sample, or one so much newer than the last that
  /// nothing of the past reaches it.
  @inline(never)
  private mutating func restart(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at time: Int64,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    closeWindows(index, subject, watermark: time &- rules.pointee.lateness, rules)
    subject.pointee.head = 0
    subject.pointee.count = 0
    subject.pointee.pending = 0
    subject.pointee.lastTime = time
    subject.pointee.openWindow = max(
      subject.pointee.openWindow, rules.pointee.openWindow(at: time))
    subject.pointee.oldMark = step
    subject.pointee.youngMark = step
    subject.pointee.markTime = time
  }

  /// Puts a sample behind the ring's newest one.
  @inline(__always)
  private mutating func append(
    _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums, _ block: inout Block,
    _ sample: Sample, _ axes: RingSlab.Slot, isFlagged: Bool,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    if Int(subject.pointee.count) == block.capacity {
      // By a copy: `sums` itself stays in registers, because its address is nowhere known.
      var reduced = sums
      makeRoom(subject, &reduced, rules)
      sums = reduced
      block = self.block(of: subject)
    }
    let slot = block.slot(subject, Int(subject.pointee.count))
    slot.pointee = RingSlab.Slot(time: sample.time, value: sample.value, isFlagged: isFlagged)
    if let slots = block.axes { slots[slot - block.slots] = axes }
    subject.pointee.count &+= 1
    subject.pointee.pending &+= 1
  }

  @inline(__always)
  func hasRoom(_ subject: UnsafeMutablePointer<Subject>) -> Bool {
    subject.pointee.blockClass != Subject.noBlock
      && Int(subject.pointee.count)
        < RingSlab.capacity(ofClass: Int(subject.pointee.blockClass))
  }

  /// Gives the ring a larger block, or at the bound lets its oldest sample go.
  @inline(never)
  mutating func makeRoom(
    _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    let old = subject.pointee
    if old.blockClass != Subject.noBlock, Int(old.count) >= rules.pointee.maxSamples {
      // The window's samples and those at the newest time are the ring's last ones.
      if old.count == old.pending {
        subject.pointee.pending -= 1
      } else if Int(old.count) == Int(sums.count) + Int(old.pending) {
        sums.remove(slot(subject, 0).pointee.value)
      }
      block(of: subject).dropOldest(subject)
      if isLive { decisions.evictedCount += 1 }
      return
    }
    let next = grownClass(subject, rules)
    let block = slab.allocate(class: next)
    let target = slab.slots(of: block)
    for place in 0..<Int(old.count) { target[place] = slot(subject, place).pointee }
    if old.axisBlock != Subject.noAxes { growAxes(subject, toClass: next) }
    if old.blockClass != Subject.noBlock {
      slab.release(old.block, class: Int(old.blockClass))
    }
    subject.pointee.block = block
    subject.pointee.blockClass = UInt8(next)
    subject.pointee.head = 0
  }

  /// The class for a ring that is full: what its samples' rate will need, so that a million rings do
  /// not leave their smaller blocks behind; at least the next one, at most four times as large.
  private func grownClass(
    _ subject: UnsafeMutablePointer<Subject>, _ rules: UnsafeMutablePointer<HotRules>
  ) -> Int {
    guard subject.pointee.blockClass != Subject.noBlock else { return RingSlab.firstClass }
    let next = Int(subject.pointee.blockClass) + 1
    let count = Int64(subject.pointee.count)
    let span = subject.pointee.lastTime - subject.pointee.time(of: slot(subject, 0).pointee)
    guard span > 0 else { return next }
    // The sample that asks for room is already the newest: `count` steps make up the span.
    let needed = min(count * rules.pointee.retention / span + 1, 4 * count)
    let enough = min(Int(needed), rules.pointee.maxSamples)
    return max(next, RingSlab.sizeClass(holding: enough))
  }

  /// Takes away the subject's ring.
  mutating func dropRing(_ subject: UnsafeMutablePointer<Subject>) {
    if subject.pointee.blockClass != Subject.noBlock {
      slab.release(subject.pointee.block, class: Int(subject.pointee.blockClass))
      dropAxes(subject)
    }
    unwatch(subject)
    subject.pointee.blockClass = Subject.noBlock
    subject.pointee.head = 0
    subject.pointee.count = 0
    subject.pointee.pending = 0
    subject.pointee.setSums(WindowSums())
  }
}

import Events

/// The way of every sample: into its ring, and held against the window before it.
extension Engine {
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
    if !axes.isEmpty, rules.pointee.hasFalls, subject.pointee.format != .motion {
      attachAxes(subject)
    }
    let trigger =
      axes.isEmpty && !rules.pointee.hasFallsWithoutAxes ? Int32.max : rules.pointee.fallTrigger
    var block = block(of: subject)
    var sums = block.sums(of: subject)
    var earliestLate = Int64.max
    var hasCounted = false
    var number = 0
    while number < samples.count {
      if isPlain, earliestLate == .max {
        let passed =
          block.isNarrow
          ? passQuietSamples(
            samples, axes, from: number, index, subject, &sums, block, block.narrow, rules, zscore,
            trigger: trigger)
          : passQuietSamples(
            samples, axes, from: number, index, subject, &sums, block, block.wide, rules, zscore,
            trigger: trigger)
        if passed > number { hasCounted = true }
        number = passed
        guard number < samples.count else { break }
      }
      let sample = samples[number]
      let axes = axes.isEmpty ? RingAxes.none : RingAxes(axes[number])
      number &+= 1
      if sample.time > subject.pointee.lastTime {
        if earliestLate != .max {
          // Before windows close, their flags must be those of the samples in order.
          rejudge(subject, after: earliestLate, rules)
          earliestLate = .max
        }
        advance(index, subject, &sums, block, to: sample.time, rules)
      } else if sample.time < subject.pointee.lastTime {
        block.setSums(sums, of: subject)
        if insertLate(index, subject, sample, axes, rules, trigger: trigger, origin: origin) {
          hasCounted = true
          earliestLate = min(earliestLate, sample.time)
        }
        block = self.block(of: subject)
        sums = block.sums(of: subject)
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
    block.setSums(sums, of: subject)
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
    _ block: RingBlock, to time: Int64, _ rules: UnsafeMutablePointer<HotRules>
  ) {
    let old = subject.pointee.lastTime
    guard old != .min, time &- old <= rules.pointee.retention else {
      restart(index, subject, at: time, rules)
      sums = WindowSums()
      return
    }
    var place = Int(subject.pointee.count &- subject.pointee.pending)
    while place < Int(subject.pointee.count) {
      sums.add(block.value(block.position(subject, place)))
      place &+= 1
    }
    subject.pointee.pending = 0
    // Only the low halves of times are compared: all of the ring lies within 2³¹ ms.
    let oldest = UInt32(truncatingIfNeeded: time &- rules.pointee.length)
    place = Int(subject.pointee.count) &- Int(truncatingIfNeeded: sums.count)
    while sums.count > 0 {
      let leaving = block.sample(block.position(subject, place), newest: old)
      if Int32(bitPattern: leaving.time &- oldest) >= 0 { break }
      sums.remove(leaving.value)
      place &+= 1
    }
    if time &- rules.pointee.lateness >= subject.pointee.openWindow &+ rules.pointee.aggregate {
      closeWindows(index, subject, watermark: time &- rules.pointee.lateness, rules)
    }
    let needed = UInt32(truncatingIfNeeded: time &- rules.pointee.retention)
    while subject.pointee.count > 0 {
      let time = block.time(block.position(subject, 0), newest: old)
      if Int32(bitPattern: time &- needed) >= 0 { break }
      block.dropOldest(subject)
    }
    subject.pointee.lastTime = time
    // Once even the windows of the oldest samples kept reach back no further than the younger mark,
    // the older one has served. See `Checkpoints`.
    if subject.pointee.sinceMark(at: time) > rules.pointee.retention &+ rules.pointee.reach {
      subject.pointee.oldMark = subject.pointee.youngMark
      subject.pointee.setMark(step: step, at: time)
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
    subject.pointee.setMark(step: step, at: time)
  }

  /// Puts a sample behind the ring's newest one.
  @inline(__always)
  private mutating func append(
    _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums, _ block: inout RingBlock,
    _ sample: Sample, _ axes: RingAxes, isFlagged: Bool,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    if Int(subject.pointee.count) == block.capacity || !block.canHold(sample.value) {
      // By a copy: `sums` itself stays in registers, because its address is nowhere known.
      var reduced = sums
      makeRoom(for: sample.value, subject, &reduced, rules)
      sums = reduced
      block = self.block(of: subject)
    }
    let position = block.position(subject, Int(subject.pointee.count))
    block.put(
      position, RingSample(time: sample.time, value: sample.value, isFlagged: isFlagged))
    if let slots = block.axes { slots[position] = axes }
    subject.pointee.count &+= 1
    subject.pointee.pending &+= 1
  }
}

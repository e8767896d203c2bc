import Events

/// Where the samples of subjects lie: their rings' blocks, which grow, and change their format.
extension Engine {
  @inline(__always)
  func block(of subject: UnsafeMutablePointer<Subject>) -> RingBlock {
    guard subject.pointee.blockClass != Subject.noBlock else { return .none }
    return block(
      subject.pointee.block, class: Int(subject.pointee.blockClass),
      subject.pointee.format, hot + Int(subject.pointee.stream))
  }

  @inline(__always)
  private func block(
    _ block: UInt32, class index: Int, _ format: RingFormat,
    _ rules: UnsafeMutablePointer<HotRules>
  ) -> RingBlock {
    let capacity = RingClass.capacity(index)
    if format.isNarrow {
      return RingBlock(
        narrow: narrowSlab.cells(of: block), capacity: capacity,
        timeBits: rules.pointee.timeBits, unit: format.unit)
    }
    return format == .wide
      ? RingBlock(wide: wideSlab.cells(of: block), capacity: capacity)
      : RingBlock(motion: motionSlab.cells(of: block), capacity: capacity)
  }

  /// The samples of a ring that is not empty.
  func ring(_ subject: UnsafeMutablePointer<Subject>) -> RingView {
    RingView(block(of: subject), of: subject)
  }

  @inline(__always)
  func hasRoom(_ subject: UnsafeMutablePointer<Subject>) -> Bool {
    subject.pointee.blockClass != Subject.noBlock
      && Int(subject.pointee.count) < RingClass.capacity(Int(subject.pointee.blockClass))
  }

  /// Makes a ring ready for one more sample, of this value: gives it a larger block, or at the bound lets its
  /// oldest sample go; and another format, if in its own it could not hold the value.
  @inline(never)
  mutating func makeRoom(
    for value: Int32, _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    var index = Int(subject.pointee.blockClass)
    if subject.pointee.blockClass == Subject.noBlock {
      index = RingClass.first
    } else if !hasRoom(subject) {
      if Int(subject.pointee.count) >= min(rules.pointee.maxSamples, RingClass.maxSamples) {
        evictOldest(subject, &sums)
      } else {
        index = grownClass(subject, rules)
      }
    }
    var format = subject.pointee.format
    if subject.pointee.blockClass == Subject.noBlock || format.isNarrow {
      format = fittingFormat(subject, class: index, adding: value, rules)
    }
    if index != Int(subject.pointee.blockClass) || format != subject.pointee.format {
      move(subject, toClass: index, format, sums)
    }
  }

  private mutating func evictOldest(
    _ subject: UnsafeMutablePointer<Subject>, _ sums: inout WindowSums
  ) {
    // The window's samples and those at the newest time are the ring's last ones.
    let block = block(of: subject)
    if subject.pointee.count == subject.pointee.pending {
      subject.pointee.pending -= 1
    } else if Int(subject.pointee.count) == Int(sums.count) + Int(subject.pointee.pending) {
      sums.remove(block.value(block.position(subject, 0)))
    }
    block.dropOldest(subject)
    if isLive { decisions.evictedCount += 1 }
  }

  /// The class for a ring that is full: what its samples' rate will need, so that a million rings do
  /// not leave their smaller blocks behind; at least the next one, at most four times as large.
  private func grownClass(
    _ subject: UnsafeMutablePointer<Subject>, _ rules: UnsafeMutablePointer<HotRules>
  ) -> Int {
    let next = Int(subject.pointee.blockClass) + 1
    let count = Int64(subject.pointee.count)
    let span = subject.pointee.lastTime - ring(subject).time(at: 0)
    guard span > 0 else { return next }
    // The sample that asks for room is already the newest: `count` steps make up the span.
    let needed = min(count * rules.pointee.retention / span + 1, 4 * count)
    let enough = min(Int(needed), rules.pointee.maxSamples)
    return max(next, RingClass.holding(enough))
  }

  /// The format for a ring in a block of this class that is to hold one more value than it does: narrow, in the
  /// largest unit that all its values are multiples of, or else wide.
  private func fittingFormat(
    _ subject: UnsafeMutablePointer<Subject>, class index: Int, adding value: Int32,
    _ rules: UnsafeMutablePointer<HotRules>
  ) -> RingFormat {
    guard rules.pointee.timeBits > 0, RingClass.capacity(index) <= RingFormat.maxNarrowSamples
    else { return .wide }
    var exponent = RingFormat.exponent(of: value)
    let count = Int(subject.pointee.count)
    if count > 0 {
      let ring = ring(subject)
      for place in 0..<count {
        exponent = min(exponent, RingFormat.exponent(of: ring.value(at: place)))
      }
      let unit = RingFormat.narrow(exponent: exponent).unit
      for place in 0..<count {
        let units = ring.value(at: place) / unit
        guard NarrowCells.holds(units, rules.pointee.timeBits) else { return .wide }
      }
    }
    let format = RingFormat.narrow(exponent: exponent)
    return NarrowCells.holds(value / format.unit, rules.pointee.timeBits) ? format : .wide
  }

  /// Moves a ring to a block of its own class and format, its oldest sample to the beginning. `sums` are those of
  /// its window.
  private mutating func move(
    _ subject: UnsafeMutablePointer<Subject>, toClass index: Int, _ format: RingFormat,
    _ sums: WindowSums
  ) {
    let rules = hot + Int(subject.pointee.stream)
    let place = allocate(class: index, format)
    let target = block(place, class: index, format, rules)
    let source = block(of: subject)
    let count = Int(subject.pointee.count)
    for place in 0..<count {
      let position = source.position(subject, place)
      target.put(place, source.sample(position, newest: subject.pointee.lastTime))
      if let axes = target.axes { axes[place] = source.axes?[position] ?? .none }
    }
    release(subject)
    subject.pointee.block = place
    subject.pointee.blockClass = UInt8(index)
    subject.pointee.format = format
    subject.pointee.head = 0
    target.setSums(sums, of: subject)
  }

  private mutating func allocate(class index: Int, _ format: RingFormat) -> UInt32 {
    if format.isNarrow { return narrowSlab.allocate(class: index) }
    return format == .wide
      ? wideSlab.allocate(class: index) : motionSlab.allocate(class: index)
  }

  private mutating func release(_ subject: UnsafeMutablePointer<Subject>) {
    guard subject.pointee.blockClass != Subject.noBlock else { return }
    let (block, index) = (subject.pointee.block, Int(subject.pointee.blockClass))
    if subject.pointee.format.isNarrow {
      narrowSlab.release(block, class: index)
    } else if subject.pointee.format == .wide {
      wideSlab.release(block, class: index)
    } else {
      motionSlab.release(block, class: index)
    }
  }

  /// Gives a subject's ring room for axes; those of the samples in it are not known.
  mutating func attachAxes(_ subject: UnsafeMutablePointer<Subject>) {
    let hasBlock = subject.pointee.blockClass != Subject.noBlock
    let sums = block(of: subject).sums(of: subject)
    move(
      subject, toClass: hasBlock ? Int(subject.pointee.blockClass) : RingClass.first, .motion, sums)
  }

  /// Takes away the subject's ring.
  mutating func dropRing(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    release(subject)
    unwatch(index, subject)
    subject.pointee.blockClass = Subject.noBlock
    subject.pointee.format = .wide
    subject.pointee.head = 0
    subject.pointee.count = 0
    subject.pointee.pending = 0
    subject.pointee.windowCount = 0
  }
}

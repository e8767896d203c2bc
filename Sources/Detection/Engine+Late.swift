import Events

/// Samples that come behind their subject's newest one.
extension Engine {
  /// Puts a late sample in its place, judged by the window before its own time; or keeps a record of
  /// it if it came too late. Returns whether it counted.
  @inline(never)
  mutating func insertLate(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ sample: Sample,
    _ axes: RingAxes = .none, _ rules: UnsafeMutablePointer<HotRules>,
    trigger: Int32 = .max, origin: RecordOrigin
  ) -> Bool {
    let lateness = subject.pointee.lastTime - sample.time
    guard lateness <= rules.pointee.lateness, sample.time >= subject.pointee.openWindow else {
      if isLive {
        decisions.lateSamples.append(
          LateSample(
            subject: index, time: sample.time, value: decimal(sample.value, of: subject),
            lateness: lateness, origin: origin))
      }
      return false
    }
    var block = block(of: subject)
    var sums = block.sums(of: subject)
    while !hasRoom(subject) || !block.canHold(sample.value) {
      makeRoom(for: sample.value, subject, &sums, rules)
      block = self.block(of: subject)
    }
    var place = Int(subject.pointee.count)
    let newest = subject.pointee.lastTime
    while place > 0 {
      let before = block.position(subject, place - 1)
      guard block.sample(before, newest: newest).time(newest: newest) > sample.time else { break }
      block.copy(from: before, to: block.position(subject, place))
      place -= 1
    }
    let position = block.position(subject, place)
    block.put(
      position, RingSample(time: sample.time, value: sample.value, isFlagged: false))
    if let slots = block.axes { slots[position] = axes }
    subject.pointee.count += 1
    if sample.time >= subject.pointee.lastTime - rules.pointee.length { sums.add(sample.value) }
    block.setSums(sums, of: subject)

    var cursor = BaselineCursor(length: rules.pointee.length)
    cursor.begin(before: sample.time, of: ring(subject))
    var isFlagged = rules.pointee.zscore.flags(sample.value, against: cursor.sums)
    // The other detectors take samples in order: of a late one the z-score alone says what it can.
    if !rules.pointee.isZScoreEnough { isFlagged = false }
    if tracesScores { trace(index, subject, sample, nil, against: cursor.sums) }
    if isFlagged { block.setFlag(position, true) }
    if isFlagged || subject.pointee.flags.contains(.noted) {
      observe(
        index, subject, sample, nil, isFlagged: isFlagged, isInOrder: false,
        baseline: cursor.sums, origin)
    }
    if sample.value > trigger { watchLate(index, subject, sample, at: place, origin) }
    return true
  }

  /// Judges the samples newer than `time` again, whose windows a late sample has joined: the flags that
  /// the history keeps are those of the samples in order, however they came.
  @inline(never)
  func rejudge(
    _ subject: UnsafeMutablePointer<Subject>, after time: Int64,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    // What threat rules say of a frame does not depend on those around it in the ring.
    guard !rules.pointee.isCamera else { return }
    // The other detectors take samples in the order of their coming.
    guard !rules.pointee.hasSeries else { return }
    let ring = ring(subject)
    var place = ring.count
    while place > 0, ring.time(at: place - 1) > time { place -= 1 }
    guard place < ring.count else { return }
    var cursor = BaselineCursor(length: rules.pointee.length)
    cursor.begin(before: ring.time(at: place), of: ring)
    while place < ring.count {
      cursor.advance(to: ring.time(at: place), of: ring)
      let isFlagged = rules.pointee.zscore.flags(ring.value(at: place), against: cursor.sums)
      ring.setFlag(at: place, isFlagged)
      place += 1
    }
  }
}

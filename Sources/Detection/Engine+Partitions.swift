import Events

/// Partitions come and go; how far each has been processed, and how far back a restart must read.
extension Engine {
  /// Takes up a partition.
  ///
  /// - Parameters:
  ///   - rewind: the offset at which its records will begin.
  ///   - next: the first offset whose effects are not yet in the store; `rewind ... next` is read only
  ///     to fill the windows again.
  ///   - isNew: nothing of it is in the store yet: `next` is worth storing even if no record comes.
  ///   - lastArrival: when the newest record that has been processed reached Kafka, if that is known.
  public mutating func assign(
    _ partition: PartitionIndex, rewind: Int64, next: Int64, isNew: Bool = false,
    lastArrival: Int64? = nil
  ) {
    while partitions.count <= Int(partition) { partitions.append(PartitionState()) }
    var state = PartitionState()
    state.isAssigned = true
    state.position = min(rewind, next)
    state.liveFrom = next
    state.rewind = state.position
    state.liveSince = step
    state.hasMoved = isNew
    state.newestBefore = lastArrival ?? .min
    state.checkpoints.append(step: step, next: state.position)
    partitions[Int(partition)] = state
    // Who reads hundreds of partitions of a million subjects must not look at all of them for each.
    guard deserted.remove(partition) != nil else { return }
    for index in 0..<UInt32(subjects.count) where subjects[index].pointee.partition == partition {
      subjects[index].pointee.flags.remove(.revoked)
    }
  }

  /// Lets a partition go: its subjects' rings are dropped, and no more is said of them until it is
  /// assigned again, but that whoever was safe becomes unknown after a while. Take and store the decisions before.
  public mutating func revoke(_ partition: PartitionIndex) { revoke([partition]) }

  /// The same of several, in one pass over the subjects.
  public mutating func revoke(_ gone: [PartitionIndex]) {
    var isGone = Array(repeating: false, count: partitions.count)
    for partition in gone where Int(partition) < partitions.count {
      partitions[Int(partition)].isAssigned = false
      isGone[Int(partition)] = true
    }
    guard isGone.contains(true) else { return }
    var hadSubjects = Array(repeating: false, count: partitions.count)
    for index in 0..<UInt32(subjects.count) {
      let partition = Int(subjects[index].pointee.partition)
      guard partition < isGone.count, isGone[partition] else { continue }
      hadSubjects[partition] = true
      dropRing(index, subjects[index])
      settlePlace(ofCamera: index)
      cameras[index] = nil
      subjects[index].pointee.flags.formUnion([.revoked, .restored])
      subjects[index].pointee.flags.remove(.dirty)
    }
    for place in hadSubjects.indices where hadSubjects[place] {
      deserted.insert(PartitionIndex(place))
    }
  }

  /// Offsets of a partition go on from a lower one: its log is not what it was. What has been judged stays, and so
  /// do the rings, unless they were just being filled again: then they may hold what is yet to be judged.
  public mutating func startOver(_ partition: PartitionIndex, at next: Int64) {
    let place = Int(partition)
    guard place < partitions.count, partitions[place].isAssigned else { return }
    let lastArrival = partitions[place].lastArrival
    guard partitions[place].isLive else {
      revoke(partition)
      return assign(partition, rewind: next, next: next, isNew: true, lastArrival: lastArrival)
    }
    partitions[place].position = next
    partitions[place].liveFrom = next
    partitions[place].rewind = next
    partitions[place].checkpoints = Checkpoints()
    partitions[place].checkpoints.append(step: step, next: next)
    partitions[place].hasMoved = true
  }

  /// Whether a record is to be taken: false for one whose place has been passed already, which a
  /// consumer may deliver twice. Call it for each record, in order, before anything else.
  ///
  /// - Parameter arrival: when the record reached Kafka, in milliseconds since 1970.
  @inline(__always)
  public mutating func admit(_ origin: RecordOrigin, arrival: Int64) -> Bool {
    let place = Int(origin.partition)
    guard place < partitions.count, partitions[place].isAssigned,
      origin.offset >= partitions[place].position
    else { return false }
    let wasLive = partitions[place].isLive
    partitions[place].position = origin.offset &+ 1
    if !wasLive && partitions[place].isLive { partitions[place].liveSince = step }
    isLive = origin.offset >= partitions[place].liveFrom
    if isLive {
      partitions[place].hasMoved = true
      decisions.recordCount &+= 1
    }
    if arrival > partitions[place].newest { partitions[place].newest = arrival }
    return true
  }

  /// The next offset that the engine will take of a partition.
  public func position(of partition: PartitionIndex) -> Int64 {
    Int(partition) < partitions.count ? partitions[Int(partition)].position : 0
  }

  /// Where a partition's records begin that are judged, while those before only fill its windows; `nil` once
  /// it is there.
  public func liveStart(of partition: PartitionIndex) -> Int64? {
    let place = Int(partition)
    guard place < partitions.count, partitions[place].isAssigned, !partitions[place].isLive
    else { return nil }
    return partitions[place].liveFrom
  }

  /// When the newest record of a partition that has been judged reached Kafka, in milliseconds since 1970; `nil`
  /// if that is not known.
  public func lastArrival(in partition: PartitionIndex) -> Int64? {
    let place = Int(partition)
    return place < partitions.count ? partitions[place].lastArrival : nil
  }

  /// Says that a partition has no record before `position` left to give: those skipped were not lost
  /// but hold no message (transaction markers, compacted ones).
  public mutating func skip(to position: Int64, in partition: PartitionIndex) {
    let place = Int(partition)
    guard place < partitions.count, position > partitions[place].position else { return }
    partitions[place].position = position
    partitions[place].hasMoved = position > partitions[place].liveFrom
  }

  /// Moves a partition's clock on, by which silence is measured. To be called with the time of day only
  /// while all its records have been taken: while they wait, its subjects are not silent.
  public mutating func advanceClock(of partition: PartitionIndex, to time: Int64) {
    let place = Int(partition)
    guard place < partitions.count, time > partitions[place].caughtUp else { return }
    partitions[place].caughtUp = time
  }

  /// A pass over all subjects, spread over many batches.
  struct Sweep {
    var cursor = 0
    var due = 0.0
    var startStep: UInt32 = 0
    /// The oldest mark of any ring, by home partition, and of those fed by several.
    var oldest: [PartitionIndex: UInt32] = [:]
    var oldestScattered = UInt32.max
  }

  mutating func sweepSubjects(share: Double) {
    guard subjects.count > 0 else { return finishSweep() }
    sweep.due += max(0, min(share, 1)) * Double(subjects.count)
    let clocks = partitions.lazy.filter(\.isAssigned).map(\.clock)
    let slowest = clocks.min() ?? .min
    isLive = true
    while sweep.due >= 1, sweep.cursor < subjects.count {
      sweep.due -= 1
      sweepSubject(UInt32(sweep.cursor), slowestClock: slowest)
      sweep.cursor += 1
    }
    if sweep.cursor == subjects.count { finishSweep() }
  }

  private mutating func sweepSubject(_ index: UInt32, slowestClock: Int64) {
    let subject = subjects[index]
    guard !subject.pointee.flags.contains(.revoked) else {
      return lapse(index, subject, clock: slowestClock)
    }
    let home = Int(subject.pointee.partition)
    let isKnown = home < partitions.count
    // While a restart refills the windows, clocks and rows are those of the past.
    let isLive =
      isKnown
      ? partitions[home].isLive : partitions.allSatisfy { !$0.isAssigned || $0.isLive }
    guard isLive else { return }
    let clock = isKnown ? partitions[home].clock : slowestClock
    if subject.pointee.state != .stale, clock != .min,
      clock - subject.pointee.lastArrival > hot[Int(subject.pointee.stream)].staleAfter
    {
      fallSilent(index, subject)
    }
    if subject.pointee.flags.contains(.noted), clock != .min,
      hot[Int(subject.pointee.stream)].isCamera
    {
      calm(index, subject, at: nil, clock: clock)
    }
    if subject.pointee.flags.contains(.dirty), !subject.pointee.flags.contains(.listed) {
      decisions.rows.append(row(of: index, replacing: subject.pointee.state))
    }
    guard subject.pointee.count > 0 else { return }
    let mark = min(subject.pointee.oldMark, sweepBank(of: index, subject, clock: clock))
    if subject.pointee.flags.contains(.scattered) {
      sweep.oldestScattered = min(sweep.oldestScattered, mark)
    } else {
      let partition = subject.pointee.partition
      sweep.oldest[partition] = min(sweep.oldest[partition] ?? .max, mark)
    }
    if subject.pointee.flags.contains(.noted), !floorMatters(index, subject) {
      note(index, subject) { $0.floor = .min }
    }
  }

  /// Nobody stays safe whom nobody looks at here: a row of which no record has come for as long as makes others
  /// stale becomes unknown. What is amiss is left as it was when it was seen last.
  ///
  /// - Parameter clock: that of the partitions which are read here still; `.min` if there is none.
  private mutating func lapse(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, clock: Int64
  ) {
    guard subject.pointee.state == .safe, clock != .min,
      clock - subject.pointee.lastArrival
        > rules[Int(subject.pointee.stream)].status.staleAfter
    else { return }
    change(
      index, subject, to: .unknown, at: subject.pointee.lastTime, cause: nil,
      reason: "not watched here: its partition went to another member of the group")
  }

  /// At the end of a pass every row that was behind at its beginning has been handed out, and every ring
  /// has said what it needs: the partitions' rewind offsets follow.
  private mutating func finishSweep() {
    for place in partitions.indices {
      guard partitions[place].isAssigned, partitions[place].isLive,
        sweep.startStep >= partitions[place].liveSince
      else { continue }
      let partition = PartitionIndex(place)
      let needed = min(
        sweep.startStep, sweep.oldestScattered, sweep.oldest[partition] ?? .max)
      if let offset = partitions[place].checkpoints.offset(at: needed),
        offset > partitions[place].rewind
      {
        partitions[place].rewind = min(offset, partitions[place].position)
        partitions[place].hasMoved = true
      }
    }
    sweep.cursor = 0
    sweep.due = 0
    sweep.startStep = step &+ 1
    sweep.oldest.removeAll(keepingCapacity: true)
    sweep.oldestScattered = .max
  }

  mutating func collectProgress() {
    for place in partitions.indices where partitions[place].isAssigned {
      partitions[place].checkpoints.append(
        step: step &+ 1, next: partitions[place].position)
      guard partitions[place].hasMoved, partitions[place].isLive else { continue }
      partitions[place].hasMoved = false
      decisions.progress.append(
        PartitionProgress(
          partition: PartitionIndex(place), next: partitions[place].position,
          rewind: partitions[place].rewind, lastArrival: partitions[place].lastArrival))
    }
  }
}

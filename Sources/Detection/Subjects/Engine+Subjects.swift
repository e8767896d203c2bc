import Events

/// Subjects come, fall silent, and come back.
extension Engine {
  /// Takes up a subject that has just been interned.
  @inline(never)
  mutating func introduce(_ index: UInt32, stream: Int, at time: Int64, _ origin: RecordOrigin) {
    var subject = Subject()
    subject.stream = UInt8(profile(of: index, stream: stream))
    subject.partition = origin.partition
    subject.since = time
    subject.causeOffset = origin.offset
    subject.causePartition = origin.partition
    subject.flags = .transitioned
    _ = subjects.append(subject)
    decisions.subjects.append(NewSubject(index: index, identity: identity(of: index)))
    list(index, subjects[index])
  }

  /// Takes up a subject from its row of an earlier run, before any partition is assigned. Indices are
  /// given in the order of the calls.
  ///
  /// - Parameter detectors: the newest of its ``Decisions/detectorStates``; empty if there is none.
  /// - Returns: the subject's index; `nil` if no stream of this engine has subjects of its kind.
  public mutating func restore(
    _ identity: SubjectIdentity, row: StatusRow, detectors: [UInt8] = []
  ) -> UInt32? {
    var user = identity.user
    var device = identity.device
    return user.withUTF8 { user in
      device.withUTF8 { device in
        restore(
          kind: identity.kind, user: UnsafeRawBufferPointer(user),
          device: UnsafeRawBufferPointer(device), row: row, detectors: detectors)
      }
    }
  }

  /// The same with the bytes of the subject's user and device, as
  /// ``ingest(stream:user:device:samples:axes:origin:arrival:)`` takes them.
  public mutating func restore(
    kind: String, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, row: StatusRow,
    detectors: [UInt8] = []
  ) -> UInt32? {
    guard let base = stream(ofKind: kind) else { return nil }
    let (index, isNew) = interner.intern(SubjectKey(stream: base, user: user, device: device))
    guard isNew else { return index }
    var subject = Subject()
    let stream = profile(of: index, stream: base)
    subject.stream = UInt8(stream)
    subject.partition = Subject.nowhere
    subject.state = row.state
    subject.previousState = row.previousState
    subject.since = row.since
    subject.causeOffset = row.cause?.offset ?? -1
    subject.causePartition = row.cause?.partition ?? 0
    subject.lastTime = row.lastSeen
    subject.lastArrival = row.lastArrival
    subject.makeMarkDue()
    subject.flags = .restored
    _ = subjects.append(subject)
    let pointer = subjects[index]
    restoreBank(of: index, pointer, detectors)
    let isUsual = row.reason == usualReason(row.state, stream: stream).rawValue
    if isUsual, row.evidence.isEmpty, row.location == nil, row.timeZone.isEmpty, row.site.isEmpty {
      pointer.pointee.openWindow = hot[stream].openWindow(at: row.lastSeen)
      return index
    }
    // Evidence of a version unknown to us is worth less than a service that starts.
    var noted =
      SubjectNotes(evidence: restorePlace(of: index, from: row)) ?? SubjectNotes()
    let silence = silenceWords[stream]
    noted.reason = isUsual ? nil : row.reason == silence ? silence : row.reason
    // Without another cause the state is what the abnormal samples made it.
    if noted.episode?.level == .safe { noted.episode?.level = row.state }
    note(index, pointer) { $0 = noted }
    pointer.pointee.openWindow = max(
      noted.floor, hot[stream].openWindow(at: row.lastSeen))
    return index
  }

  /// Without a copy of any rules: asked for each subject at a start.
  private func stream(ofKind kind: String) -> Int? {
    for stream in rules.indices where rules[stream].kind == kind { return stream }
    return nil
  }

  func identity(of index: UInt32) -> SubjectIdentity {
    let key = interner.key(of: index)
    return SubjectIdentity(
      kind: rules[Int(key.stream)].kind, user: key.user, device: key.device)
  }

  /// Prepares a subject for a record that arrived at `arrival`. Returns whether its samples are wanted.
  @inline(__always)
  mutating func arriving(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at arrival: Int64,
    in partition: PartitionIndex
  ) -> Bool {
    if subject.pointee.partition != partition {
      if subject.pointee.partition != Subject.nowhere {
        subject.pointee.flags.insert(.scattered)
      }
      subject.pointee.partition = partition
    }
    if subject.pointee.flags.contains(.restored) {
      if !isLive, subject.pointee.state == .stale { return false }
      reawaken(index, subject, at: arrival)
    }
    // Measured on the partition's clock, as a sweep measures it: whichever comes first, the outcome is
    // the same.
    let gap = partitions[Int(partition)].clock &- subject.pointee.lastArrival
    if gap > hot[Int(subject.pointee.stream)].staleAfter, subject.pointee.count > 0 {
      fallSilent(index, subject)
    }
    return true
  }

  /// The first record of a subject since it was restored.
  private mutating func reawaken(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at arrival: Int64
  ) {
    subject.pointee.flags.subtract([.restored, .revoked])
    defer { subject.pointee.makeMarkDue() }
    guard !isLive else { return }
    // The records that are about to come are those that filled the ring before: time begins anew.
    // What lies before the floor was kept out then and is kept out now.
    let floor = notes[index]?.floor ?? .min
    subject.pointee.lastTime = floor == .min ? .min : floor - 1
    subject.pointee.lastArrival = arrival
    subject.pointee.openWindow = floor
  }

  /// Closes a silent subject's windows and lets its ring go. In the live stream it becomes stale.
  mutating func fallSilent(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    let stream = Int(subject.pointee.stream)
    let last = subject.pointee.lastTime
    if isLive, hot[stream].isCamera {
      // What was quiet by the moment at which silence became silence had been called off before.
      calm(
        index, subject, at: nil, clock: subject.pointee.lastArrival + hot[stream].staleAfter)
    }
    if subject.pointee.count > 0 {
      let end = HotRules.floor(last, to: hot[stream].aggregate) + hot[stream].aggregate
      closeWindows(index, subject, watermark: end, hot + stream)
    }
    if isLive, subject.pointee.state != .stale {
      let before = subject.pointee.state
      let reason = notes[index]?.reason
      let known = before == .warning || before == .danger
      var words = silenceWords[stream]
      if known { words += "; was \(before.name): \(reason ?? "abnormal")" }
      let time = last == .min ? subject.pointee.since : last
      change(
        index, subject, to: .stale, at: time, cause: nil, reason: words,
        isTold: !isHeardElsewhere(subject),
        tellsAbnormal: notes[index]?.fall == nil || notes[index]?.episode != nil)
      saveBank(of: index, subject)
      if hot[stream].isCamera {
        decisions.equipmentFaults.append(
          EquipmentFault(subject: index, time: time, kind: .silent, reason: words, origin: nil))
      }
    }
    if hot[stream].isCamera { lookAway(index, subject) }
    // While a restart refills the ring, the notes are already those of its end.
    if isLive {
      let floor = subject.pointee.openWindow
      note(index, subject) {
        $0.episode = nil
        $0.floor = floor
      }
    }
    dropRing(index, subject)
  }
}

extension Engine {
  /// Whether a subject that was restored and not heard of since belongs to a partition that is not read
  /// here, as far as its row tells.
  private func isHeardElsewhere(_ subject: UnsafeMutablePointer<Subject>) -> Bool {
    guard subject.pointee.partition == Subject.nowhere, subject.pointee.causeOffset >= 0 else {
      return false
    }
    let place = Int(subject.pointee.causePartition)
    return place >= partitions.count || !partitions[place].isAssigned
  }
}

extension Subject {
  /// The partition of a restored subject that has not been heard of yet.
  static let nowhere: PartitionIndex = .max
}

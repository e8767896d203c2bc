import Events

/// The way of a camera's frame: judged by threat rules, counted by class, and put into the camera's ring
/// as the largest probability of an unsafe class.
extension Engine {
  /// Sets the threat rules of a stream of cameras. Takes effect with each camera's next frame; call it
  /// between batches, so that each batch is judged by one set.
  public mutating func install(_ rules: RuleSet, stream: Int) {
    threatRules[stream] = CompiledRules(rules, names: names, timeZones: timeZones)
    hot[stream] = HotRules(self.rules[stream], threats: rules.rules)
  }

  /// Says by what the records are judged from now on. It goes out with the next decisions: take those of
  /// the records before.
  public mutating func useJudgement(_ version: JudgementVersion) {
    decisions.judgement = version
  }

  /// Judges the frames of one admitted record.
  ///
  /// - Parameters:
  ///   - stream: the stream's place in the list that the engine was made with; one with `cameras`.
  ///   - batch: from a decoder that has the engine's names and time zones.
  ///   - origin: the record's place, as it was admitted.
  ///   - arrival: when the record reached Kafka, in milliseconds since 1970.
  public mutating func ingest(
    stream: Int, frames batch: FrameBatch, origin: RecordOrigin, arrival: Int64
  ) {
    guard hot[stream].isCamera else { return }
    for frame in batch.frames {
      let (index, isNew) = interner.intern(
        stream: UInt8(stream), user: frame.user, device: frame.device)
      if isNew { introduce(index, stream: stream, at: frame.time, origin) }
      let subject = subjects[index]
      guard arriving(index, subject, at: arrival, in: origin.partition) else { continue }
      take(frame, batch, index, subject, origin, arrival: arrival)
    }
  }

  private mutating func take(
    _ frame: CameraFrame, _ batch: FrameBatch, _ index: UInt32,
    _ subject: UnsafeMutablePointer<Subject>, _ origin: RecordOrigin, arrival: Int64
  ) {
    let stream = Int(subject.pointee.stream)
    let rules = hot + stream
    let camera = camera(index, stream: stream)
    if camera.adopt(threatRules[stream], for: frame), isLive,
      subject.pointee.flags.contains(.noted)
    {
      forgetAlarms(index, subject, but: camera, frame, origin)
    }
    let last = subject.pointee.lastTime
    let isInOrder = frame.time >= last
    if isLive { decisions.frameCount += 1 }
    // The same bounds by which the ring takes a sample.
    guard
      isInOrder
        || last - frame.time <= rules.pointee.lateness && frame.time >= subject.pointee.openWindow
    else {
      place(frame.time, value: 0, isFlagged: false, index, subject, origin, arrival)
      return
    }
    let clock = partitions[Int(origin.partition)].clock
    if isLive, subject.pointee.flags.contains(.noted) {
      calm(index, subject, at: isInOrder ? frame.time : nil, clock: clock)
    }

    let isVoid =
      frame.isUnreadable
      || frame.image.contrast >= 0 && frame.image.contrast < rules.pointee.voidContrast
    let isFaulty = camera.see(isVoid, at: frame.time, rules.pointee.voidFrames)
    if isVoid {
      place(frame.time, value: 0, isFlagged: false, index, subject, origin, arrival)
      if isLive {
        decisions.voidFrameCount += 1
        if isFaulty { fail(index, subject, frame, origin) }
      }
      return
    }

    let concerns = camera.judge.take(
      frame, batch, isInOrder: isInOrder, isWhole: frame.isWhole)
    let isUnsafe = concerns && camera.judge.outcomes.contains(where: \.holds)
    place(
      frame.time, value: camera.topProbability(of: frame, batch), isFlagged: isUnsafe, index,
      subject, origin, arrival)
    if rules.pointee.bucket > 0 { count(frame, batch, camera, subject, index, origin, arrival) }
    guard isLive else { return }
    if !frame.objects.isEmpty { tally(frame, batch, isUnsafe ? camera.judge : nil) }
    if isUnsafe {
      alarm(index, subject, frame, batch, camera, origin)
    } else if subject.pointee.state == .unknown {
      change(index, subject, to: .safe, at: frame.time, cause: origin, reason: nil)
    }
  }

  @inline(__always)
  private mutating func camera(_ index: UInt32, stream: Int) -> Camera {
    if let known = cameras[index] { return known }
    let camera = Camera(rules[stream].cameras ?? CameraRules())
    cameras[index] = camera
    return camera
  }

  /// Puts a frame into the camera's ring.
  private mutating func place(
    _ time: Int64, value: Int32, isFlagged: Bool, _ index: UInt32,
    _ subject: UnsafeMutablePointer<Subject>, _ origin: RecordOrigin, _ arrival: Int64
  ) {
    withUnsafeTemporaryAllocation(of: Sample.self, capacity: 1) { buffer in
      buffer.initialize(repeating: Sample(time: time, value: value))
      judge(index, subject, UnsafeBufferPointer(buffer), origin: origin, arrival: arrival)
    }
    if isLive { decisions.sampleCount += 1 }
    guard isFlagged else { return }
    var place = Int(subject.pointee.count) - 1
    while place >= 0, subject.pointee.time(of: slot(subject, place).pointee) > time { place -= 1 }
    if place >= 0 { slot(subject, place).pointee.word |= 1 }
  }

  // MARK: Threats and faults

  /// Raises the rules whose condition the frame meets.
  private mutating func alarm(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ frame: CameraFrame,
    _ batch: FrameBatch, _ camera: Camera, _ origin: RecordOrigin
  ) {
    guard let list = camera.list else { return }
    var noted = notes[index]?.camera ?? CameraNotes()
    let judge = camera.judge
    let outcomes = judge.outcomes
    // By the camera's newest time and the partition's clock, which only go forward: so what is raised
    // last is also called off last, whoever notices.
    let news = noted.alarms.take(
      outcomes, of: list, time: subject.pointee.lastTime,
      arrival: partitions[Int(origin.partition)].clock
    ) { judge.words($0, frame, batch) }
    for new in news where new.isThreat {
      let outcome = outcomes[new.outcome]
      let rule = list.rules[outcome.rule]
      decisions.threats.append(
        Threat(
          subject: index, site: String(decoding: frame.site, as: UTF8.self), time: frame.time,
          rule: rule.id, name: rule.name, severity: rule.severity,
          objects: judge.objects(outcome, batch), reason: judge.words(outcome, frame, batch),
          origin: origin))
    }
    settle(index, subject, noted, to: raised(subject, noted), at: frame.time, cause: origin)
  }

  /// Lowers the rules that are no longer among those for the camera.
  private mutating func forgetAlarms(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, but camera: Camera,
    _ frame: CameraFrame, _ origin: RecordOrigin
  ) {
    guard let list = camera.list, var noted = notes[index]?.camera else { return }
    if noted.alarms.adopt(list).isEmpty { return }
    settle(index, subject, noted, to: noted.state, at: frame.time, cause: origin)
  }

  /// Declares a camera's equipment at fault.
  private mutating func fail(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ frame: CameraFrame,
    _ origin: RecordOrigin
  ) {
    var noted = notes[index]?.camera ?? CameraNotes()
    let isNew = noted.fault == nil
    let why =
      frame.isUnreadable
      ? "the detector could not read them"
      : "contrast \(DecimalText.text(Double(frame.image.contrast) / 1_000_000, places: 3))"
    let reason = "nothing can be seen in its images: \(why)"
    noted.fault = CameraNotes.Fault(
      lastVoid: subject.pointee.lastTime, lastArrival: partitions[Int(origin.partition)].clock,
      reason: noted.fault?.reason ?? reason)
    if isNew {
      decisions.equipmentFaults.append(
        EquipmentFault(
          subject: index, time: frame.time, kind: .void, reason: reason, origin: origin))
    }
    settle(index, subject, noted, to: raised(subject, noted), at: frame.time, cause: origin)
  }

  /// Lowers what has been quiet for long enough, by the camera's own time or by its partition's clock:
  /// whichever comes first, the row says the same.
  mutating func calm(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, at time: Int64?, clock: Int64
  ) {
    guard var noted = notes[index]?.camera, subject.pointee.state != .stale else { return }
    let clearAfter = rules[Int(subject.pointee.stream)].status.clearAfter
    let before = noted
    let lowered = noted.alarms.clear(
      before: time ?? .min, arrival: clock, clearAfter: clearAfter)
    let quiet = lowered.map(\.at).max() ?? .min
    let seeing = noted.endFault(at: time, clock: clock, clearAfter: clearAfter) ?? .min
    guard noted != before else { return }
    if before.hasCauses, !noted.hasCauses {
      // That nothing has been seen of late does not make a blind camera's house a safe one.
      settle(
        index, subject, noted, to: seeing >= quiet ? .unknown : .safe, at: max(quiet, seeing),
        cause: nil)
    } else {
      note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
      list(index, subject)
    }
  }

  /// Keeps the notes, and brings the camera's state and row into line with them.
  private mutating func settle(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, _ noted: CameraNotes,
    to state: SafetyState, at time: Int64, cause: RecordOrigin?
  ) {
    note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
    if state != subject.pointee.state {
      change(index, subject, to: state, at: time, cause: cause, reason: noted.reason)
    } else {
      note(index, subject) { $0.reason = noted.reason }
      list(index, subject)
    }
  }

  /// What a camera's state becomes with new causes: until all is quiet it is not stepped down. Whoever
  /// covers the lens does not call off the danger.
  private func raised(
    _ subject: UnsafeMutablePointer<Subject>, _ noted: CameraNotes
  ) -> SafetyState {
    subject.pointee.state == .danger ? .danger : noted.state
  }

  /// Lets go of what is held of a camera that has fallen silent, and of its series.
  mutating func lookAway(_ index: UInt32, _ subject: UnsafeMutablePointer<Subject>) {
    if let camera = cameras[index] {
      cameras[index] = nil
      for series in camera.buckets.series {
        if let index = series.subject { end(series: index, reason: "its camera is silent") }
      }
    }
    guard isLive, var noted = notes[index]?.camera else { return }
    noted.alarms.lowerAll()
    noted.fault = nil
    note(index, subject) { $0.camera = noted.isEmpty ? nil : noted }
  }

  /// Adds up the detections that no rule matched; `judge` has found some that one did.
  private mutating func tally(_ frame: CameraFrame, _ batch: FrameBatch, _ judge: CameraJudge?) {
    for place in frame.objects {
      if let judge, judge.holds(object: place) { continue }
      unmatched.add(batch.objects[place], at: frame.time)
    }
  }

  // MARK: Counts

  private mutating func count(
    _ frame: CameraFrame, _ batch: FrameBatch, _ camera: Camera,
    _ subject: UnsafeMutablePointer<Subject>, _ index: UInt32, _ origin: RecordOrigin,
    _ arrival: Int64
  ) {
    let stream = Int(subject.pointee.stream)
    let rules = hot + stream
    let watermark = subject.pointee.lastTime - rules.pointee.lateness
    if camera.buckets.isDue(watermark: watermark, bucket: rules.pointee.bucket),
      let counts = self.rules[stream].cameras?.counts
    {
      camera.buckets.close(watermark: watermark, counts) { series, told in
        tell(told, of: &series, camera: index, origin, arrival: arrival)
      }
    }
    for place in frame.objects {
      let object = batch.objects[place]
      guard object.probability >= rules.pointee.countedProbability, object.isThere,
        countedClasses[stream]?.contains(object.classID) ?? true
      else { continue }
      camera.buckets.add(object.classID, at: frame.time, bucket: rules.pointee.bucket)
    }
  }

  /// Hands the count of a bucket to the subject of its series.
  private mutating func tell(
    _ told: CountBuckets.Told, of series: inout CountBuckets.Series, camera: UInt32,
    _ origin: RecordOrigin, arrival: Int64
  ) {
    switch told {
    case .ended:
      guard let index = series.subject else { return }
      let name = names.classes.name(series.classID)
      end(series: index, reason: "no \(name) for a whole window: nothing to compare with")
    case .count(let bucket, let count):
      let index = series.subject ?? subject(ofSeries: series, camera: camera, at: bucket, origin)
      series.subject = index
      let subject = subjects[index]
      // A series that has ended begins again after the windows that were closed early then. Asked
      // before it counts as heard of: while a restart refills the windows, its end is yet to come.
      guard bucket >= notes[index]?.floor ?? .min,
        arriving(index, subject, at: arrival, in: origin.partition),
        bucket >= subject.pointee.openWindow
      else { return }
      withUnsafeTemporaryAllocation(of: Sample.self, capacity: 1) { buffer in
        buffer.initialize(repeating: Sample(time: bucket, value: count))
        judge(index, subject, UnsafeBufferPointer(buffer), origin: origin, arrival: arrival)
      }
      if isLive { decisions.sampleCount += 1 }
    }
  }

  /// The subject of a series: the camera's user, and the camera's name with the class behind it.
  private mutating func subject(
    ofSeries series: CountBuckets.Series, camera: UInt32, at time: Int64, _ origin: RecordOrigin
  ) -> UInt32 {
    let stream = Int(subjects[camera].pointee.stream)
    let counts = countStreams[stream] ?? stream
    let identity = identity(of: camera)
    var user = identity.user
    var device = "\(identity.device)/\(names.classes.name(series.classID))"
    let (index, isNew) = user.withUTF8 { user in
      device.withUTF8 { device in
        interner.intern(
          stream: UInt8(counts), user: UnsafeRawBufferPointer(user),
          device: UnsafeRawBufferPointer(device))
      }
    }
    if isNew { introduce(index, stream: counts, at: time, origin) }
    return index
  }

  /// Ends a series whose class is seen no more, or whose camera has fallen silent.
  mutating func end(series index: UInt32, reason: String) {
    let subject = subjects[index]
    if subject.pointee.count > 0 {
      let rules = hot + Int(subject.pointee.stream)
      let end = HotRules.floor(subject.pointee.lastTime, to: rules.pointee.aggregate)
      closeWindows(index, subject, watermark: end + rules.pointee.aggregate, rules)
    }
    if isLive {
      let floor = subject.pointee.openWindow
      note(index, subject) {
        $0.episode = nil
        $0.floor = floor
      }
      // The floor must reach the store even if the state stays as it is.
      list(index, subject)
      if subject.pointee.state != .unknown {
        change(
          index, subject, to: .unknown, at: subject.pointee.lastTime, cause: nil, reason: reason)
      }
    }
    dropRing(subject)
  }
}

extension CameraJudge {
  /// Whether an object, by its place in the batch, is one of those for which a rule holds in the frame
  /// taken last.
  fileprivate func holds(object place: Int) -> Bool {
    outcomes.contains { outcome in
      outcome.holds && outcome.objects.contains { matches[$0].object == place }
    }
  }
}

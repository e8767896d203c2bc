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
        SubjectKey(stream: stream, user: frame.user, device: frame.device))
      if isNew { introduce(index, stream: stream, at: frame.time, origin) }
      let subject = subjects[index]
      let isWanted = arriving(index, subject, at: arrival, in: origin.partition)
      take(frame.place, ofCamera: index, at: frame.time)
      guard isWanted else { continue }
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
    guard isFlagged, subject.pointee.count > 0 else { return }
    let ring = ring(subject)
    var place = ring.count - 1
    while place >= 0, ring.time(at: place) > time { place -= 1 }
    if place >= 0 { ring.setFlag(at: place, true) }
  }

  /// Adds up the detections that no rule matched; `judge` has found some that one did.
  private mutating func tally(_ frame: CameraFrame, _ batch: FrameBatch, _ judge: CameraJudge?) {
    for place in frame.objects {
      if let judge, judge.holds(object: place) { continue }
      unmatched.add(batch.objects[place], at: frame.time)
    }
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

import Events

/// The numbers of a camera's detections: each class is a subject of its own, whose samples are the counts
/// in buckets of time, judged as any other stream.
extension Engine {
  mutating func count(
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
      endKeptOpen(ofSeries: index)
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
          SubjectKey(
            stream: counts, user: UnsafeRawBufferPointer(user),
            device: UnsafeRawBufferPointer(device)))
      }
    }
    if isNew { introduce(index, stream: counts, at: time, origin) }
    return index
  }

  /// Nothing is left of what was abnormal in the numbers of a class of which nothing is left.
  private mutating func endKeptOpen(ofSeries index: UInt32) {
    guard isLive, notes[index]?.isAbnormalKeptOpen == true else { return }
    let subject = subjects[index]
    note(index, subject) { $0.isAbnormalKeptOpen = false }
    tell(.abnormal, of: index, nil, at: subject.pointee.lastTime)
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
    dropRing(index, subject)
  }
}

import Events

/// What the engine holds of one camera that is being watched, beside its `Subject`: a function of the
/// frames of the recent past, which a restart reads again.
final class Camera {
  let judge: CameraJudge
  var buckets = CountBuckets()
  /// The rules for this camera, which `judge` has adopted.
  private(set) var list: CameraRuleList?
  private var rules: CompiledRules?
  /// The last frames and whether nothing could be seen in them, oldest first; from the first void one
  /// on, so that it is empty as long as the camera sees.
  private var sights: [(time: Int64, isVoid: Bool)] = []
  /// What its frames have said last of where it is, and the time of the newest that said so.
  var said: (place: PlaceMark, time: Int64)?

  init(_ settings: CameraRules) {
    judge = CameraJudge(tracks: settings.tracks)
  }

  /// How far back of its newest frame a camera's state depends on its frames.
  static func reach(
    _ settings: CameraRules, threats: [ThreatRule], lateness: Int64
  ) -> Int64 {
    let counts = settings.counts.map { CountBuckets.reach($0, lateness: lateness) } ?? 0
    return max(
      counts, settings.voidFrames.within,
      CameraJudge.memory(of: threats, tracks: settings.tracks))
  }

  /// Turns to the rules in use, if they are others than before. Returns whether they were.
  @inline(__always)
  func adopt(_ rules: CompiledRules?, for frame: CameraFrame) -> Bool {
    guard let rules, rules !== self.rules else { return false }
    self.rules = rules
    let list = rules.assigned(user: frame.user, device: frame.device, site: frame.site)
    self.list = list
    judge.adopt(list)
    return true
  }

  /// The largest probability of an object of a class that a rule for this camera calls unsafe, in
  /// millionths; 0 without one.
  func topProbability(of frame: CameraFrame, _ batch: FrameBatch) -> Int32 {
    var top: Int32 = 0
    guard let list else { return top }
    for place in frame.objects {
      let object = batch.objects[place]
      if object.probability > top, object.isThere, list.unsafeClasses.contains(object.classID) {
        top = object.probability
      }
    }
    return top
  }

  /// Takes note of whether anything can be seen; returns whether the equipment is at fault: so many void
  /// frames of the last so many.
  @inline(__always)
  func see(_ isVoid: Bool, at time: Int64, _ rules: ThreatRule.Persistence) -> Bool {
    if !isVoid, sights.isEmpty { return false }
    return remember(isVoid, at: time, rules)
  }

  private func remember(_ isVoid: Bool, at time: Int64, _ rules: ThreatRule.Persistence) -> Bool {
    let place = sights.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
    sights.insert((time, isVoid), at: place)
    let newest = sights[sights.count - 1].time
    sights.removeAll { $0.time < newest - rules.within }
    if sights.count > rules.of { sights.removeFirst(sights.count - rules.of) }
    let isFaulty = isVoid && sights.count(where: \.isVoid) >= rules.frames
    sights.removeFirst(sights.prefix { !$0.isVoid }.count)
    return isFaulty
  }
}

import Events

/// Holds the frames of one camera against its rules.
///
/// What it remembers is a function of the camera's frames of the last ``memory(of:tracks:)``
/// milliseconds: a judge that is fed these again comes to the same outcomes. Belongs to one thread.
final class CameraJudge {
  private let trackRules: TrackRules
  private(set) var list: CameraRuleList?
  private var tracks: Tracker
  private var ring = FrameRing(capacity: 0, rules: 0)
  private var found: [RuleOutcome] = []
  private var isQuiet = true
  /// The objects that `outcomes` speak of.
  private(set) var matches: [MatchedObject] = []

  init(tracks: TrackRules) {
    trackRules = tracks
    self.tracks = Tracker(tracks)
  }

  /// So far back, in milliseconds, the outcomes of a frame depend on earlier frames of its camera.
  static func memory(of rules: [ThreatRule], tracks: TrackRules) -> Int64 {
    // A late frame may lie `within` behind the newest, and counts those that lie as far behind itself.
    let ring = rules.filter { $0.persist.of > 1 }.map { 2 * $0.persist.within }.max() ?? 0
    let needsTracks = rules.contains { $0.medianProbability != nil }
    return ring + (needsTracks ? Tracker.memory(tracks) : 0)
  }

  /// What each rule found in the frame taken last, in the order of ``CameraRuleList/rules``.
  var outcomes: [RuleOutcome] { isQuiet ? list?.quietOutcomes ?? [] : found }

  /// Judges by this list from now on. A rule that is defined as before keeps its frames, all others
  /// begin anew.
  func adopt(_ list: CameraRuleList) {
    if list === self.list { return }
    let old = self.list
    let isSameExemption = old?.exemptionText == list.exemptionText
    let sources = list.rules.map { rule in
      isSameExemption ? old?.rules.firstIndex { $0.source == rule.source } ?? -1 : -1
    }
    ring = ring.adapted(capacity: list.rememberedFrames, sources: sources)
    if !list.needsTracks { tracks = Tracker(trackRules) }
    self.list = list
    isQuiet = true
    found = []
    matches = []
  }

  /// Judges a frame.
  ///
  /// - Parameters:
  ///   - isInOrder: whether its time is not before that of any other frame of the camera.
  ///   - isWhole: whether it shows all that the camera saw. If not, as in a record that tells of one
  ///     object only, it is no evidence that anything else was absent: without an unsafe object it does
  ///     not count as one of the last frames.
  /// - Returns: whether there is anything of a class that any of the rules calls unsafe. If not, every
  ///   outcome is `noUnsafeClass`.
  @discardableResult
  func take(
    _ frame: CameraFrame, _ batch: FrameBatch, isInOrder: Bool, isWhole: Bool = true
  ) -> Bool {
    isQuiet = true
    guard let list, !list.isEmpty else { return false }
    if list.needsTracks, isInOrder {
      let objects = UnsafeBufferPointer(rebasing: batch.objects[frame.objects])
      tracks.take(objects, time: frame.time, isWhole: isWhole)
    }
    var isConcerned = false
    for index in frame.objects where batch.objects[index].isThere {
      isConcerned = isConcerned || list.unsafeClasses.contains(batch.objects[index].classID)
    }
    let place = isConcerned || isWhole ? ring.insert(frame.time) : -1
    if !isConcerned { return false }
    isQuiet = false
    found.removeAll(keepingCapacity: true)
    matches.removeAll(keepingCapacity: true)
    for index in list.rules.indices {
      var outcome = judge(list, index, frame, batch, isInOrder: isInOrder)
      if outcome.finding == .fires {
        let persist = list.rules[index].persist
        ring.mark(rule: index, place: place)
        outcome.frames = ring.frames(
          rule: index, place: place, of: persist.of, within: persist.within)
        if outcome.frames < persist.frames { outcome.finding = .notYet }
      }
      found.append(outcome)
    }
    return true
  }

  /// What the rule finds in this frame alone: `fires` if it is satisfied.
  private func judge(
    _ list: CameraRuleList, _ index: Int, _ frame: CameraFrame, _ batch: FrameBatch,
    isInOrder: Bool
  ) -> RuleOutcome {
    let rule = list.rules[index]
    var outcome = RuleOutcome(rule: index, finding: .noUnsafeClass, of: rule.persist.of)
    var isOpen = true
    if let schedule = rule.schedule {
      isOpen = schedule.contains(
        local: schedule.local(frame.time, device: frame.timeZone, list.timeZones))
    }
    let first = matches.count
    var nearest = MatchedObject(object: -1, zone: -1)
    var other = nearest
    func isSurer(_ object: Int, than held: MatchedObject) -> Bool {
      held.object < 0 || batch.objects[object].probability > batch.objects[held.object].probability
    }
    for place in frame.objects where batch.objects[place].isThere {
      let object = batch.objects[place]
      let isUnsafe = rule.unsafe.contains(object.classID)
      guard isUnsafe || rule.isAll else { continue }
      var zone = -1
      let finding =
        list.exemptions.contains(object, batch.zoneIDs)
        ? .exempted
        : !isOpen
          ? .outsideSchedule
          : weigh(
            object, place - frame.objects.lowerBound, rule, batch, isInOrder: isInOrder, &zone)
      let match = MatchedObject(object: place, zone: zone)
      if finding == .fires {
        if isUnsafe {
          matches.append(match)
        } else if isSurer(place, than: other) {
          other = match
        }
      } else if isUnsafe {
        let isFurther = finding.rawValue > outcome.finding.rawValue
        if isFurther || finding == outcome.finding && isSurer(place, than: nearest) {
          outcome.finding = finding
          nearest = match
        }
      }
    }
    if matches.count > first {
      outcome.finding = other.object < 0 ? .fires : .otherObject
      nearest = other
    }
    if outcome.finding != .fires {
      matches.removeLast(matches.count - first)
      if nearest.object >= 0 { matches.append(nearest) }
    }
    outcome.objects = first..<matches.count
    return outcome
  }

  /// Whether the object counts for the rule, of whatever class it is: `fires`, or why it does not.
  private func weigh(
    _ object: DetectedObject, _ place: Int, _ rule: CompiledRule, _ batch: FrameBatch,
    isInOrder: Bool, _ zone: inout Int
  ) -> RuleOutcome.Finding {
    if object.probability < rule.probability { return .belowProbability }
    if !rule.zones.isEmpty {
      zone = rule.zones.firstContaining(object, batch.zoneIDs)
      if zone < 0 { return .outsideZones }
    }
    if rule.median > 0 {
      if !isInOrder { return .late }
      if tracks.facts(place).topMedian < rule.median { return .belowMedian }
    }
    return .fires
  }

  /// The largest median of the track of an object of the frame taken last, which must have come in order.
  func topMedian(_ match: MatchedObject, _ frame: CameraFrame) -> Int32 {
    tracks.facts(match.object - frame.objects.lowerBound).topMedian
  }
}

extension DetectedObject {
  /// Whether it was really seen in the frame.
  var isThere: Bool { flags.isDisjoint(with: [.ended, .falsePositive]) }
}

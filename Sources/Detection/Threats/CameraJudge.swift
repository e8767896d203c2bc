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
  private var isQuiet = true

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

  /// What each rule found in the frame taken last, in the order of ``CameraRuleList/rules``. Valid until
  /// any judge with rules of the same set takes a frame: they share the memory.
  var outcomes: [RuleOutcome] {
    guard let list else { return [] }
    return isQuiet ? list.quietOutcomes : list.findings.outcomes
  }

  /// The objects that `outcomes` speak of; valid as long as these.
  var matches: [MatchedObject] { isQuiet ? [] : list?.findings.matches ?? [] }

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
    let objects = UnsafeBufferPointer(rebasing: batch.objects[frame.objects])
    if list.needsTracks, isInOrder { tracks.take(objects, time: frame.time, isWhole: isWhole) }
    let isConcerned = list.unsafeClasses.containsAny(objects)
    let place = isConcerned || isWhole ? ring.insert(frame.time) : -1
    if !isConcerned { return false }
    isQuiet = false
    let view = FrameView(
      objects: objects, first: frame.objects.lowerBound, zoneIDs: batch.zoneIDs,
      time: frame.time, timeZone: frame.timeZone, isInOrder: isInOrder)
    let findings = list.findings
    findings.outcomes.removeAll(keepingCapacity: true)
    findings.matches.removeAll(keepingCapacity: true)
    for (index, rule) in list.rules.enumerated() {
      var outcome = RuleOutcome(rule: index, finding: .noUnsafeClass, of: rule.persist.of)
      if rule.unsafe.containsAny(objects) {
        judge(rule, list, view, &outcome, &findings.matches)
        if outcome.finding == .fires { count(rule, place, &outcome) }
      }
      findings.outcomes.append(outcome)
    }
    return true
  }

  private func count(_ rule: CompiledRule, _ place: Int, _ outcome: inout RuleOutcome) {
    ring.mark(rule: outcome.rule, place: place)
    outcome.frames = ring.frames(
      rule: outcome.rule, place: place, of: rule.persist.of, within: rule.persist.within)
    if outcome.frames < rule.persist.frames { outcome.finding = .notYet }
  }

  /// What the rule finds in this frame alone: `fires` if it is satisfied.
  private func judge(
    _ rule: CompiledRule, _ list: CameraRuleList, _ view: FrameView, _ outcome: inout RuleOutcome,
    _ matches: inout [MatchedObject]
  ) {
    let isOpen = rule.schedule?.isOpen(view, list.timeZones) ?? true
    let first = matches.count
    var nearest = Candidate()
    var other = Candidate()
    for place in view.objects.indices where view.objects[place].isThere {
      let object = view.objects[place]
      let isUnsafe = rule.unsafe.contains(object.classID)
      guard isUnsafe || rule.isAll else { continue }
      var zone = -1
      var finding = RuleOutcome.Finding.exempted
      if !list.exemptions.contains(object, view.zoneIDs) {
        finding = isOpen ? weigh(object, place, rule, view, &zone) : .outsideSchedule
      }
      let match = MatchedObject(object: view.first + place, zone: zone)
      if finding == .fires {
        if isUnsafe { matches.append(match) } else { other.offer(match, object.probability) }
      } else if isUnsafe, finding.rawValue >= outcome.finding.rawValue {
        if finding != outcome.finding { nearest = Candidate() }
        outcome.finding = finding
        nearest.offer(match, object.probability)
      }
    }
    if matches.count > first {
      outcome.finding = other.match == nil ? .fires : .otherObject
      nearest = other
    }
    if outcome.finding != .fires {
      matches.removeLast(matches.count - first)
      if let match = nearest.match { matches.append(match) }
    }
    outcome.objects = first..<matches.count
  }

  /// Whether the object counts for the rule, of whatever class it is: `fires`, or why it does not.
  @inline(__always)
  private func weigh(
    _ object: DetectedObject, _ place: Int, _ rule: CompiledRule, _ view: FrameView,
    _ zone: inout Int
  ) -> RuleOutcome.Finding {
    if object.probability < rule.probability { return .belowProbability }
    if !rule.zones.isEmpty {
      zone = rule.zones.firstContaining(object, view.zoneIDs)
      if zone < 0 { return .outsideZones }
    }
    if rule.median > 0 {
      if !view.isInOrder { return .late }
      if tracks.facts(place).topMedian < rule.median { return .belowMedian }
    }
    return .fires
  }

  /// The largest median of the track of an object of the frame taken last, which must have come in order.
  func topMedian(_ match: MatchedObject, _ frame: CameraFrame) -> Int32 {
    tracks.facts(match.object - frame.objects.lowerBound).topMedian
  }
}

/// A frame as rules look at it.
struct FrameView {
  let objects: UnsafeBufferPointer<DetectedObject>
  /// The place of the first object in its batch.
  let first: Int
  let zoneIDs: UnsafeBufferPointer<UInt16>
  let time: Int64
  let timeZone: Int16
  let isInOrder: Bool
}

/// The surest of some objects.
private struct Candidate {
  private(set) var match: MatchedObject?
  private var probability: Int32 = -1

  mutating func offer(_ match: MatchedObject, _ probability: Int32) {
    if probability <= self.probability { return }
    self.match = match
    self.probability = probability
  }
}

import Events

/// What the rules make of one frame of a camera.
public struct FrameTrial: Equatable, Sendable {
  /// What one rule makes of it.
  public struct Rule: Equatable, Sendable {
    /// The rule's id and name.
    public var id: Int
    public var name: String
    /// Whether its condition holds in this frame, persistence included.
    public var fires: Bool
    /// Whether a new threat is made of it: not while the rule is raised, nor within its cooldown.
    public var isThreat: Bool
    /// `person 0.93 in loading-dock, 3 of 5 frames, rule 200`, or why not:
    /// `rule 200: no: person 0.62 is below 0.85`.
    public var words: String

    public init(id: Int, name: String, fires: Bool, isThreat: Bool, words: String) {
      self.id = id
      self.name = name
      self.fires = fires
      self.isThreat = isThreat
      self.words = words
    }
  }

  public var user: String
  public var device: String
  /// The frame's time, in milliseconds since 1970.
  public var time: Int64
  /// The rules assigned to the camera, in the order of the file; empty if there are none.
  public var rules: [Rule]

  public init(user: String, device: String, time: Int64, rules: [Rule]) {
    self.user = user
    self.device = device
    self.time = time
    self.rules = rules
  }
}

/// Tries rules on frames: says which fires on which frame, and why the others do not.
///
/// The same judgement as the engine's, without streams, partitions and states. Frames are taken to
/// arrive when they were made. Memory grows with the number of cameras. Belongs to one thread.
public final class RuleTrial {
  private struct Camera: Hashable {
    var user: [UInt8]
    var device: [UInt8]
  }

  private struct Memory {
    let judge: CameraJudge
    var alarms = CameraAlarms()
    var newest = Int64.min
  }

  private let compiled: CompiledRules
  private let tracks: TrackRules
  private let clearAfter: Int64
  private var cameras: [Camera: Memory] = [:]

  /// - Parameters:
  ///   - set: a set that has passed ``RuleSet/validate(knownClasses:isTimeZone:)``.
  ///   - clearAfter: how long a rule's condition must not have held for it to be lowered. Milliseconds.
  ///   - names: those of the frames that will be taken.
  ///   - timeZones: those of the frames that will be taken.
  public init(
    _ set: RuleSet, tracks: TrackRules = TrackRules(), clearAfter: Int64 = 10_000,
    names: FrameNames, timeZones: TimeZoneTable
  ) {
    compiled = CompiledRules(set, names: names, timeZones: timeZones)
    self.tracks = tracks
    self.clearAfter = clearAfter
  }

  /// Takes the frames of a record and says of each what the rules of its camera make of it.
  public func take(_ batch: FrameBatch) -> [FrameTrial] {
    batch.frames.map { take($0, batch) }
  }

  private func take(_ frame: CameraFrame, _ batch: FrameBatch) -> FrameTrial {
    let camera = Camera(user: Array(frame.user), device: Array(frame.device))
    var memory = cameras[camera] ?? Memory(judge: CameraJudge(tracks: tracks))
    let judge = memory.judge
    let list = compiled.assigned(user: frame.user, device: frame.device, site: frame.site)
    if list !== judge.list {
      judge.adopt(list)
      _ = memory.alarms.adopt(list)
    }
    let isInOrder = frame.time >= memory.newest
    memory.newest = max(memory.newest, frame.time)
    _ = memory.alarms.clear(
      before: memory.newest, arrival: memory.newest, clearAfter: clearAfter)
    judge.take(frame, batch, isInOrder: isInOrder, isWhole: frame.isWhole)
    let outcomes = judge.outcomes
    let news = memory.alarms.take(
      outcomes, of: list, time: frame.time, arrival: memory.newest,
      words: { judge.words($0, frame, batch) })
    cameras[camera] = memory
    let rules = outcomes.enumerated().map { place, outcome in
      let rule = list.rules[outcome.rule]
      return FrameTrial.Rule(
        id: rule.id, name: rule.name, fires: outcome.holds,
        isThreat: news.contains { $0.outcome == place && $0.isThreat },
        words: judge.words(outcome, frame, batch))
    }
    return FrameTrial(
      user: String(decoding: frame.user, as: UTF8.self),
      device: String(decoding: frame.device, as: UTF8.self), time: frame.time, rules: rules)
  }
}

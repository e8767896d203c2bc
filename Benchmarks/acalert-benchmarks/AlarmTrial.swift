import Detection
import Events
import simulation

/// Camera-days of the simulator, judged by many rules at once.
struct AlarmTrial {
  struct Camera: Hashable {
    var user: String
    var device: String
  }

  /// When each rule's condition held, by camera and rule, in milliseconds since 1970, ascending.
  private(set) var firings: [Camera: [Int: [Int64]]] = [:]
  /// How many threats the service would have made of them.
  private(set) var threats: [Int: Int] = [:]
  private(set) var truths: [Camera: [Truth]] = [:]
  private(set) var offsets: [Camera: Int64] = [:]
  private(set) var frames = 0
  let end: Int64

  /// After so long without any object no rule remembers anything: what is empty then need not be judged.
  private static let memory: Int64 = 60_000

  init(
    _ configuration: CameraPopulationConfiguration, days: Double, rules: RuleSet,
    tracks: TrackRules = TrackRules()
  ) throws {
    try rules.validate(knownClasses: Set(CameraFormat.knownClasses))
    let population = try CameraPopulation(configuration)
    let names = FrameNames()
    let zones = TimeZoneTable.simulated()
    let decoder = CameraDecoder(names: names, timeZones: zones)
    let trial = RuleTrial(rules, tracks: tracks, names: names, timeZones: zones)
    let end = configuration.startTime + Int64(days * 86_400_000)
    self.end = end
    let cameras = configuration.users * configuration.cameras
    var judgeUntil = [Int64](repeating: .min, count: cameras)
    var failure: (any Error)?
    var found: [Camera: [Int: [Int64]]] = [:]
    var (threats, truths, offsets) = (self.threats, self.truths, self.offsets)
    while population.nextDue < end, failure == nil {
      let camera = population.counters.records % cameras
      population.next { record in
        if !CameraRecords.isEmpty(record.value) { judgeUntil[camera] = record.due + Self.memory }
        guard record.due < judgeUntil[camera] else { return }
        do { try decoder.decode(record.value, arrival: -1) } catch {
          failure = error
          return
        }
        for frame in trial.take(decoder.batch) {
          let camera = Camera(user: frame.user, device: frame.device)
          if offsets[camera] == nil, let first = decoder.batch.frames.first {
            offsets[camera] = zones.offsets(first.timeZone).offset(at: frame.time)
          }
          for rule in frame.rules {
            if rule.fires { found[camera, default: [:]][rule.id, default: []].append(frame.time) }
            if rule.isThreat { threats[rule.id, default: 0] += 1 }
            // So that it is known that the rule looks after this camera.
            if found[camera]?[rule.id] == nil { found[camera, default: [:]][rule.id] = [] }
          }
        }
      } truth: { truth in
        truths[Camera(user: truth.user, device: truth.device), default: []].append(truth)
      }
    }
    if let failure { throw failure }
    frames = population.counters.records
    firings = found
    (self.threats, self.truths, self.offsets) = (threats, truths, offsets)
  }
}

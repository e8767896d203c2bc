import Detection
import Events
import simulation

/// From a camera's bytes to the decision: decoder and engine, with many users and many rules.
enum CameraDecideStage {
  private static let users = 100_000
  private static let rules = 1_000

  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    try measure("objects", withObjects: true, workload, result)
    try measure("all-frames", withObjects: false, workload, result)
  }

  private static func measure(
    _ name: String, withObjects: Bool, _ workload: Workload, _ result: (Measurement) -> Void
  ) throws {
    let name = "camera-decide/\(name)"
    guard workload.wants(name) else { return }
    let configuration = CameraRecords.cameras(users: users, activity: withObjects ? 20 : 1)
    // So many first that nearly every camera is known.
    let warmUp = 600_000
    let count = 300_000
    let records = try CameraRecords(
      configuration, count: warmUp + count, withObjects: withObjects)
    var measured = try Meter.measure(
      name, unit: "records", count: count, rounds: workload.rounds,
      prepare: {
        let run = try CameraRun(Self.ruleSet)
        try run.take(records, 0..<warmUp)
        return run
      },
      { run in try run.take(records, warmUp..<warmUp + count) })
    measured.remark =
      "\(users) users, \(rules) rules, \(records.bytes.count / records.count) B a record"
    result(measured)
  }

  /// Every camera has three rules or four: two that are everybody's, and those of its user's number.
  private static let ruleSet: RuleSet = {
    let classes = [["person"], ["dog", "cat"], ["raccoon"], ["car"]]
    let zone = ThreatRule.Zone.polygon(
      name: CameraScene.restrictedZone,
      CameraScene.restrictedCorners.map {
        Point(x: Int32($0.x * 1_000_000), y: Int32($0.y * 1_000_000))
      })
    var set = RuleSet()
    for number in 0..<rules {
      set.rules.append(
        ThreatRule(
          id: number + 1, name: "rule \(number + 1)", unsafe: classes[number % classes.count],
          probability: 700_000, zones: number % 3 == 0 ? [zone] : [],
          schedule: number % 5 == 0 ? Schedule(from: 22 * 60, to: 6 * 60) : nil,
          persist: ThreatRule.Persistence(frames: 3, of: 5, within: 10_000),
          medianProbability: number % 2 == 0 ? 700_000 : nil))
      set.assignments.append(
        number < 2
          ? RuleAssignment(devices: ["door*"], rules: [number + 1])
          : RuleAssignment(users: ["c-\(100 + number % 900)*"], rules: [number + 1]))
    }
    return set
  }()
}

/// An engine and its decoder. A class, so that the engine need not be copied.
private final class CameraRun {
  private var engine: Engine
  private let decoder: CameraDecoder
  private var offset: Int64 = 0

  init(_ rules: RuleSet) throws {
    let names = FrameNames()
    let zones = TimeZoneTable.simulated()
    decoder = CameraDecoder(names: names, timeZones: zones)
    var stream = StreamRules()
    stream.kind = "camera"
    stream.cameras = CameraRules()
    engine = try Engine(streams: [stream], names: names, timeZones: zones)
    engine.install(rules, stream: 0)
    engine.assign(0, rewind: 0, next: 0)
  }

  func take(_ records: CameraRecords, _ range: Range<Int>) throws {
    var batch = 0
    try records.lend(range) { record in
      let origin = RecordOrigin(partition: 0, offset: offset)
      offset += 1
      batch += 1
      if batch == 20_000 {
        batch = 0
        _ = engine.takeDecisions(sweep: 0.02)
      }
      guard engine.admit(origin, arrival: Workload.startTime) else { return }
      try decoder.decode(record, arrival: -1)
      engine.ingest(
        stream: 0, frames: decoder.batch, origin: origin, arrival: Workload.startTime)
    }
    _ = engine.takeDecisions(sweep: 0.02)
  }
}

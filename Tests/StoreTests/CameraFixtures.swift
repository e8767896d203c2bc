import Detection
import Events

@testable import Store

func threat(
  _ subject: UInt32 = 0, at time: Int64 = moment, rule: Int = 200, name: String = "person at night",
  severity: SafetyState = .danger, _ objects: [Threat.Object] = [person], offset: Int64 = 7
) -> Threat {
  Threat(
    subject: subject, site: "s-\(subject)", time: time, rule: rule, name: name,
    severity: severity, objects: objects, reason: "rule \(rule) fired",
    origin: RecordOrigin(partition: 0, offset: offset))
}

let person = Threat.Object(className: "person", probability: 0.93, zone: "loading-dock")

func fault(
  _ subject: UInt32 = 0, at time: Int64 = moment, _ kind: EquipmentFault.Kind = .void,
  reason: String = "3 of 5 images are void", offset: Int64? = 7
) -> EquipmentFault {
  EquipmentFault(
    subject: subject, time: time, kind: kind, reason: reason,
    origin: offset.map { RecordOrigin(partition: 0, offset: $0) })
}

/// A store whose subjects are the cameras `count` / 2 users × (door, yard).
func makeCameraStore(_ folder: TemporaryFolder, cameras: UInt32 = 6) throws -> Store {
  let store = try makeStore(folder, subjects: 0)
  var batch = Decisions()
  batch.subjects = (0..<cameras).map { NewSubject(index: $0, identity: camera($0)) }
  try store.apply(batch)
  return store
}

func camera(_ index: UInt32) -> SubjectIdentity {
  SubjectIdentity(
    kind: index % 5 == 4 ? "thermal" : "camera", user: "c-\(index / 2)",
    device: index % 2 == 0 ? "door" : "yard")
}

/// A threat as it was handed to the store, with the id that it must have got.
struct Stored {
  var id: Int64
  var threat: Threat
  var verdict: Verdict.Kind?
}

/// Threats at random, several at the same time, with verdicts on some; written in batches, so that
/// neither ids nor times alone give the order.
func addRandomThreats(
  _ store: Store, count: Int, cameras: UInt32 = 6, span: Range<Int64>, seed: UInt64
) throws -> [Stored] {
  var random = SplitMix(state: seed)
  let classes = ["person", "dog", "raccoon", "hot dog", "señal \"x\""]
  var stored: [Stored] = []
  var batch = Decisions()
  for _ in 0..<count {
    let rule = Int.random(in: 1...4, using: &random) * 100
    let objects = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      Threat.Object(
        className: classes.randomElement(using: &random) ?? "",
        probability: Double(Int.random(in: 0...1_000_000, using: &random)) / 1e6,
        zone: Bool.random(using: &random) ? "zone \\ 1" : nil)
    }
    // Few distinct times, so that many threats share one.
    let step = max(1, (span.upperBound - span.lowerBound) / 200)
    let time = span.lowerBound + Int64.random(in: 0..<200, using: &random) * step
    let made = threat(
      UInt32.random(in: 0..<cameras, using: &random), at: time, rule: rule,
      name: "rule \(rule) v\(stored.count)",
      severity: Bool.random(using: &random) ? .danger : .warning, objects,
      offset: Int64(stored.count))
    batch.threats.append(made)
    stored.append(Stored(id: Int64(stored.count + 1), threat: made))
    if batch.threats.count == 37 {
      try store.apply(batch)
      batch.threats = []
    }
  }
  try store.apply(batch)
  for place in stored.indices where Int.random(in: 0..<3, using: &random) > 0 {
    let kind = Verdict.Kind.allCases.randomElement(using: &random) ?? .confirmed
    stored[place].verdict = kind
    _ = try store.setVerdict(Verdict(kind: kind, time: moment), ofThreat: stored[place].id)
  }
  return stored
}

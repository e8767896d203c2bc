import Detection
import Events
import Foundation
import Store
import Testing

@testable import Dashboard

let hour: Int64 = 3_600_000

/// Zones of 2026, as the database of zones has them.
let zones: [String: ZoneOffsets] = [
  "UTC": .utc,
  "America/New_York": ZoneOffsets(changes: [
    .init(from: .min, offset: -5 * hour), .init(from: 1_772_953_200_000, offset: -4 * hour),
    .init(from: 1_793_512_800_000, offset: -5 * hour),
  ]),
  // Half an hour of summer time.
  "Australia/Lord_Howe": ZoneOffsets(changes: [
    .init(from: .min, offset: 11 * hour), .init(from: 1_775_314_800_000, offset: 21 * hour / 2),
    .init(from: 1_791_041_400_000, offset: 11 * hour),
  ]),
  // Changes at midnight.
  "Africa/Cairo": ZoneOffsets(changes: [
    .init(from: .min, offset: 2 * hour), .init(from: 1_776_981_600_000, offset: 3 * hour),
    .init(from: 1_793_307_600_000, offset: 2 * hour),
  ]),
  // Left out the 30th of December 2011.
  "Pacific/Apia": ZoneOffsets(changes: [
    .init(from: .min, offset: -10 * hour), .init(from: 1_325_239_200_000, offset: 14 * hour),
  ]),
]

func cameras(_ count: Int) -> [SubjectIdentity] {
  (0..<count).map { SubjectIdentity(kind: "camera", user: "c-\($0)", device: "door") }
}

func threat(
  _ subject: UInt32 = 0, at time: Int64 = moment, rule: Int = 200,
  name: String = "person in restricted area", severity: SafetyState = .danger,
  objects: [Threat.Object] = [
    .init(className: "person", probability: 0.93, zone: "loading-dock"),
    .init(className: "dog", probability: 0.875),
  ], reason: String = "person 0.93 in loading-dock, 3 of 5 frames, rule 200", offset: Int64 = 7
) -> Threat {
  Threat(
    subject: subject, site: "s-1", time: time, rule: rule, name: name, severity: severity,
    objects: objects, reason: reason, origin: RecordOrigin(partition: 0, offset: offset))
}

/// A room with `count` cameras, whose clock stands at `moment`.
func cameraRoom(
  _ count: Int = 3, threats: [Threat] = [], configure: (inout ServiceFacts) -> Void = { _ in }
) throws -> Room {
  var facts = ServiceFacts(
    streams: { [StreamRules(kind: "camera", unit: "", cameras: CameraRules())] },
    timeZone: { zones[$0] }, now: { moment })
  configure(&facts)
  let room = try Room(cameras(count), facts: facts)
  var decisions = Decisions()
  decisions.judgement = JudgementVersion(version: "r7f3", text: "rules: []", firstUsed: moment)
  decisions.threats = threats
  try room.apply(decisions)
  return room
}

import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Dashboard

@Suite struct RulesRouteTests {
  private static let summary = RulesSummary(
    stream: "cameras", file: "rules.yaml", version: "r7f3",
    rules: [
      ThreatRule(
        id: 200, name: "person in \"restricted\" area", unsafe: ["person"], probability: 850_000,
        zones: [
          .named("loading-dock"),
          .polygon(
            name: "gate", [Point(x: 0, y: 0), Point(x: 500_000, y: 0), Point(x: 0, y: 1_000_000)]),
        ],
        schedule: Schedule(days: 0b11111, from: 22 * 60, to: 6 * 60 + 5, zone: .device),
        persist: .init(frames: 3, of: 5, within: 4_000), medianProbability: 800_000),
      ThreatRule(
        id: 100, name: "animals", unsafe: ["dog", "cat"], match: .all,
        schedule: Schedule(days: 0x7f, zone: .named("Europe/Berlin")), severity: .warning),
    ])

  @Test func rulesAreShownWithTheirMeasuredPrecision() throws {
    let room = try cameraRoom(threats: (0..<4).map { threat(at: moment + Int64($0)) }) {
      $0.rules = { [Self.summary] }
    }
    for (id, verdict) in [(1, "confirmed"), (2, "false_alarm"), (3, "confirmed"), (4, "confirmed")]
    {
      _ = try room.post("/api/v1/threats/\(id)/verdict", "{\"verdict\":\"\(verdict)\"}")
    }
    #expect(
      try room.get("/api/v1/rules").body == #"""
        {"streams":[{"stream":"cameras","file":"rules.yaml","version":"r7f3","rules":[\#
        {"id":200,"name":"person in \"restricted\" area","severity":"danger","unsafe":["person"],\#
        "match":"any","probability":0.85,"zones":[{"name":"loading-dock","polygon":null},\#
        {"name":"gate","polygon":[[0,0],[0.5,0],[0,1]]}],\#
        "schedule":{"days":["mon","tue","wed","thu","fri"],"from":"22:00","to":"06:05",\#
        "timezone":"device"},"persist":{"frames":3,"of":5,"within_ms":4000},\#
        "median_probability":0.8,"cooldown_ms":60000,"confirmed":3,"false_alarms":1,\#
        "precision":0.75},\#
        {"id":100,"name":"animals","severity":"warning","unsafe":["dog","cat"],"match":"all",\#
        "probability":0.5,"zones":[],"schedule":{"days":["mon","tue","wed","thu","fri","sat",\#
        "sun"],"from":"00:00","to":"24:00","timezone":"Europe/Berlin"},\#
        "persist":{"frames":1,"of":1,"within_ms":10000},"median_probability":null,\#
        "cooldown_ms":60000,"confirmed":0,"false_alarms":0,"precision":null}]}]}
        """#)
    #expect(try cameraRoom().get("/api/v1/rules").body == #"{"streams":[]}"#)
  }

  @Test func filesAreReadAgainOnRequest() throws {
    let counter = Counter()
    let room = try cameraRoom {
      $0.reloadRules = {
        counter.value.wrappingAdd(1, ordering: .relaxed)
        return counter.isBad.load(ordering: .relaxed)
          ? .failure(message: "rules.yaml:7:3: rule 200 comes twice")
          : .success(version: "b2", rules: 12, changed: true)
      }
    }
    let good = try room.post("/api/v1/rules", type: nil)
    #expect(good.status == 200)
    #expect(good.body == #"{"version":"b2","rules":12,"changed":true}"#)
    counter.isBad.store(true, ordering: .relaxed)
    let bad = try room.post("/api/v1/rules", type: nil)
    #expect(bad.status == 422)
    #expect(bad["Content-Type"] == "application/problem+json")
    #expect(bad.json["detail"] as? String == "rules.yaml:7:3: rule 200 comes twice")
    #expect(counter.value.load(ordering: .relaxed) == 2)
    #expect(try room.post("/api/v1/rules", "{}").status == 400)
    #expect(try room.post("/api/v1/rules?x=1", type: nil).status == 400)
    #expect(counter.value.load(ordering: .relaxed) == 2)
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
    let isBad = Atomic(false)
  }

  @Test func aServiceWithoutRulesSaysSo() throws {
    #expect(try cameraRoom().post("/api/v1/rules", type: nil).status == 422)
  }

  @Test func camerasHaveNoMeanInTheirTrace() throws {
    let room = try cameraRoom {
      $0.liveSamples = { _ in
        (0..<20).map {
          PackedSamples.Element(
            time: moment - 20_000 + $0 * 1_000, value: 930_000, isFlagged: $0 == 3)
        }
      }
    }
    try room.apply(row(0, value: 0.93, mean: nil, std: nil, score: nil))
    let json = try room.get("/api/v1/subjects/camera/c-0/door/trace").json
    let points = try #require(json["points"] as? [[String: Any]])
    #expect(points.count == 20)
    #expect(points.allSatisfy { $0["v"] as? Double == 0.93 && $0["m"] is NSNull })
    #expect(points.filter { $0["f"] as? Int == 1 }.count == 1)
    #expect(json["k"] is NSNull)
  }
}

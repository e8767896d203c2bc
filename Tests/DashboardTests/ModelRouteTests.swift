import Detection
import Events
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct ModelRouteTests {
  private static func model(_ hash: String, _ name: String) -> Model {
    Model(hash: hash, name: name, kind: "100 boosted trees", features: []) { _ in 0 }
  }

  private static func candidate(
    _ subject: UInt32, _ outcome: FallCandidate.Outcome, active: Double, shadow: Double,
    at time: Int64 = moment
  ) -> FallCandidate {
    func score(_ role: FallScore.Role, _ hash: String, _ probability: Double) -> FallScore {
      FallScore(
        role: role, model: hash, probability: probability, threshold: 0.5,
        isFall: probability >= 0.5)
    }
    return FallCandidate(
      subject: subject, time: time, decided: time + 2_000, peak: 3.25, outcome: outcome,
      scores: [score(.active, "aa", active), score(.shadow, "bb", shadow)],
      features: FallFeature.allCases.map { $0 == FallFeature.allCases.first ? 3.25 : .nan },
      origin: RecordOrigin(partition: 0, offset: 7))
  }

  /// One fall that is confirmed and two others, of which the models differ about two.
  private func modelRoom() throws -> Room {
    var rules = StreamRules()
    var falls = FallRules()
    falls.model = FallModelRules(model: Self.model("aa", "fall"), threshold: 0.5)
    falls.shadow = FallModelRules(model: Self.model("bb", "next \"one\""), threshold: 0.625)
    rules.falls = falls
    var fallen = alert(1, cause: .fall)
    fallen.began = moment + 2_000
    let room = try alertRoom([fallen]) { [rules] facts in facts.streams = { [rules] } }
    try room.store.introduce(rules.modelUses.map(\.model), at: moment)
    var batch = Decisions()
    batch.fallCandidates = [
      Self.candidate(0, .fall, active: 0.75, shadow: 0.25),
      Self.candidate(1, .none, active: 0.25, shadow: 0.75, at: moment + 1),
      Self.candidate(2, .none, active: 0.25, shadow: 0.25, at: moment - 8 * 86_400_000),
    ]
    try room.apply(batch)
    #expect(
      try room.post("/api/v1/alerts/1/verdict", #"{"verdict":"confirmed"}"#).status == 200)
    return room
  }

  @Test func modelsAreShownSideBySide() throws {
    let room = try modelRoom()
    let answer = try room.get("/api/v1/models")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "application/json")
    let known = #"{"hash":"aa","name":"fall","type":"100 boosted trees""#
    let next = #"{"hash":"bb","name":"next \"one\"","type":"100 boosted trees""#
    let used = #","first_used":"2026-11-21T04:32:00.123Z"}"#
    #expect(
      answer.body == #"""
        {"since":"2026-11-14T04:33:00.123Z","until":"2026-11-21T04:33:00.123Z","in_use":[\#
        {"kind":"wearer","users":[],"devices":[],"role":"active","hash":"aa","name":"fall",\#
        "type":"100 boosted trees","threshold":0.5},\#
        {"kind":"wearer","users":[],"devices":[],"role":"shadow","hash":"bb",\#
        "name":"next \"one\"","type":"100 boosted trees","threshold":0.625}],\#
        "candidates":{"fall":1,"repeated":0,"none":1},"models":[\#
        {"role":"active","model":\#(known)\#(used),"scored":2,"falls":1,"mean_probability":0.5,\#
        "confirmed":{"fall":1,"none":0},"false_alarms":{"fall":0,"none":0}},\#
        {"role":"shadow","model":\#(next)\#(used),"scored":2,"falls":1,"mean_probability":0.5,\#
        "confirmed":{"fall":0,"none":1},"false_alarms":{"fall":0,"none":0}}],\#
        "agreement":[{"active":\#(known)},"shadow":\#(next)},"both":0,"active_only":1,\#
        "shadow_only":1,"neither":0}]}
        """#)
    let all = try room.get("/api/v1/models?since=0&until=2026-11-21T04:32:00.124Z").json
    #expect((all["candidates"] as? [String: Int])?["none"] == 1)
    #expect((all["candidates"] as? [String: Int])?["fall"] == 1)
    #expect(try room.get("/api/v1/models?since=0").body.contains(#""neither":1"#))
  }

  @Test func disagreementsComeInPagesWithTheirAlerts() throws {
    let room = try modelRoom()
    let first = try room.get("/api/v1/models/disagreements?limit=1").json
    let items = try #require(first["items"] as? [[String: Any]])
    #expect(items.map { $0["id"] as? Int } == [2] && first["next"] as? Int == 2)
    #expect(items[0]["alert"] is NSNull && items[0]["features"] == nil)
    let second = try room.get("/api/v1/models/disagreements?limit=1&before=2")
    #expect(
      second.body == #"""
        {"items":[{"id":1,"kind":"wearer","user":"u-0","device":"watch",\#
        "time":"2026-11-21T04:32:00.123Z","decided":"2026-11-21T04:32:02.123Z","peak":3.25,\#
        "outcome":"fall","scores":[\#
        {"role":"active","model":{"hash":"aa","name":"fall","type":"100 boosted trees"},\#
        "probability":0.75,"threshold":0.5,"fall":true},\#
        {"role":"shadow","model":{"hash":"bb","name":"next \"one\"","type":"100 boosted trees"},\#
        "probability":0.25,"threshold":0.5,"fall":false}],\#
        "alert":{"id":1,"verdict":"confirmed"},"topic":"accelero\"meter","partition":3,"offset":7,\#
        "config":"a1b2c3d4"}],"next":null}
        """#)
  }

  @Test func oneCandidateHasItsFeatures() throws {
    let room = try modelRoom()
    // One that the models agree about has them as well.
    let json = try room.get("/api/v1/models/candidates/3").json
    #expect(json["outcome"] as? String == "none")
    let features = try #require(json["features"] as? [String: Any])
    #expect(Set(features.keys) == Set(FallFeature.allCases.map(\.name)))
    #expect(features[FallFeature.allCases[0].name] as? Double == 3.25)
    #expect(features.values.filter { $0 is NSNull }.count == features.count - 1)
    for id in ["4", "0", "-1", "x"] {
      #expect(try room.get("/api/v1/models/candidates/\(id)").status == 404)
    }
  }

  @Test(arguments: [
    ("/api/v1/models?since=never", "since must be"), ("/api/v1/models?days=3", "Known here"),
    ("/api/v1/models?since=2&until=1", "since must not be after until"),
    ("/api/v1/models?since=1&since=1", "more than once"),
    ("/api/v1/models/disagreements?limit=0", "limit must be"),
    ("/api/v1/models/disagreements?before=x", "before must be"),
    ("/api/v1/models/candidates/1?x=1", "takes none"),
  ])
  func whatIsAskedWronglyIsToldWhy(_ target: String, _ words: String) throws {
    let answer = try alertRoom().get(target)
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect((answer.json["detail"] as? String)?.contains(words) == true, "\(answer.body)")
  }

  @Test func aServiceWithoutModelsSaysSo() throws {
    let room = try alertRoom()
    let json = try room.get("/api/v1/models").json
    for name in ["in_use", "models", "agreement"] {
      #expect((json[name] as? [Any])?.isEmpty == true, "\(name)")
    }
    #expect(
      try room.get("/api/v1/models/disagreements").body == #"{"items":[],"next":null}"#)
    let post = try room.post("/api/v1/models", "{}")
    #expect(post.status == 405)
  }
}

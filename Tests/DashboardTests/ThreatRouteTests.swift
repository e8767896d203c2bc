import Detection
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct ThreatRouteTests {
  @Test func aThreatTellsItsRecordAndItsRules() throws {
    let room = try cameraRoom(threats: [threat()])
    let answer = try room.get("/api/v1/threats")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "application/json")
    #expect(
      answer.body == #"""
        {"items":[{"id":1,"kind":"camera","user":"c-0","device":"door","site":"s-1",\#
        "time":"2026-11-21T04:32:00.123Z","rule":200,"name":"person in restricted area",\#
        "severity":"danger","objects":[\#
        {"class":"person","probability":0.93,"zone":"loading-dock"},\#
        {"class":"dog","probability":0.875,"zone":null}],\#
        "reason":"person 0.93 in loading-dock, 3 of 5 frames, rule 200",\#
        "topic":"accelero\"meter","partition":3,"offset":7,"config":"r7f3","verdict":null}],\#
        "next":null}
        """#)
  }

  @Test func pagesAndFiltersGoTogether() throws {
    let room = try cameraRoom(
      threats: (0..<10).map {
        threat(UInt32($0 % 2), at: moment + Int64($0), rule: $0 < 5 ? 100 : 200, offset: Int64($0))
      })
    func offsets(_ query: String) throws -> [Int] {
      var found: [Int] = []
      var cursor = ""
      while true {
        let json = try room.get("/api/v1/threats?limit=3\(query)\(cursor)").json
        found += (json["items"] as? [[String: Any]] ?? []).compactMap { $0["offset"] as? Int }
        guard let next = json["next"] as? String else { return found }
        cursor = "&cursor=\(next)"
      }
    }
    #expect(try offsets("") == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    #expect(try offsets("&user=c-1") == [9, 7, 5, 3, 1])
    #expect(try offsets("&kind=camera&user=c-1&device=door&rule=100") == [3, 1])
    #expect(try offsets("&kind=wearer") == [])
    #expect(try offsets("&device=watch") == [])
    #expect(try offsets("&from=\(moment + 2)&to=\(moment + 4)") == [3, 2])
    for (id, verdict) in [(1, "confirmed"), (2, "false_alarm"), (5, "false_alarm")] {
      #expect(
        try room.post("/api/v1/threats/\(id)/verdict", "{\"verdict\":\"\(verdict)\"}").status == 200
      )
    }
    #expect(try offsets("&verdict=confirmed") == [0])
    #expect(try offsets("&verdict=false_alarm") == [4, 1])
    #expect(try offsets("&verdict=none") == [9, 8, 7, 6, 5, 3, 2])
  }

  @Test func verdictsAreWrittenAndTheNewestCounts() throws {
    let clock = Box(moment)
    let room = try cameraRoom(threats: [threat(), threat()]) { $0.now = { clock.value } }
    let first = try room.post(
      "/api/v1/threats/2/verdict",
      #"{"verdict":"false_alarm","note":" a \"hare\"\nin the \ud83c\udf19 ","author":"Ann"}"#)
    #expect(first.status == 200)
    #expect(
      first.body.hasSuffix(
        #"""
        "verdict":{"verdict":"false_alarm","note":"a \"hare\"\nin the 🌙","author":"Ann",\#
        "time":"2026-11-21T04:32:00.123Z"}}
        """#), "\(first.body)")
    clock.value += 1_000
    #expect(
      try room.post(
        "/api/v1/threats/2/verdict", #"{ "note" : null, "verdict" : "confirmed" }"#,
        type: "Application/JSON ; charset=utf-8"
      ).status == 200)
    let now = try room.get("/api/v1/threats/2")
    #expect((now.json["verdict"] as? [String: Any])?["verdict"] as? String == "confirmed")
    #expect(
      now.body.hasSuffix(
        #"""
        "verdicts":[{"verdict":"false_alarm","note":"a \"hare\"\nin the 🌙","author":"Ann",\#
        "time":"2026-11-21T04:32:00.123Z"},{"verdict":"confirmed","note":"","author":"",\#
        "time":"2026-11-21T04:32:01.123Z"}]}
        """#), "\(now.body)")
    let other = try room.get("/api/v1/threats/1").json
    #expect(other["verdict"] is NSNull)
    #expect((other["verdicts"] as? [Any])?.isEmpty == true)
    #expect(try room.get("/api/v1/threats/3").status == 404)
    #expect(
      try room.post("/api/v1/threats/3/verdict", #"{"verdict":"confirmed"}"#).status == 404)
  }

  @Test(arguments: [
    ("", "not JSON"), ("{", "ends too early"), (#"{"verdict":"confirmed"} x"#, "behind the value"),
    (#"{"verdict":"confirmed",}"#, "a name in quotes"), (#"{'verdict':1}"#, "a name in quotes"),
    (#"{"verdict":"confirmed","verdict":"confirmed"}"#, "comes twice"),
    ("[]", "an object, not an array"), ("\"confirmed\"", "an object, not a string"),
    ("{}", "verdict is missing"), (#"{"note":"x"}"#, "verdict is missing"),
    (#"{"verdict":"maybe"}"#, "“false_alarm” or “confirmed”"), (#"{"verdict":1}"#, "must be"),
    (#"{"verdict":null}"#, "must be"),
    (#"{"verdict":"confirmed","note":1}"#, "note must be a string, not a number"),
    (#"{"verdict":"confirmed","author":["a"]}"#, "author must be a string, not an array"),
    (#"{"verdict":"confirmed","colour":"red"}"#, "Known here: verdict, note, author"),
    (#"{"verdict":"confirmed","note":"a\u0000b"}"#, "control characters"),
    (#"{"verdict":"confirmed","author":"a\nb"}"#, "control characters"),
    (#"{"verdict":"confirmed","note":"\ud83c"}"#, "surrogate"),
    (
      "{\"verdict\":\"confirmed\",\"note\":\"\(String(repeating: "é", count: 1_001))\"}",
      "at most 2000 bytes"
    ),
    (
      "{\"verdict\":\"confirmed\",\"author\":\"\(String(repeating: "x", count: 257))\"}",
      "at most 256 bytes"
    ),
  ])
  func bodiesThatAreNotExactlyRightAreRefused(_ body: String, _ word: String) throws {
    let room = try cameraRoom(threats: [threat()])
    let answer = try room.post("/api/v1/threats/1/verdict", body)
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect((answer.json["detail"] as? String)?.contains(word) == true, "\(answer.body)")
    #expect(try room.get("/api/v1/threats/1").json["verdict"] is NSNull)
  }

  @Test func onlyJSONIsTaken() throws {
    let room = try cameraRoom(threats: [threat()])
    for type in [
      nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
      "application/json, text/plain", "multipart/form-data; boundary=application/json",
    ] {
      let answer = try room.post(
        "/api/v1/threats/1/verdict", #"{"verdict":"confirmed"}"#, type: type)
      #expect(answer.status == 415, "\(type ?? "none")")
      #expect(answer["Content-Type"] == "application/problem+json")
    }
    #expect(try room.get("/api/v1/threats/1").json["verdict"] is NSNull)
  }

  @Test func aBusyDatabaseIsToldAsSuch() throws {
    // The room sets `setVerdict` itself, so the dashboard is asked directly.
    let room = try cameraRoom(threats: [threat()])
    for (code, status) in [
      (StoreError.Code.busy, 503), (.full, 500), (.invalidValue, 400), (.misuse, 500),
    ] {
      let dashboard = Dashboard(
        readers: room.readers, feed: room.feed,
        facts: ServiceFacts(
          streams: { [] },
          setVerdict: { _, _ in throw StoreError(code: code, message: "no", attempted: "write") }))
      let reply = dashboard.handler(
        try .init(
          method: .post, target: "/api/v1/threats/1/verdict",
          headers: ["Content-Type": "application/json"],
          body: Array(#"{"verdict":"confirmed"}"#.utf8)))
      guard case .response(let response) = reply else {
        Issue.record("no response")
        continue
      }
      #expect(response.status == status)
    }
  }
}

/// A value that a test changes between requests.
private final class Box: @unchecked Sendable {
  // Unchecked: changed only while no request is under way.
  var value: Int64
  init(_ value: Int64) { self.value = value }
}

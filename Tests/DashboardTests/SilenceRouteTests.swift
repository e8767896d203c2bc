import Detection
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct SilenceRouteTests {
  private func items(_ room: Room, _ query: String = "") throws -> [[String: Any]] {
    try room.get("/api/v1/silences\(query)").json["items"] as? [[String: Any]] ?? []
  }

  private func ids(_ room: Room, _ query: String = "") throws -> [Int] {
    try items(room, query).compactMap { $0["id"] as? Int }
  }

  @Test func aSilenceIsMadeShownAndEnded() throws {
    let room = try alertRoom()
    let body = #"""
      {"matchers":[" user=u-17 ","site=~\"s-.*\""],"duration":"1d12h","author":"Ann",\#
      "comment":"moved\nhouse"}
      """#
    let made = try room.post("/api/v1/silences", body)
    #expect(made.status == 201)
    #expect(made["Location"] == "/api/v1/silences/1")
    let text = #"""
      {"id":1,"matchers":["user=u-17","site=~\"s-.*\""],"starts":"2026-11-21T04:32:00.123Z",\#
      "ends":"2026-11-22T16:32:00.123Z","author":"Ann","comment":"moved\nhouse",\#
      "created":"2026-11-21T04:32:00.123Z","state":"active"}
      """#
    #expect(made.body == text)
    #expect(try room.get("/api/v1/silences/1").body == text)
    #expect(try room.get("/api/v1/silences").body == "{\"items\":[\(text)]}")
    let ended = try room.delete("/api/v1/silences/1")
    #expect(ended.status == 200)
    #expect(ended.json["state"] as? String == "expired")
    #expect(ended.json["ends"] as? String == "2026-11-21T04:32:00.123Z")
    #expect(try room.get("/api/v1/silences").body == #"{"items":[]}"#)
    // Once more changes nothing.
    #expect(try room.delete("/api/v1/silences/1").body == ended.body)
    #expect(try room.delete("/api/v1/silences/2").status == 404)
    #expect(try room.get("/api/v1/silences/2").status == 404)
  }

  @Test func silencesAreListedByState() throws {
    let room = try alertRoom()
    func add(_ span: String) throws {
      let answer = try room.post("/api/v1/silences", "{\"matchers\":[\"kind=wearer\"],\(span)}")
      #expect(answer.status == 201, "\(answer.body)")
    }
    try add(#""duration":"30m""#)
    try add(#""starts":"2026-11-22T00:00:00Z","ends":"2026-11-23T00:00:00+01:00""#)
    try add(#""starts":"2026-11-22T00:00:00Z","duration":"2h""#)
    try add(#""ends":"2026-11-21T05:00:00Z""#)
    // A beginning in the past is now.
    try add(#""starts":"2020-01-01T00:00:00Z","ends":"2026-11-21T06:00:00Z","comment":null"#)
    _ = try room.delete("/api/v1/silences/4")
    #expect(try ids(room) == [5, 3, 2, 1])
    #expect(try ids(room, "?state=active") == [5, 1])
    #expect(try ids(room, "?state=pending") == [3, 2])
    #expect(try ids(room, "?state=expired") == [4])
    #expect(try ids(room, "?state=all") == [5, 4, 3, 2, 1])
    let all = try items(room)
    #expect(all[0]["starts"] as? String == "2026-11-21T04:32:00.123Z")
    #expect(all[1]["ends"] as? String == "2026-11-22T02:00:00.000Z")
    #expect(all[2]["ends"] as? String == "2026-11-22T23:00:00.000Z")
    // One that has not begun ends too.
    #expect(try room.delete("/api/v1/silences/2").json["state"] as? String == "expired")
    #expect(try ids(room, "?state=pending") == [3])
  }

  @Test(arguments: [
    ("", "not JSON"), ("[]", "an object"), ("{}", "matchers"),
    (#"{"matchers":[],"duration":"1h"}"#, "at least one"),
    (#"{"matchers":"user=u","duration":"1h"}"#, "array of strings, not a string"),
    (#"{"matchers":[1],"duration":"1h"}"#, "Each element of matchers must be a string"),
    (#"{"matchers":["  "],"duration":"1h"}"#, "may be empty"),
    (#"{"matchers":["user=\n"],"duration":"1h"}"#, "control characters"),
    (#"{"matchers":["user"],"duration":"1h"}"#, "the matcher “user” has no operator."),
    (#"{"matchers":["user=u"]}"#, "One of duration and ends"),
    (#"{"matchers":["user=u"],"starts":"2027-01-01T00:00:00Z"}"#, "One of duration and ends"),
    (#"{"matchers":["user=u"],"duration":"1h","ends":"2027-01-01T00:00:00Z"}"#, "not both"),
    (#"{"matchers":["user=u"],"duration":7200}"#, "like \"30m\""),
    (#"{"matchers":["user=u"],"duration":"0s"}"#, "like \"30m\""),
    (#"{"matchers":["user=u"],"duration":"-1h"}"#, "like \"30m\""),
    (#"{"matchers":["user=u"],"duration":"367d"}"#, "366 days"),
    (#"{"matchers":["user=u"],"ends":"2028-01-01T00:00:00Z"}"#, "366 days"),
    (#"{"matchers":["user=u"],"ends":"soon"}"#, "RFC 3339"),
    (#"{"matchers":["user=u"],"ends":1795255200123}"#, "RFC 3339"),
    (#"{"matchers":["user=u"],"ends":"2026-11-21T04:32:00.123Z"}"#, "in the past"),
    (
      #"{"matchers":["user=u"],"starts":"2026-12-02T00:00:00Z","ends":"2026-12-01T00:00:00Z"}"#,
      "after starts"
    ),
    (#"{"matchers":["user=u"],"duration":"1h","id":4}"#, "Known here: matchers, duration"),
    (#"{"matchers":["user=u"],"duration":"1h","author":4}"#, "author must be a string"),
    (#"{"matchers":["user=u"],"duration":"1h","author":"a\tb"}"#, "control characters"),
    (
      "{\"matchers\":[\"user=u\"],\"duration\":\"1h\",\"comment\":\""
        + String(repeating: "x", count: 2_001) + "\"}", "at most 2000 bytes"
    ),
    (
      "{\"matchers\":[\"user=\(String(repeating: "x", count: 1_020))\"],\"duration\":\"1h\"}",
      "at most 1024 bytes"
    ),
    (
      "{\"matchers\":[\(Array(repeating: "\"a=b\"", count: 33).joined(separator: ","))],"
        + "\"duration\":\"1h\"}", "at most 32 elements"
    ),
  ])
  func bodiesThatAreNotExactlyRightAreRefused(_ body: String, _ word: String) throws {
    let room = try alertRoom()
    let answer = try room.post("/api/v1/silences", body)
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect((answer.json["detail"] as? String)?.contains(word) == true, "\(answer.body)")
    #expect(try ids(room, "?state=all") == [])
  }

  @Test func onlyJSONIsTakenAndNoBodyByDelete() throws {
    let room = try alertRoom()
    let body = #"{"matchers":["user=u"],"duration":"1h"}"#
    for type in [nil, "text/plain", "multipart/form-data; boundary=application/json"] {
      #expect(try room.post("/api/v1/silences", body, type: type).status == 415)
    }
    #expect(try room.post("/api/v1/silences", body).status == 201)
    #expect(try room.delete("/api/v1/silences/1", body: "{}").status == 400)
    #expect(try room.delete("/api/v1/silences").status == 405)
    #expect(try room.post("/api/v1/silences/1", body).status == 405)
    #expect(try ids(room) == [1])
  }

  @Test(arguments: [
    ("30m", 1_800_000), ("2h", 7_200_000), ("1d12h", 129_600_000), ("1w", 604_800_000),
    ("1w1d1h1m1s", 694_861_000), ("90s", 90_000), ("007m", 420_000), ("0s", 0),
    ("999999999w", 999_999_999 * 604_800_000),
  ])
  func spansOfTimeAreRead(_ text: String, _ milliseconds: Int64) {
    #expect(SpanText.parse(text) == milliseconds)
  }

  @Test(arguments: [
    "", "h", "2", "2h30", "30m2h", "1h1h", "2 h", "2H", "1.5h", "-2h", "+2h", "1ms", "1y",
    "1000000000s", "٣h", "2h\u{0}",
  ])
  func otherTextsAreNoSpans(_ text: String) { #expect(SpanText.parse(text) == nil) }
}

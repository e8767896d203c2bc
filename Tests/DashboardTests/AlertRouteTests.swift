import Detection
import Events
import Foundation
import HTTPServer
import Store
import Testing

@testable import Dashboard

@Suite struct AlertRouteTests {
  /// An alert with everything that one can have.
  private func full() -> Alert {
    var alert = alert(1, cause: .rule(200), phase: .recovering, flaps: 2)
    alert.severity = .danger
    alert.raised = moment + 1
    alert.recovering = moment + 2
    alert.ended = moment + 3
    alert.acknowledgement = .init(time: moment + 4, author: "Ann", note: "on \"it\"\n")
    alert.ruleName = "person in <restricted> area"
    alert.site = "s-1"
    alert.location = GeoLocation(latitude: 47.5, longitude: -122.25)
    alert.timeZone = "America/Los_Angeles"
    alert.value = 3.2
    alert.origin = RecordOrigin(partition: 0, offset: 4711)
    return alert
  }

  @Test func anAlertTellsAllThatIsKnown() throws {
    let room = try alertRoom([full()])
    let answer = try room.get("/api/v1/alerts")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "application/json")
    #expect(
      answer.body == #"""
        {"revision":1,"counts":{"danger":1,"warning":0,"acknowledged":1},"items":[\#
        {"id":1,"kind":"wearer","user":"u-0","device":"watch","site":"s-1","cause":"rule:200",\#
        "rule":200,"rule_name":"person in <restricted> area","severity":"danger",\#
        "phase":"recovering","acknowledged":{"time":"2026-11-21T04:32:00.127Z","author":"Ann",\#
        "note":"on \"it\"\n"},"verdict":null,"began":"2026-11-21T04:31:59.123Z",\#
        "opened":"2026-11-21T04:32:00.123Z","raised":"2026-11-21T04:32:00.124Z",\#
        "recovering":"2026-11-21T04:32:00.125Z","ended":"2026-11-21T04:32:00.126Z",\#
        "resolved":null,"flaps":2,"reason":"3 abnormal within 5 s","value":3.2,"unit":"g",\#
        "location":{"latitude":47.5,"longitude":-122.25},"timezone":"America/Los_Angeles",\#
        "topic":"accelero\"meter","partition":3,"offset":4711,"config":"a1b2c3d4",\#
        "settled":false,"revision":1}],"next":null}
        """#)
  }

  @Test func whatIsNotKnownIsNull() throws {
    let room = try alertRoom([alert(1)])
    let json = try room.get("/api/v1/alerts/1").json
    for name in [
      "rule", "acknowledged", "verdict", "recovering", "ended", "resolved", "value", "location",
      "topic",
      "partition", "offset",
    ] {
      #expect(json[name] is NSNull, "\(name)")
    }
    for name in ["site", "rule_name", "timezone"] { #expect(json[name] as? String == "") }
    #expect((json["events"] as? [Any])?.isEmpty == true)
    #expect((json["notifications"] as? [Any])?.isEmpty == true)
  }

  @Test func openAlertsComeByDefaultDangerFirst() throws {
    var acknowledged = alert(4, user: 4, severity: .warning)
    acknowledged.acknowledgement = .init(time: moment)
    acknowledged.site = "s-1"
    let room = try alertRoom([
      alert(1, user: 1), alert(2, user: 2, cause: .stale, severity: .warning),
      alert(3, user: 3, phase: .resolved), acknowledged,
      alert(5, user: 5, cause: .rule(7), phase: .recovering, opened: moment + 5_000),
    ])
    func ids(_ query: String) throws -> [Int] {
      var found: [Int] = []
      var cursor = ""
      while true {
        let json = try room.get("/api/v1/alerts?limit=2\(query)\(cursor)").json
        found += (json["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
        guard let next = json["next"] as? String else { return found }
        cursor = "&cursor=\(next)"
      }
    }
    #expect(try ids("") == [5, 1, 4, 2])
    #expect(try ids("&state=open&severity=warning") == [4, 2])
    #expect(try ids("&state=resolved") == [3])
    #expect(try ids("&state=all") == [5, 4, 3, 2, 1])
    #expect(try ids("&state=all&user=u-3&kind=wearer&device=watch") == [3])
    #expect(try ids("&site=s-1") == [4])
    #expect(try ids("&cause=rule:7") == [5])
    #expect(try ids("&cause=stale") == [2])
    #expect(try ids("&acknowledged=true") == [4])
    #expect(try ids("&acknowledged=false") == [5, 1, 2])
    #expect(try ids("&from=\(moment + 1)") == [5])
    #expect(try ids("&to=2026-11-21T04:32:00.124Z") == [1, 4, 2])
    #expect(try ids("&kind=ship") == [])
    let counts = try room.get("/api/v1/alerts?user=nobody").json["counts"] as? [String: Int]
    #expect(counts == ["danger": 2, "warning": 2, "acknowledged": 1])
  }

  @Test func oneAlertHasItsWholeHistory() throws {
    let room = try alertRoom(
      [alert(1)],
      events: [
        AlertEvent(alert: 1, kind: .opened, time: moment, text: "3 abnormal"),
        AlertEvent(alert: 1, kind: .acknowledged, time: moment + 1, text: "on it", author: "Ann"),
      ])
    var waiting = AlertNotification(
      receiver: "ops", group: "site=s-1", key: "k-1", created: moment, payload: [1],
      told: [.init(alert: 1, status: .firing, severity: .danger)])
    waiting.nextAttempt = moment + 5
    let ids = try room.store.enqueue([waiting], groups: [], settled: [], changes: AlertChanges())
    try room.store.record(
      AlertDelivery(
        notification: ids[0], receiver: "ops", attempt: 1, started: moment + 6, duration: 31,
        outcome: .retried, reason: "http_5xx", status: 503, answer: "try \"later\""),
      nextAttempt: moment + 1_000, events: [])
    let first = try room.get("/api/v1/alerts/1")
    #expect(
      first.body.hasSuffix(
        #"""
        ,"events":[{"time":"2026-11-21T04:32:00.123Z","kind":"opened","text":"3 abnormal",\#
        "author":""},{"time":"2026-11-21T04:32:00.124Z","kind":"acknowledged","text":"on it",\#
        "author":"Ann"}],"notifications":[{"id":1,"receiver":"ops","group":"site=s-1",\#
        "kind":"alerts","key":"k-1","created":"2026-11-21T04:32:00.123Z","state":"waiting",\#
        "attempts":1,"next_attempt":"2026-11-21T04:32:01.123Z","finished":null,"deliveries":[\#
        {"attempt":1,"started":"2026-11-21T04:32:00.129Z","duration_ms":31,"outcome":"retried",\#
        "reason":"http_5xx","status":503,"answer":"try \"later\""}]}]}
        """#), "\(first.body)")
    try room.store.record(
      AlertDelivery(
        notification: ids[0], receiver: "ops", attempt: 2, started: moment + 1_006, duration: 2,
        outcome: .accepted, reason: "ok", status: nil, answer: ""), nextAttempt: nil,
      events: [AlertEvent(alert: 1, kind: .notified, time: moment + 1_008, text: "ops")])
    let json = try room.get("/api/v1/alerts/1").json
    let told = try #require((json["notifications"] as? [[String: Any]])?.first)
    #expect(told["state"] as? String == "delivered")
    #expect(told["next_attempt"] is NSNull)
    #expect(told["finished"] as? String == "2026-11-21T04:32:01.131Z")
    let deliveries = try #require(told["deliveries"] as? [[String: Any]])
    #expect(deliveries.map { $0["attempt"] as? Int } == [1, 2])
    #expect(deliveries[1]["status"] is NSNull)
    #expect((json["events"] as? [Any])?.count == 3)
  }

  @Test func anAlertIsAcknowledgedOnceAndThenResolved() throws {
    let room = try alertRoom([alert(1)])
    let first = try room.post(
      "/api/v1/alerts/1/ack", #"{"author":" Ann ","note":"on it,\nsoon 🌙 "}"#)
    #expect(first.status == 200)
    #expect(first.json["revision"] as? Int == 2)
    #expect(
      first.body.contains(
        #"""
        "acknowledged":{"time":"2026-11-21T04:32:00.123Z","author":"Ann",\#
        "note":"on it,\nsoon 🌙"}
        """#), "\(first.body)")
    let again = try room.post("/api/v1/alerts/1/ack", "{}")
    #expect(again.status == 409)
    #expect((again.json["detail"] as? String)?.contains("acknowledged") == true)
    let resolved = try room.post("/api/v1/alerts/1/resolve", #"{"author":null}"#)
    #expect(resolved.status == 200)
    #expect(resolved.json["phase"] as? String == "resolved")
    #expect((resolved.json["acknowledged"] as? [String: Any])?["author"] as? String == "Ann")
    for what in ["ack", "resolve"] {
      let late = try room.post("/api/v1/alerts/1/\(what)", "{}")
      #expect(late.status == 409)
      #expect((late.json["detail"] as? String)?.contains("resolved") == true)
      #expect(try room.post("/api/v1/alerts/2/\(what)", "{}").status == 404)
    }
    let events = try room.get("/api/v1/alerts/1").json["events"] as? [[String: Any]]
    #expect(events?.map { $0["kind"] as? String } == ["acknowledged", "resolved"])
    #expect(events?.first?["author"] as? String == "Ann")
  }

  @Test(arguments: [
    ("", "not JSON"), ("[]", "an object, not an array"), (#"{"author":1}"#, "author must be"),
    (#"{"note":["x"]}"#, "note must be a string, not an array"),
    (#"{"author":"a\nb"}"#, "control characters"), (#"{"note":"\u0000"}"#, "control characters"),
    (#"{"by":"Ann"}"#, "Known here: author, note"), (#"{"note":"","note":""}"#, "comes twice"),
    ("{\"author\":\"\(String(repeating: "x", count: 257))\"}", "at most 256 bytes"),
    ("{\"note\":\"\(String(repeating: "é", count: 1_001))\"}", "at most 2000 bytes"),
  ])
  func bodiesThatAreNotExactlyRightAreRefused(_ body: String, _ word: String) throws {
    let room = try alertRoom([alert(1)])
    for what in ["ack", "resolve"] {
      let answer = try room.post("/api/v1/alerts/1/\(what)", body)
      #expect(answer.status == 400)
      #expect(answer["Content-Type"] == "application/problem+json")
      #expect((answer.json["detail"] as? String)?.contains(word) == true, "\(answer.body)")
      #expect(try room.post("/api/v1/alerts/1/\(what)?x=1", "{}").status == 400)
      for type in [nil, "text/plain", "application/x-www-form-urlencoded"] {
        #expect(try room.post("/api/v1/alerts/1/\(what)", "{}", type: type).status == 415)
      }
    }
    #expect(try room.get("/api/v1/alerts/1").json["phase"] as? String == "firing")
    #expect(try room.get("/api/v1/alerts/1").json["acknowledged"] is NSNull)
  }

  @Test func refusalsHaveTheirStatus() throws {
    // The room connects the closures itself, so the dashboard is asked directly.
    let room = try alertRoom([alert(1)])
    func reply(_ path: String, _ error: (any Error)?) throws -> HTTPResponse? {
      var facts = ServiceFacts(streams: { [] })
      if let error {
        facts.alerts.acknowledge = { _, _, _ in throw error }
        facts.alerts.resolve = { _, _, _ in throw error }
        facts.alerts.addSilence = { _ in throw error }
        facts.alerts.expireSilence = { _ in throw error }
      }
      let dashboard = Dashboard(readers: room.readers, feed: room.feed, facts: facts)
      let request = try HTTPRequest(
        method: path.hasSuffix("/1") ? .delete : .post, target: "/api/v1" + path,
        headers: ["Content-Type": "application/json"],
        body: path == "/silences"
          ? Array(#"{"matchers":["user=u-1"],"duration":"1h"}"#.utf8)
          : path.hasSuffix("/1") ? [] : Array("{}".utf8))
      guard case .response(let response) = dashboard.handler(request) else { return nil }
      return response
    }
    func failure(_ code: StoreError.Code) -> StoreError {
      StoreError(code: code, message: "no", attempted: "write")
    }
    let cases: [((any Error)?, Int)] = [
      (AlertFacts.Refusal.unknown, 404), (AlertFacts.Refusal.resolved, 409),
      (AlertFacts.Refusal.alreadyAcknowledged, 409), (AlertFacts.Refusal.busy, 503),
      (failure(.busy), 503), (failure(.invalidValue), 400), (failure(.full), 500),
      // A service without alerting.
      (nil, 500),
    ]
    for (error, status) in cases {
      for path in ["/alerts/1/ack", "/alerts/1/resolve", "/silences", "/silences/1"] {
        let response = try reply(path, error)
        #expect(response?.status == status, "\(path) \(String(describing: error))")
        #expect((response?.headers["Retry-After"] != nil) == (status == 503))
        #expect(response?.headers["Content-Type"] == "application/problem+json")
      }
    }
  }

  @Test func receiversSayHowTheyAreDoing() throws {
    let room = try alertRoom {
      $0.alerts.receivers = {
        var failing = ReceiverState(name: "pager \"duty\"", type: "pagerduty")
        failing.failingSince = moment
        failing.lastError = "503 from <host>"
        failing.waiting = 2
        failing.oldest = moment - 1_000
        failing.delivered = 5
        failing.retried = 9
        failing.refused = 1
        return [ReceiverState(name: "ops", type: "smtp"), failing]
      }
    }
    #expect(
      try room.get("/api/v1/receivers").body == #"""
        {"items":[{"name":"ops","type":"smtp","failing":false,"failing_since":null,\#
        "last_error":"","waiting":0,"oldest":null,"delivered":0,"retried":0,"refused":0},\#
        {"name":"pager \"duty\"","type":"pagerduty","failing":true,\#
        "failing_since":"2026-11-21T04:32:00.123Z","last_error":"503 from <host>","waiting":2,\#
        "oldest":"2026-11-21T04:31:59.123Z","delivered":5,"retried":9,"refused":1}]}
        """#)
    #expect(try alertRoom().get("/api/v1/receivers").body == #"{"items":[]}"#)
  }
}

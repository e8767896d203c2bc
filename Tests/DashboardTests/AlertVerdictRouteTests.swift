import Detection
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct AlertVerdictRouteTests {
  @Test func verdictsAreWrittenWhateverThePhaseAndTheNewestCounts() throws {
    let room = try alertRoom([alert(1), alert(2, user: 1, phase: .resolved)])
    for id in [1, 2] {
      let first = try room.post(
        "/api/v1/alerts/\(id)/verdict",
        #"{"verdict":"false_alarm","note":" sat \"down\" hard ","author":"Ann"}"#)
      #expect(first.status == 200)
      #expect(first.json["id"] as? Int == id)
      #expect(
        first.body.contains(
          #"""
          "verdict":{"verdict":"false_alarm","note":"sat \"down\" hard","author":"Ann",\#
          "time":"2026-11-21T04:32:00.123Z"},
          """#), "\(first.body)")
    }
    #expect(try room.post("/api/v1/alerts/2/verdict", #"{"verdict":"confirmed"}"#).status == 200)
    let json = try room.get("/api/v1/alerts/2").json
    #expect((json["verdict"] as? [String: Any])?["verdict"] as? String == "confirmed")
    let all = (json["verdicts"] as? [[String: Any]])?.compactMap { $0["verdict"] as? String }
    #expect(all == ["false_alarm", "confirmed"])
    #expect(json["phase"] as? String == "resolved")
    #expect((try room.get("/api/v1/alerts/1").json["verdicts"] as? [Any])?.count == 1)
  }

  /// Whoever watches sees it at once, in the form in which the page has it.
  @Test func whoWatchesIsTold() throws {
    let room = try alertRoom([alert(1)])
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    #expect(try room.post("/api/v1/alerts/1/verdict", #"{"verdict":"confirmed"}"#).status == 200)
    #expect(watcher.read { $0.alerts.count == 1 })
    let event = try #require(watcher.alerts.first)
    let page = try room.get("/api/v1/alerts").body
    #expect(page.contains(event.data) && event.data.contains(#""verdict":"confirmed""#))
    // A later change of the alert does not forget it.
    #expect(try room.post("/api/v1/alerts/1/ack", "{}").status == 200)
    #expect(watcher.read { $0.alerts.count == 2 })
    let next = try #require(watcher.alerts.last)
    #expect(try room.get("/api/v1/alerts").body.contains(next.data))
    #expect(next.data.contains(#""verdict":"confirmed""#))
  }

  @Test func whatIsNotExactlyRightIsRefused() throws {
    let room = try alertRoom([alert(1)])
    let path = "/api/v1/alerts/1/verdict"
    for (body, word) in [
      ("{}", "verdict is missing"), (#"{"verdict":"maybe"}"#, "“false_alarm” or “confirmed”"),
      (#"{"verdict":"confirmed","colour":1}"#, "Known here: verdict, note, author"),
      (#"{"verdict":"confirmed","note":"\#(String(repeating: "x", count: 2_001))"}"#, "2000 bytes"),
      (#"{"verdict":"confirmed","author":"\#(String(repeating: "x", count: 257))"}"#, "256 bytes"),
    ] {
      let answer = try room.post(path, body)
      #expect(answer.status == 400)
      #expect((answer.json["detail"] as? String)?.contains(word) == true, "\(answer.body)")
    }
    let body = #"{"verdict":"confirmed"}"#
    #expect(try room.post(path, body, type: "text/plain").status == 415)
    #expect(try room.post(path + "?x=1", body).status == 400)
    #expect(try room.post("/api/v1/alerts/2/verdict", body).status == 404)
    #expect(try room.post("/api/v1/alerts/0/verdict", body).status == 404)
    #expect(try room.get(path).status == 405)
    let large = String(repeating: " ", count: 2 << 20)
    #expect(try room.post(path, body + large).status == 413)
    #expect(try room.get("/api/v1/alerts/1").json["verdict"] is NSNull)
  }

  @Test func aServiceThatIsBusyOrHasNoAlertingSaysSo() throws {
    let room = try alertRoom([alert(1)])
    func status(_ alerts: AlertFacts) throws -> Int? {
      let dashboard = Dashboard(
        readers: room.readers, feed: room.feed,
        facts: ServiceFacts(streams: { [] }, alerts: alerts))
      let reply = dashboard.handler(
        try .init(
          method: .post, target: "/api/v1/alerts/1/verdict",
          headers: ["Content-Type": "application/json"],
          body: Array(#"{"verdict":"confirmed"}"#.utf8)))
      guard case .response(let response) = reply else { return nil }
      return response.status
    }
    var busy = AlertFacts()
    busy.judge = { _, _ in throw AlertFacts.Refusal.busy }
    #expect(try status(busy) == 503)
    #expect(try status(AlertFacts()) == 500)
  }
}

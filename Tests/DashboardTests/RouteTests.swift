import Detection
import Events
import Foundation
import HTTPServer
import Store
import Testing

@testable import Dashboard

/// Six subjects: two trucks, a user of three devices.
private func sixSubjects(_ facts: ServiceFacts? = nil) throws -> Room {
  let room = try Room(
    [
      SubjectIdentity(kind: "wearer", user: "a", device: "watch"),
      SubjectIdentity(kind: "wearer", user: "b", device: ""),
      SubjectIdentity(kind: "wearer", user: "b", device: "belt"),
      SubjectIdentity(kind: "wearer", user: "b", device: "watch"),
      SubjectIdentity(kind: "truck", user: "t-1", device: "fuel"),
      SubjectIdentity(kind: "truck", user: "t-2", device: "fuel"),
    ], facts: facts)
  try room.apply(
    row(0, .danger, previous: .warning, value: 5.2, score: 42.1), row(1, .safe),
    row(2, .warning, value: nil, mean: nil, std: nil, score: nil, offset: nil), row(3, .stale),
    row(4, .safe), row(5, .unknown))
  return room
}

@Suite struct RouteTests {
  @Test func statusPageHoldsRowsCountsAndTotal() throws {
    let room = try sixSubjects()
    let answer = try room.get("/api/v1/status")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "application/json")
    #expect(answer["X-Content-Type-Options"] == "nosniff")
    #expect(answer["Access-Control-Allow-Origin"] == nil)
    let json = answer.json
    #expect(json["revision"] as? Int == 6)
    #expect(json["total"] as? Int == 6)
    #expect(
      json["counts"] as? [String: Int]
        == ["unknown": 1, "safe": 2, "warning": 1, "danger": 1, "stale": 1])
    #expect(json["next"] is NSNull)
    let items = try #require(json["items"] as? [[String: Any]])
    #expect(items.map { $0["state"] as? String }.first == "danger")
    let first = try #require(items.first)
    #expect(
      Set(first.keys) == [
        "kind", "user", "device", "state", "previous", "since", "last_seen", "value", "mean", "std",
        "score", "unit", "reason", "revision", "topic", "partition", "offset", "config",
        "location", "timezone", "site",
      ])
    #expect(first["since"] as? String == "2026-11-21T04:32:00.123Z")
    #expect(first["value"] as? Double == 5.2)
    #expect(first["topic"] as? String == "accelero\"meter")
    #expect(first["partition"] as? Int == 3)
    #expect(first["offset"] as? Int == 7)
    #expect(first["config"] as? String == "a1b2c3d4")
    #expect(items[1]["value"] is NSNull)
    #expect(items[1]["offset"] is NSNull)
  }

  @Test func statusPageFiltersSortsAndTurns() throws {
    let room = try sixSubjects()
    let trucks = try room.get("/api/v1/status?kind=truck&state=safe,unknown&sort=user&order=desc")
    let items = try #require(trucks.json["items"] as? [[String: Any]])
    #expect(items.map { $0["user"] as? String } == ["t-2", "t-1"])
    #expect((trucks.json["counts"] as? [String: Int])?["danger"] == 0)
    #expect(try room.get("/api/v1/status?prefix=b").json["total"] as? Int == 3)
    #expect(try room.get("/api/v1/status?kind=nobody&state=").json["total"] as? Int == 0)

    var users: [String] = []
    var cursor = ""
    for _ in 0..<6 {
      let page = try room.get("/api/v1/status?sort=user&limit=1&cursor=\(cursor)").json
      let row = (page["items"] as? [[String: Any]])?.first
      users.append("\(row?["user"] ?? "")/\(row?["device"] ?? "")")
      cursor = page["next"] as? String ?? ""
    }
    #expect(users == ["a/watch", "b/", "b/belt", "b/watch", "t-1/fuel", "t-2/fuel"])
    #expect(cursor == "")
  }

  @Test func oneSubjectByPath() throws {
    let room = try sixSubjects()
    #expect(try room.get("/api/v1/status/wearer/a").json["device"] as? String == "watch")
    #expect(try room.get("/api/v1/status/wearer/a/watch").json["state"] as? String == "danger")
    #expect(try room.get("/api/v1/status/truck/t-1/fuel").json["unit"] as? String == "m/s2")
    let several = try room.get("/api/v1/status/wearer/b")
    #expect(several.status == 409)
    #expect(several["Content-Type"] == "application/problem+json")
    #expect(several.json["devices"] as? [String] == ["", "belt", "watch"])
    // A slash at the end names the device that has no name.
    #expect(try room.get("/api/v1/status/wearer/b/").json["state"] as? String == "safe")
    for missing in ["wearer/z", "wearer/a/belt", "truck/a", "x/y/z"] {
      #expect(try room.get("/api/v1/status/\(missing)").status == 404)
    }
  }

  @Test func unknownPathsAndWrongMethods() throws {
    let room = try sixSubjects()
    for path in [
      "/x", "/api", "/api/v1", "/api/v1/", "/api/v2/status", "/api/v1/status/",
      "/api/v1/status/wearer",
      "/api/v1/status/wearer/", "/api/v1/status/wearer/a/b/c", "/api/v1/wearers/trace",
      "/api/v1/wearers/a", "/api/v1/wearers/a/b/c/trace", "/api/v1/subjects/a/trace", "/events/",
      "/assets/", "/assets/none.js", "/assets/../index.html", "/assets/%2e%2e%2fPackage.swift",
      "/livez/x", "/api/v1/service/", "//", "/reports/", "/reports/daily", "/api/v1/threats/",
      "/api/v1/threats/x", "/api/v1/threats/0", "/api/v1/threats/-1", "/api/v1/threats/1/verdict/x",
      "/api/v1/threats/1/note", "/api/v1/threats/99999999999999999999", "/api/v1/reports",
      "/api/v1/reports/weekly", "/api/v1/reports/daily/x", "/api/v1/rules/", "/api/v1/rules/200",
      "/api/v1/alerts/", "/api/v1/alerts/x", "/api/v1/alerts/0", "/api/v1/alerts/1/",
      "/api/v1/alerts/7",
      "/api/v1/alerts/1/acknowledge", "/api/v1/alerts/1/ack/x", "/api/v1/silences/",
      "/api/v1/silences/0", "/api/v1/silences/x", "/api/v1/silences/1", "/api/v1/silences/1/x",
      "/api/v1/receivers/", "/api/v1/receivers/ops", "/alerts/", "/alerts/1",
    ] {
      let answer = try room.get(path)
      #expect(answer.status == 404, "\(path)")
      #expect(answer["Content-Type"] == "application/problem+json")
      #expect(answer.json["status"] as? Int == 404)
      #expect(answer.json["title"] as? String == "Not Found")
      #expect(answer.json["type"] as? String == "about:blank")
      #expect((answer.json["detail"] as? String)?.isEmpty == false)
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
      let answer = try room.get("/api/v1/status", method: method)
      #expect(answer.status == 405)
      #expect(answer["Allow"] == "GET, HEAD")
    }
    #expect(try room.get("/events", method: "POST").status == 405)
    for (path, methods) in [
      ("/api/v1/threats", "GET, HEAD"), ("/api/v1/threats/1", "GET, HEAD"),
      ("/api/v1/threats/1/verdict", "POST"), ("/api/v1/rules", "GET, HEAD, POST"),
      ("/api/v1/reports/daily", "GET, HEAD"), ("/reports", "GET, HEAD"),
      ("/api/v1/alerts", "GET, HEAD"), ("/api/v1/alerts/1", "GET, HEAD"),
      ("/api/v1/alerts/1/ack", "POST"), ("/api/v1/alerts/1/resolve", "POST"),
      ("/api/v1/silences", "GET, HEAD, POST"), ("/api/v1/silences/1", "GET, HEAD, DELETE"),
      ("/api/v1/receivers", "GET, HEAD"), ("/alerts", "GET, HEAD"),
    ] {
      for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] where !methods.contains(method) {
        let answer = try room.get(path, method: method)
        #expect(answer.status == 405)
        #expect(answer["Allow"] == methods)
      }
    }
    #expect(try room.get("/api/v1/threats/1/verdict").status == 405)
    #expect(try room.get("/api/v1/threats/1/verdict", method: "HEAD").status == 405)
    #expect(try room.post("/api/v1/threats").status == 405)
    #expect(try room.get("/nothing", method: "POST").status == 404)
  }

  @Test(arguments: [
    ("/api/v1/status?limit=0", "limit"), ("/api/v1/status?limit=1001", "limit"),
    ("/api/v1/status?limit=x", "limit"), ("/api/v1/status?state=bad", "state"),
    ("/api/v1/status?state=safe,,danger", "state"), ("/api/v1/status?sort=name", "sort"),
    ("/api/v1/status?order=up", "order"), ("/api/v1/status?cursor=!!", "cursor"),
    ("/api/v1/status?limit=1&limit=2", "more than once"),
    ("/api/v1/status?colour=red", "Known here: state, kind"),
    ("/api/v1/status/wearer/a?x=1", "takes none"), ("/api/v1/service?x=1", "takes none"),
    ("/api/v1/invalid?limit=-1", "limit"), ("/api/v1/invalid?cursor=zz", "cursor"),
    ("/api/v1/invalid?state=safe", "limit, cursor"),
    ("/api/v1/wearers/a/trace?limit=20001", "limit"), ("/api/v1/wearers/a/trace?from=soon", "from"),
    ("/api/v1/wearers/a/trace?to=2026-02-30T00:00:00Z", "to"),
    ("/api/v1/wearers/a/trace?from=2&to=1", "from must not be after to"),
    ("/api/v1/wearers/a/trace?since=1", "from, to, limit"),
    ("/events?since=-1", "since"), ("/events?since=x", "since"),
    ("/events?transitions=2", "0 or 1"),
    ("/api/v1/threats?rule=0", "rule"), ("/api/v1/threats?rule=x", "rule"),
    ("/api/v1/threats?verdict=maybe", "false_alarm, confirmed, none"),
    ("/api/v1/threats?from=soon", "from"), ("/api/v1/threats?limit=1001", "limit"),
    ("/api/v1/threats?from=2&to=1", "from must not be after to"),
    ("/api/v1/threats?cursor=!!", "cursor"),
    ("/api/v1/threats?class=dog", "Known here: kind, user"),
    ("/api/v1/threats/1?x=1", "takes none"), ("/api/v1/rules?x=1", "takes none"),
    ("/api/v1/reports/daily?date=2026-11-31", "date"), ("/api/v1/reports/daily?date=today", "date"),
    ("/api/v1/reports/daily?date=2026-1-1", "date"),
    ("/api/v1/reports/daily?date=1969-12-31", "date"),
    ("/api/v1/reports/daily?timezone=Mars/Base", "timezone"),
    ("/api/v1/reports/daily?timezone=../../etc/passwd", "timezone"),
    ("/api/v1/reports/daily?format=xml", "json, csv"), ("/api/v1/reports/daily?limit=0", "limit"),
    ("/api/v1/reports/daily?day=1", "date, timezone, format, limit"),
    ("/api/v1/alerts?state=closed", "open, resolved, all"),
    ("/api/v1/alerts?severity=safe", "warning, danger"), ("/api/v1/alerts?cause=fire", "rule:200"),
    ("/api/v1/alerts?cause=rule:x", "cause"), ("/api/v1/alerts?acknowledged=1", "true, false"),
    ("/api/v1/alerts?from=soon", "from"), ("/api/v1/alerts?from=2&to=1", "from must not be after"),
    ("/api/v1/alerts?limit=0", "limit"), ("/api/v1/alerts?limit=1001", "limit"),
    ("/api/v1/alerts?cursor=!!", "cursor"),
    ("/api/v1/alerts?rule=2", "Known here: state, severity"),
    ("/api/v1/alerts/1?x=1", "takes none"), ("/api/v1/silences?state=over", "active, pending"),
    ("/api/v1/silences?limit=1", "Known here: state"), ("/api/v1/silences/1?x=1", "takes none"),
    ("/api/v1/receivers?x=1", "takes none"), ("/events?alerts=yes", "0 or 1"),
    ("/events?state=none", "state"), ("/events?device=x", "Known here"),
  ])
  func badParametersSayWhatIsWrong(_ target: String, _ word: String) throws {
    let room = try Room(wearers(1))
    let answer = try room.get(target)
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect((answer.json["detail"] as? String)?.contains(word) == true, "\(answer.body)")
  }

  @Test func headHasTheHeadOfGet() throws {
    let room = try sixSubjects()
    for path in [
      "/", "/reports", "/api/v1/status", "/api/v1/threats", "/api/v1/rules", "/livez",
      "/api/v1/alerts", "/api/v1/alerts/1", "/api/v1/silences", "/api/v1/receivers",
      "/assets/app.js", "/api/v1/status/wearer/zz",
    ] {
      let get = try room.get(path)
      let head = try room.get(path, method: "HEAD")
      #expect(head.status == get.status)
      #expect(head["Content-Length"] == get["Content-Length"])
      #expect(head["Content-Type"] == get["Content-Type"])
    }
    let stream = try room.get("/events", method: "HEAD")
    #expect(stream["Content-Type"] == "text/event-stream")
    let deadline = Date(timeIntervalSinceNow: 10)
    while room.feed.watchers > 0, Date() < deadline { usleep(1_000) }
    #expect(room.feed.watchers == 0)
  }

  @Test func serviceProbesAndMetrics() throws {
    var state = ServiceState()
    state.version = "1.0"
    state.started = moment
    state.records = 12
    state.recordsPerSecond = 3.5
    state.streams = [
      .init(name: "acc", kind: "wearer", unit: "g", k: 4, windowMilliseconds: 10_000)
    ]
    let shown = state
    let room = try sixSubjects(
      ServiceFacts(
        streams: { [] }, service: { shown },
        readiness: {
          [
            ReadinessCheck(name: "store", isReady: true),
            ReadinessCheck(name: "kafka", isReady: false, detail: "no broker"),
          ]
        }, metrics: { "# TYPE up gauge\nup 1\n" }))
    #expect(try room.get("/livez").body == "ok")
    let ready = try room.get("/readyz")
    #expect(ready.status == 503)
    #expect(ready.body == #"{"status":"not_ready","checks":{"store":"ok","kafka":"no broker"}}"#)
    let metrics = try room.get("/metrics")
    #expect(metrics.body == "# TYPE up gauge\nup 1\n")
    #expect(metrics["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    #expect(
      try room.get("/api/v1/service").body == """
        {"version":"1.0","started":"2026-11-21T04:32:00.123Z","records":12,\
        "records_per_second":3.5,"samples":0,"lag":null,"unheard_seconds":null,"invalid":0,"lost":0,"late":0,"watchers":1,\
        "streams":[{"name":"acc","type":"samples","kind":"wearer","unit":"g","k":4,"window_ms":10000}]}
        """)
    #expect(try sixSubjects().get("/readyz").body == #"{"status":"ready","checks":{}}"#)
  }

  @Test func invalidRecordsNewestFirstWithTheirBytesReadable() throws {
    let room = try Room()
    var decisions = Decisions()
    for (offset, bytes) in [Array("{\"a\":\\\n".utf8), [0xff, 0x00, 0xc3, 0xa9, 0xe2, 0x82]]
      .enumerated()
    {
      decisions.invalidRecords.append(
        InvalidRecordRow(
          origin: RecordOrigin(partition: 0, offset: Int64(offset)), timestamp: moment,
          reason: offset == 0 ? "not_json" : "bad_utf8", detail: "at <0>", key: nil, value: bytes))
    }
    try room.apply(decisions)
    let page = try room.get("/api/v1/invalid?limit=1").json
    #expect(page["total"] as? Int == 2)
    #expect(page["reasons"] as? [String: Int] == ["not_json": 1, "bad_utf8": 1])
    let newest = try #require((page["items"] as? [[String: Any]])?.first)
    #expect(newest["first_bytes"] as? String == "\\xff\\x00é\\xe2\\x82")
    #expect(newest["offset"] as? Int == 1)
    let cursor = try #require(page["next"] as? String)
    let older = try room.get("/api/v1/invalid?cursor=\(cursor)").json
    let item = try #require((older["items"] as? [[String: Any]])?.first)
    #expect(item["first_bytes"] as? String == "{\"a\":\\\\\\n")
    #expect(item["time"] as? String == "2026-11-21T04:32:00.123Z")
    #expect(older["next"] is NSNull)
  }

  @Test func closedReadersAreA503WithRetryAfter() throws {
    let room = try sixSubjects()
    room.readers.close()
    for path in [
      "status", "alerts", "alerts?state=all", "alerts/1", "silences", "silences?state=expired",
      "silences/1",
    ] {
      let answer = try room.get("/api/v1/\(path)")
      #expect(answer.status == 503)
      #expect(answer["Retry-After"] == "1")
      #expect(answer["Content-Type"] == "application/problem+json")
    }
  }

  @Test func onlyKnownHostsAreAnsweredWhenTold() throws {
    let room = try Room(wearers(1), hosts: Dashboard.loopbackHosts)
    for host in ["127.0.0.1", "127.0.0.1:8080", "LocalHost:1", "localhost", "[::1]:8080", "[::1]"] {
      #expect(try room.get("/livez", host: host).status == 200, "\(host)")
    }
    for host in ["evil.example", "localhost.evil.example:8080", "[::2]", "127.0.0.1.nip.io"] {
      let answer = try room.get("/api/v1/status", host: host)
      #expect(answer.status == 403, "\(host)")
      #expect(answer["Content-Type"] == "application/problem+json")
    }
  }
}

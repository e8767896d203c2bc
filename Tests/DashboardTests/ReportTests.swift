import Detection
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct ReportTests {
  /// 2026-11-01 in New York, the day of 25 hours: 04:00Z … 05:00Z of the next day.
  private static let longDay: Int64 = 1_793_505_600_000

  private static func room() throws -> Room {
    let start = longDay
    let dog = [Threat.Object(className: "dog", probability: 0.9)]
    let room = try cameraRoom(
      threats: [
        threat(0, at: start - 1), threat(0, at: start), threat(0, at: start + 90 * 60_000),
        threat(
          1, at: start + 2 * hour, rule: 100, name: "=dogs, \"all\"", severity: .warning,
          objects: dog),
        threat(0, at: start + 25 * hour - 1), threat(2, at: start + 25 * hour),
      ])
    var decisions = Decisions()
    decisions.equipmentFaults = [
      EquipmentFault(
        subject: 2, time: start + 5_000, kind: .void, reason: "contrast 0.001",
        origin: RecordOrigin(partition: 0, offset: 3)),
      EquipmentFault(
        subject: 2, time: start + 9_000, kind: .void, reason: "contrast 0.002", origin: nil),
    ]
    decisions.unmatched = [
      UnmatchedDetections(hour: start, className: "cat", count: 40, maxProbability: 0.75),
      UnmatchedDetections(hour: start + hour, className: "cat", count: 2, maxProbability: 0.8),
      UnmatchedDetections(hour: start - hour, className: "owl", count: 1, maxProbability: 0.5),
    ]
    try room.apply(decisions)
    for (id, verdict) in [(2, "confirmed"), (3, "false_alarm"), (5, "false_alarm")] {
      _ = try room.post("/api/v1/threats/\(id)/verdict", "{\"verdict\":\"\(verdict)\"}")
    }
    return room
  }

  @Test func aDayIsCountedInItsTimeZone() throws {
    let room = try Self.room()
    let answer = try room.get(
      "/api/v1/reports/daily?date=2026-11-01&timezone=America%2FNew_York")
    #expect(answer.status == 200)
    let body = answer.body
    #expect(
      body.hasPrefix(
        #"""
        {"date":"2026-11-01","timezone":"America/New_York","from":"2026-11-01T00:00:00-04:00",\#
        "to":"2026-11-02T00:00:00-05:00","total":{"threats":4,"warnings":1,"dangers":3,"judged":3,\#
        "confirmed":1,"false_alarms":2,"false_alarm_rate":0.666666667,"precision":0.333333333},\#
        "user_count":2,"users":[{"user":"c-0","threats":3,"warnings":0,"dangers":3,"judged":3,\#
        "confirmed":1,"false_alarms":2,"false_alarm_rate":0.666666667,"precision":0.333333333},\#
        {"user":"c-1","threats":1,"warnings":1,"dangers":0,"judged":0,"confirmed":0,\#
        "false_alarms":0,"false_alarm_rate":null,"precision":null}],"rules":[{"rule":200,\#
        "name":"person in restricted area","threats":3,
        """#), "\(body)")
    #expect(
      body.contains(
        #""classes":[{"class":"dog","threats":4},{"class":"person","threats":3}],"hours":[{"#))
    #expect(
      body.hasSuffix(
        #"""
        "fault_count":1,"equipment_faults":[{"kind":"camera","user":"c-2","device":"door",\#
        "fault":"void_image","count":2,"first":"2026-11-01T04:00:05.000Z",\#
        "last":"2026-11-01T04:00:09.000Z","reason":"contrast 0.002"}],\#
        "unmatched":[{"class":"cat","count":42,"max_probability":0.8}]}
        """#), "\(body)")
    let hours = try #require(answer.json["hours"] as? [[String: Any]])
    #expect(hours.count == 25)
    let busy = hours.filter { $0["threats"] as? Int != 0 }
    #expect(
      busy.compactMap { $0["start"] as? String } == [
        "2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00",
        "2026-11-01T23:00:00-05:00",
      ])
  }

  @Test func withoutADayItIsTodayThere() throws {
    // 04:32 UTC: still the day before in New York.
    let room = try cameraRoom(threats: [threat()])
    let utc = try room.get("/api/v1/reports/daily").json
    #expect(utc["date"] as? String == "2026-11-21")
    #expect(utc["timezone"] as? String == "UTC")
    #expect(utc["from"] as? String == "2026-11-21T00:00:00+00:00")
    #expect((utc["total"] as? [String: Any])?["threats"] as? Int == 1)
    let there = try room.get("/api/v1/reports/daily?timezone=America/New_York").json
    #expect(there["date"] as? String == "2026-11-20")
    #expect((there["hours"] as? [Any])?.count == 24)
    #expect((there["total"] as? [String: Any])?["threats"] as? Int == 1)
  }

  @Test func listsAreBoundedAndSayHowMuchThereIs() throws {
    let room = try cameraRoom(
      5, threats: (0..<5).map { threat(UInt32($0), at: moment + Int64($0)) })
    let json = try room.get("/api/v1/reports/daily?limit=2").json
    #expect((json["users"] as? [[String: Any]])?.count == 2)
    #expect(json["user_count"] as? Int == 5)
  }

  @Test func theSameAsCSV() throws {
    let room = try Self.room()
    let answer = try room.get(
      "/api/v1/reports/daily?date=2026-11-01&timezone=America/New_York&format=csv")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "text/csv; charset=utf-8")
    #expect(
      answer["Content-Disposition"]
        == "attachment; filename=\"acalert-2026-11-01-America-New_York.csv\"")
    let lines = answer.body.components(separatedBy: "\r\n")
    #expect(lines.last == "")
    #expect(!answer.body.replacingOccurrences(of: "\r\n", with: "").contains("\n"))
    let head =
      "section,date,timezone,kind,user,device,rule,name,class,hour,fault,reason,first,last,count,"
      + "max_probability,threats,warnings,dangers,judged,confirmed,false_alarms,false_alarm_rate,"
      + "precision"
    #expect(lines[0] == head)
    let day = "2026-11-01,America/New_York"
    #expect(
      lines[1]
        == "total,\(day),,,,,,,,,,2026-11-01T00:00:00-04:00,2026-11-02T00:00:00-05:00,,,4,1,3,3,1,2,"
        + "0.666667,0.333333")
    #expect(lines.contains("user,\(day),,c-1,,,,,,,,,,,,1,1,0,0,0,0,,"))
    #expect(lines.contains("rule,\(day),,,,100,\"'=dogs, \"\"all\"\"\",,,,,,,,,1,1,0,0,0,0,,"))
    #expect(lines.contains("class,\(day),,,,,,person,,,,,,,,3,,,,,,,"))
    #expect(lines.contains("hour,\(day),,,,,,,2026-11-01T01:00:00-05:00,,,,,,,1,,,,,,,"))
    #expect(lines.filter { $0.hasPrefix("hour,") }.count == 25)
    #expect(
      lines.contains(
        "equipment_fault,\(day),camera,c-2,door,,,,,void_image,contrast 0.002,"
          + "2026-11-01T00:00:05-04:00,2026-11-01T00:00:09-04:00,2,,,,,,,,,"))
    #expect(lines.contains("unmatched,\(day),,,,,,cat,,,,,,42,0.8,,,,,,,,"))
    let columns = head.split(separator: ",").count
    for line in lines.dropLast() where !line.contains("\"") {
      #expect(line.components(separatedBy: ",").count == columns, "\(line)")
    }
  }

  @Test func cellsNeverBecomeFormulas() {
    func cell(_ text: String) -> String {
      var writer = CSVWriter()
      writer.text(text)
      return writer.text
    }
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"] { #expect(cell(text) == "'" + text) }
    #expect(cell(" =1") == "' =1")
    #expect(cell("\t=1") == "\"'\t=1\"")
    #expect(cell("\r=1") == "\"'\r=1\"")
    #expect(cell("\u{0}=1") == "'\u{0}=1")
    for text in ["", "c-9", "a=b", "1-2", "person in =", "é"] { #expect(cell(text) == text) }
    #expect(cell("a\"b") == "\"a\"\"b\"")
    // A quote with an accent is one character to people and still a quote to programs.
    #expect(Array(cell("a\"\u{301},=1").utf8) == Array("\"a\"\"\u{301},=1\"".utf8))
    #expect(cell("a\r\nb") == "\"a\r\nb\"")
    #expect(cell("a,b;c") == "\"a,b;c\"")
    #expect(cell(" a") == "\" a\"")
  }
}

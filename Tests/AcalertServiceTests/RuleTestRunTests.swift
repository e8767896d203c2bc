import Detection
import Events
import Foundation
import Testing

@testable import AcalertService

struct RuleTestRunTests {
  private static func file(_ tests: String, assign: String = "{users: [\"c-*\"], rules: [7]}")
    throws
    -> RulesFile
  {
    try RulesFile(
      text: """
        rules:
          - id: 7
            name: dogs
            unsafe: [dog]
            probability: 0.8
            persist: {frames: 2, of: 3, within: 10s}
            tests: \(tests)
        assign: [\(assign)]
        ignore: [{users: [c-9], classes: [dog]}]
        """, file: "t")
  }

  private static let dog = "{objects: [{class: dog, probability: 0.93, box: [0, 0, 0.1, 0.1]}]}"

  @Test func eventsWithoutATimeAreASecondApart() throws {
    let run = RuleTestRun(
      try Self.file(
        """
        [{name: stays, expect: fires, events: [\(Self.dog), \(Self.dog)]},
         {name: once, expect: safe, events: [\(Self.dog)]},
         {name: twice but far apart, expect: safe,
          events: [{ts: "2026-01-05T02:00:00Z", \(Self.dog.dropFirst()),
                   {ts: "2026-01-05T02:00:11Z", \(Self.dog.dropFirst())]},
         {name: goes on from a given time, expect: fires,
          events: [{ts: "2026-01-05T02:00:00Z", \(Self.dog.dropFirst()), \(Self.dog)]}]
        """))
    #expect(run.failures == 0, "\(run.report())")
    #expect(run.outcomes.count == 4)
    #expect(run.report().hasSuffix("4 tests, 0 failed"))
  }

  @Test func failureSaysWhatTheRuleSaid() throws {
    let run = RuleTestRun(
      try Self.file("[{name: hope, expect: fires, events: [\(Self.dog), {objects: []}]}]"))
    #expect(run.failures == 1)
    let report = run.report()
    #expect(report.contains("FAIL rule 7: hope (line 7, expected: fires)"))
    #expect(report.contains("event 1: rule 7: no: dog 0.93, 1 of 3 frames"))
    #expect(report.contains("event 2: rule 7: no: nothing of an unsafe class (dog)"))
  }

  @Test func eventsMayBeJSON() throws {
    let event = #"'{"ts": 1767614400000, "objects": [{"class": "dog", "probability": 0.81}]}'"#
    let later = event.replacing("1767614400000", with: "1767614401000")
    let run = RuleTestRun(
      try Self.file("[{name: json, expect: fires, events: [\(event), \(later)]}]"))
    #expect(run.failures == 0, "\(run.report())")
  }

  @Test func numbersKeepTheirDigitsAndWordsStayWords() throws {
    let file = try Self.file(
      "[{name: n, expect: safe, events: [{a: 0.80, b: \"0.80\", c: [true, ~, 1e3, on], d: {e: 007}}]}]"
    )
    #expect(
      file.tests[0].events[0].text
        == #"{"a":0.80,"b":"0.80","c":[true,null,1e3,"on"],"d":{"e":"007"}}"#)
  }

  @Test func eventThatCannotBeReadFailsItsTest() throws {
    let run = RuleTestRun(
      try Self.file("[{name: broken, expect: safe, events: [{objects: 5}]}]"))
    #expect(run.failures == 1)
    #expect(run.report().contains("event 1: "))
  }

  @Test func assignmentsAndWhatIsIgnoredCount() throws {
    let run = RuleTestRun(
      try Self.file(
        """
        [{name: has a dog, user: c-9, device: d, expect: safe, events: [\(Self.dog), \(Self.dog)]},
         {name: somebody else, user: u-1, device: d, expect: fires, events: [\(Self.dog), \(Self.dog)]}]
        """))
    #expect(run.outcomes[0].isPassed)
    #expect(run.outcomes[0].words[1].contains("is ignored here"))
    #expect(!run.outcomes[1].isPassed)
    #expect(run.outcomes[1].words[0] == "event 1: rule 7 is not assigned to u-1/d")
  }

  // MARK: Files of events

  @Test func everyFrameIsExplained() throws {
    let file = try Self.file("[]")
    let lines = [
      #"{"user":"c-1","device":"d","ts":1767614400000,"objects":[{"class":"dog","probability":0.93}]}"#,
      #"{"user":"c-1","device":"d","ts":1767614401000,"objects":[{"class":"dog","probability":0.95}]}"#,
      "",
      #"{"user":"c-1","device":"d","ts":1767614402000,"objects":[{"class":"dog","probability":0.95}]}"#,
      #"{"user":"c-1","device":"d"}"#,
      #"{"user":"u-1","device":"d","ts":1767614400000,"objects":[]}"#,
    ]
    let events = try TemporaryFile(lines.joined(separator: "\n").utf8, suffix: ".ndjson")
    var printed: [String] = []
    let summary = try RuleEventsRun(file.rules, format: CameraFormat()).run(events: events.path) {
      printed.append($0)
    }
    #expect(printed.count == 5)
    #expect(
      printed[0]
        == "line 1: 2026-01-05T12:00:00.000Z c-1/d: rule 7: no: dog 0.93, 1 of 3 frames, "
        + "needs 2 within 10 s")
    #expect(
      printed[1]
        == "line 2: 2026-01-05T12:00:01.000Z c-1/d: THREAT: dog 0.95, 2 of 3 frames, rule 7")
    #expect(printed[2].contains("c-1/d: fires: dog 0.95, 3 of 3 frames, rule 7"))
    #expect(printed[3].hasPrefix("line 5: invalid: missing_field: "))
    #expect(printed[4].hasSuffix("u-1/d: no rule is assigned"))
    #expect(summary.text == "5 records, 1 invalid, 4 frames\nrule 7: fires on 2 frames, 1 threat")
  }

  @Test func defaultsStandInForTags() throws {
    var format = CameraFormat()
    format.defaults = CameraTags(user: "c-1", device: "d")
    let events = try TemporaryFile(
      #"{"ts":1767614400000,"objects":[{"class":"dog","probability":0.93}]}"#.utf8)
    var printed: [String] = []
    _ = try RuleEventsRun(try Self.file("[]").rules, format: format).run(events: events.path) {
      printed.append($0)
    }
    #expect(printed.first?.contains("c-1/d: rule 7: no:") == true)
  }
}

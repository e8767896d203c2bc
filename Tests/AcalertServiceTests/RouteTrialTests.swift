import Alerting
import Testing

@testable import AcalertService

struct RouteTrialTests {
  private static func file() throws -> AlertsFile {
    try AlertsFile(
      """
      timezone: Europe/Zurich
      receivers:
        - {name: log, command: /bin/log}
        - {name: oncall, pagerduty: {routingKey: {env: KEY}}}
        - {name: boss, smtp: {server: mail, from: a@b, to: c@d}}
      muteSchedules:
        nights: {days: daily, from: "22:00", to: "06:00", timezone: device}
      route:
        receivers: log
        routes:
          - name: falls
            match: {kind: wearer, severity: danger}
            receivers: [oncall, log]
            groupBy: user
            groupWait: 0s
            escalate: [{after: 5m, receivers: boss}]
            continue: true
          - {name: night, match: {kind: [wearer, camera], user: u-*}, mute: nights}
          - {name: quiet, match: {kind: test}, receivers: []}
      """)
  }

  /// Noon in Zurich.
  private static let noon: Int64 = 1_795_258_800_000

  private static func trial(
    _ words: String, at time: Int64 = noon, zone: String? = nil
  ) throws -> RouteTrial {
    RouteTrial(
      try file(), labels: try RouteTrial.labels(words.split(separator: " ").map(String.init)),
      at: time, zone: zone)
  }

  @Test func whoIsToldAtOnceAndWhoLater() throws {
    let trial = try Self.trial("kind=wearer user=u-17 cause=abnormal severity=danger")
    #expect(
      trial.report == """
        route falls: kind=wearer severity=danger
          at once: oncall (pagerduty)
          at once: log (command /bin/log)
          not acknowledged: after 5m: boss (smtp mail to c@d through mail:587)
          group falls{user="u-17"}: grouped by user, first at once, news after 15s, again after 4h
        route night: kind=~wearer|camera user=u-*
          after 2s: log (command /bin/log)
          group night{kind="wearer",cause="abnormal"}: grouped by kind, cause, first after 2s, news \
        after 15s, again after 4h
        told: oncall, log, boss
        """)
    #expect(trial.isAnybodyTold)
  }

  @Test func rootTakesWhatNoOtherRouteTakes() throws {
    let trial = try Self.trial("kind=gateway")
    #expect(trial.report.hasPrefix("route root: everything\n  after 2s: log (command /bin/log)\n"))
    #expect(trial.isAnybodyTold)
  }

  @Test func nobodyIsToldByARouteWithoutReceivers() throws {
    let trial = try Self.trial("kind=test")
    #expect(trial.report.hasSuffix("nobody is told"))
    #expect(!trial.isAnybodyTold)
  }

  @Test func scheduleMutesByTheDevicesClock() throws {
    #expect(try Self.trial("kind=camera user=u-1").isAnybodyTold)
    let muted = try Self.trial("kind=camera user=u-1", zone: "Pacific/Auckland")
    #expect(
      muted.report == """
        route night: kind=~wearer|camera user=u-*
          nobody: muted by nights at 2026-11-21T11:00:00.000Z; told afterwards, if it lasts
        nobody is told
        """, "it is midnight in Auckland")
    #expect(!muted.isAnybodyTold)
    // 22:00 in Zurich, whose time holds for devices that name none.
    #expect(
      try !Self.trial("kind=camera user=u-1", at: Self.noon + 36_000_000).isAnybodyTold)
  }

  @Test func ruleAndCauseSayEachOther() throws {
    #expect(try RouteTrial.labels(["rule=7"])[.cause] == "rule:7")
    #expect(try RouteTrial.labels(["cause=rule:7"])[.rule] == "7")
    #expect(try RouteTrial.labels(["cause=stale"])[.rule] == "")
    #expect(try RouteTrial.labels(["user=a=b"])[.user] == "a=b")
    #expect(
      RouteTrial.missing(try RouteTrial.labels(["kind=a", "severity="]))
        == [.user, .cause, .severity])
  }

  @Test(arguments: [
    (["kind"], "\"kind\" is not LABEL=VALUE"), (["name=x"], "\"name=x\" is not LABEL=VALUE"),
    (["user=a", "user=b"], "user is given twice"), (["cause=tired"], "\"tired\" is no cause"),
    (["cause=rule:7", "rule=8"], "contradict each other"),
    (["cause=stale", "rule=8"], "contradict each other"),
    (["rule=x"], "\"x\" is not the id of a rule"), (["severity=high"], "\"high\" is no severity"),
  ])
  func labelsAreChecked(_ words: [String], _ message: String) throws {
    do {
      _ = try RouteTrial.labels(words)
      Issue.record("\(words) are accepted")
    } catch {
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test func oversightsAreNoted() throws {
    #expect(try AlertsFile("").oversights.count == 1)
    #expect(
      try AlertsFile(
        """
        receivers: [{name: a, kafka: {}}, {name: b, kafka: {topic: b}}, {name: c, kafka: {topic: c}}]
        muteSchedules: {nights: {days: daily}}
        fallback: b
        route: {receivers: a}
        """
      ).oversights == [
        "no route leads to the receiver c", "no route is muted by the schedule nights",
      ])
    #expect(try Self.file().oversights == [])
  }
}

import Alerting
import Detection
import Foundation
import Testing

@testable import AcalertService

struct AlertsFileTests {
  @Test func emptyFileMeansTheDefaults() throws {
    for text in [
      "", "# nothing\n",
      "stale:\nreceivers:\nroute:\ninhibit:\nmuteSchedules:\nfallback: ''\nexternalURL: ''\n",
      "receivers: []\nroute: {receivers: [], routes: [], escalate: [], mute: []}\n",
    ] {
      #expect(try AlertsFile(text).settings == AlertSettings())
    }
  }

  @Test func receiversAloneLeaveTheRestAtItsDefaults() throws {
    let file = try AlertsFile("receivers: [{name: topic, kafka: {}}]")
    var expected = AlertSettings()
    expected.receivers = [ReceiverSettings(name: "topic", kind: .kafka(topic: "acalert.alerts"))]
    #expect(file.settings == expected)
  }

  @Test func everyKeyOutsideOfReceiversIsRead() throws {
    let settings = try AlertsFile(
      """
      keepFiring: 1m
      stale: {severity: danger, after: 10s}
      externalURL: https://acalert.example.org/room/
      timezone: Europe/Zurich
      fallback: b
      failingAfter: 10m
      receivers: [{name: a, kafka: {topic: x}}, {name: b, kafka: {topic: y}}]
      route:
        receivers: [a]
        groupBy: [site, user]
        groupWait: 1s
        groupInterval: 20s
        repeatInterval: 2h
        escalate: [{after: 5m, receivers: [b]}, {after: 10m, receivers: [a, b]}]
        mute: [nights]
        routes:
          - {name: one, match: {kind: wearer}, continue: true}
      inhibit:
        - {source: {kind: gateway}, target: {kind: camera, cause: stale}, equal: [site, user]}
      muteSchedules:
        nights:
          - {days: mon-fri, from: "22:00", to: "06:00", timezone: Europe/Berlin}
          - {days: sun}
      """
    ).settings
    #expect(settings.keepFiring == 60_000)
    #expect(settings.staleSeverity == .danger)
    #expect(settings.staleAfter == 10_000)
    #expect(settings.externalURL == "https://acalert.example.org/room")
    #expect(settings.timeZone == "Europe/Zurich")
    #expect(settings.fallback == "b")
    #expect(settings.failingAfter == 600_000)
    var root = Route()
    root.receivers = ["a"]
    root.groupBy = [.site, .user]
    root.groupWait = 1_000
    root.groupInterval = 20_000
    root.repeatInterval = 7_200_000
    root.escalations = [
      Route.Escalation(after: 300_000, receivers: ["b"]),
      Route.Escalation(after: 600_000, receivers: ["a", "b"]),
    ]
    root.mute = ["nights"]
    var one = root
    one.name = "one"
    one.matchers = [Matcher(unchecked: .kind, .equal, "wearer")]
    one.continues = true
    root.routes = [one]
    #expect(settings.route == root)
    #expect(
      settings.inhibitions == [
        Inhibition(
          source: [Matcher(unchecked: .kind, .equal, "gateway")],
          target: [
            Matcher(unchecked: .kind, .equal, "camera"),
            Matcher(unchecked: .cause, .equal, "stale"),
          ], equal: [.site, .user])
      ])
    #expect(
      settings.muteSchedules == [
        "nights": MuteSchedule(times: [
          Schedule(days: 0x1f, from: 1320, to: 360, zone: .named("Europe/Berlin")),
          Schedule(days: 0x40),
        ])
      ])
  }

  @Test func silenceCanBeNoAlert() throws {
    #expect(try AlertsFile("stale: {severity: none}").settings.staleSeverity == nil)
  }

  // MARK: Routes

  @Test func whatARouteDoesNotSayIsAsInTheRouteAbove() throws {
    let route = try AlertsFile(
      """
      receivers: [{name: a, kafka: {}}, {name: b, kafka: {topic: b}}]
      muteSchedules: {nights: {days: daily}}
      route:
        receivers: a
        groupBy: user
        groupWait: 0s
        mute: nights
        escalate: [{after: 5m, receivers: b}]
        routes:
          - match: {kind: wearer}
            receivers: b
            routes:
              - {match: {severity: danger}, groupBy: [], mute: [], escalate: []}
          - {name: named, match: {kind: camera}, routes: [{match: {user: x}}]}
      """
    ).settings.route
    let wearers = route.routes[0]
    #expect(wearers.receivers == ["b"])
    #expect(wearers.groupBy == [.user])
    #expect(wearers.groupWait == 0)
    #expect(wearers.mute == ["nights"])
    #expect(wearers.escalations == route.escalations)
    let falls = wearers.routes[0]
    #expect(falls.receivers == ["b"])
    #expect(falls.groupBy == [])
    #expect(falls.mute == [])
    #expect(falls.escalations == [])
    #expect(falls.matchers == [Matcher(unchecked: .severity, .equal, "danger")])
    #expect(
      route.all.map(\.name) == ["root", "root/1", "root/1/1", "named", "named/1"])
  }

  @Test func receiversAndSchedulesMayComeAfterTheRoutes() throws {
    let settings = try AlertsFile(
      """
      fallback: a
      route: {receivers: a, mute: nights}
      muteSchedules: {nights: {days: daily}}
      receivers: [{name: a, kafka: {}}]
      """
    ).settings
    #expect(settings.route.receivers == ["a"])
    #expect(settings.fallback == "a")
  }

  // MARK: Matching

  @Test(arguments: [
    ("u-17", "user=u-17"), ("\"u-*\"", "user=u-*"), ("\"!u-1?\"", "user!=u-1?"),
    ("\"/u-[0-9]+/\"", "user=~u-[0-9]+"), ("\"!/u-(1|2)/\"", "user!~u-(1|2)"), ("\"\"", "user="),
    ("[u-1]", "user=u-1"), ("[u-1, u-2]", "user=~u-1|u-2"),
    ("[u-1.5*, /x+/, '(?']", "user=~u-1\\.5.*|(x+)|\\(."),
    ("[\"!u-1\", \"!/x/\"]", "user!=u-1 user!~x"),
  ])
  func valuesBecomeMatchers(_ value: String, _ text: String) throws {
    let matchers = try AlertsFile(
      "route: {routes: [{match: {user: \(value)}}]}"
    ).settings.route.routes[0].matchers
    #expect(matchers.words == text)
  }

  @Test func aListMatchesWhatAnyOfItsValuesMatches() throws {
    let matcher = try #require(
      try AlertsFile("route: {routes: [{match: {user: ['a.b', 'c?', '[d]*', '/e|f/']}}]}")
        .settings.route.routes[0].matchers.first)
    for (user, isMatched) in [
      ("a.b", true), ("axb", false), ("cc", true), ("c", false), ("[d]", true), ("[d]x", true),
      ("d", false), ("e", true), ("f", true), ("ef", false), ("", false), ("xa.b", false),
    ] {
      #expect(matcher.matches(AlertLabels(values: [.user: user])) == isMatched, "\(user)")
    }
  }

  // MARK: Together with the configuration

  @Test func pathIsSeenFromTheConfigurationsFolder() throws {
    let settings = try Configuration(text: "alerts: {file: a.yaml}", file: "/etc/acalert/c.yaml")
    #expect(settings.alerts.file == "/etc/acalert/a.yaml")
    #expect(try Configuration(text: "alerts:", file: "c.yaml").alerts.file == nil)
  }

  @Test func withoutAFileNobodyIsTold() throws {
    #expect(try Configuration().alertSettings() == AlertSettings())
  }

  @Test func topicOfAStreamIsNotWrittenTo() throws {
    let file = try TemporaryFile("receivers: [{name: a, kafka: {topic: accelerometer}}]".utf8)
    var settings = Configuration()
    settings.alerts.file = file.path
    #expect(
      throws: ConfigurationError(
        file: file.path,
        message: "receiver \"a\" writes to the topic \"accelerometer\", which stream "
          + "\"accelerometer\" reads")
    ) { try settings.alertSettings() }
  }

  @Test func routesTooDeepAreRefused() {
    func tree(_ depth: Int) -> String {
      (1..<depth).reduce("{}") { inner, _ in "{routes: [\(inner)]}" }
    }
    #expect(AlertsFile.fault("route: \(tree(16))") == nil)
    #expect(
      AlertsFile.fault("route: \(tree(17))")?.message.hasSuffix("lie deeper than 16 routes") == true
    )
  }
}

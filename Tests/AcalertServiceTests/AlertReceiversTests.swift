import Alerting
import Foundation
import Testing

@testable import AcalertService

struct AlertReceiversTests {
  private static func receiver(_ text: String) throws -> ReceiverSettings {
    try #require(
      try AlertsFile("receivers: [{name: a, \(text)}]").settings.receivers.first)
  }

  private static func kind(_ text: String) throws -> ReceiverSettings.Kind {
    try receiver(text).kind
  }

  @Test func whatAllReceiversHaveIsRead() throws {
    let receiver = try Self.receiver(
      """
      kafka: {}, timeout: 1m, concurrency: 3, rateCap: {notifications: 5, every: 10m},
      sendResolved: false, sendAcknowledged: true, title: "{{headline}}", text: "{{reason}}"
      """)
    var expected = ReceiverSettings(name: "a", kind: .kafka(topic: "acalert.alerts"))
    expected.timeout = 60_000
    expected.concurrency = 3
    expected.rateCap = .init(notifications: 5, interval: 600_000)
    expected.sendsResolved = false
    expected.sendsAcknowledged = true
    expected.title = "{{headline}}"
    expected.text = "{{reason}}"
    #expect(receiver == expected)
    #expect(try Self.receiver("kafka: {}, rateCap: none").rateCap == nil)
    #expect(
      try Self.receiver("kafka: {}, rateCap: {every: 1m}").rateCap
        == .init(notifications: 60, interval: 60_000))
  }

  @Test func webhook() throws {
    var target = ReceiverSettings.HTTPTarget(url: Secret("http://h:9000/x?y=1"))
    target.headers = ["Authorization": Secret("hidden-key"), "X-Team": Secret("north")]
    target.caFile = "/etc/acalert/ca.pem"
    var expected = ReceiverSettings.Webhook(target: target)
    expected.signingKey = Secret("hidden-key")
    expected.maxAlerts = 5
    #expect(
      try Self.kind(
        """
        webhook: {url: "http://h:9000/x?y=1", headers: {Authorization: {env: KEY}, X-Team: north},
        signingKey: {file: key}, maxAlerts: 5, caFile: ca.pem}
        """) == .webhook(expected))
  }

  @Test func alertmanagerAndSlack() throws {
    #expect(
      try Self.kind("alertmanager: {url: 'http://[::1]:9093'}")
        == .alertmanager(.init(url: Secret("http://[::1]:9093"))))
    #expect(
      try Self.kind("slack: {url: {env: URL}}")
        == .slack(.init(url: Secret("https://hooks.example.org/hidden"))))
  }

  @Test func pagerDuty() throws {
    var expected = ReceiverSettings.PagerDuty(routingKey: Secret("hidden-key"))
    #expect(try Self.kind("pagerduty: {routingKey: {file: windows}}") == .pagerDuty(expected))
    expected.url = "http://127.0.0.1:1"
    #expect(
      try Self.kind("pagerduty: {routingKey: {file: key}, url: 'http://127.0.0.1:1'}")
        == .pagerDuty(expected))
  }

  @Test func sendGrid() throws {
    var expected = ReceiverSettings.SendGrid(
      apiKey: Secret("hidden-key"), from: "a@example.org", to: ["Ann <b@c>", "d+e@f.g"])
    expected.url = "http://h"
    #expect(
      try Self.kind(
        "sendgrid: {apiKey: {env: KEY}, from: a@example.org, to: [Ann <b@c>, d+e@f.g], url: 'http://h'}"
      )
        == .sendGrid(expected))
  }

  @Test func smtp() throws {
    var expected = ReceiverSettings.SMTP(
      server: "mail.example.org:2525", from: "a@example.org", to: ["b@example.org"])
    expected.security = .tls
    expected.caFile = "/etc/acalert/ca.pem"
    expected.username = "acalert"
    expected.password = Secret("hidden-key")
    #expect(
      try Self.kind(
        """
        smtp: {server: "mail.example.org:2525", security: tls, caFile: ca.pem, username: acalert,
        password: {env: KEY}, from: a@example.org, to: b@example.org}
        """) == .smtp(expected))
  }

  @Test(arguments: [("starttls", 587), ("tls", 465), ("none", 25)])
  func usualPortFollowsTheSecurity(_ security: String, port: Int) throws {
    let kind = try Self.kind("smtp: {server: mail, security: \(security), from: a@b, to: c@d}")
    guard case .smtp(let settings) = kind else {
      Issue.record("\(kind)")
      return
    }
    #expect(settings.server == "mail:\(port)")
  }

  @Test func passwordGoesUnencryptedOnlyToThisMachine() throws {
    func fault(_ server: String) -> ConfigurationError? {
      AlertsFile.fault(
        """
        receivers: [{name: a, smtp: {server: "\(server)", security: none, username: u,
        password: {env: KEY}, from: a@b, to: c@d}}]
        """)
    }
    #expect(fault("localhost:2525") == nil)
    #expect(fault("127.0.0.1") == nil)
    #expect(fault("[::1]:25") == nil)
    #expect(fault("mail.example.org") != nil)
  }

  @Test func nagios() throws {
    var expected = ReceiverSettings.Nagios(way: .commandFile("/var/nagios.cmd"))
    #expect(try Self.kind("nagios: {commandFile: /var/nagios.cmd}") == .nagios(expected))
    expected.way = .pipe(["/usr/sbin/send_nsca", "-H", "host"])
    expected.host = "{{site}}"
    expected.service = "{{user}}"
    #expect(
      try Self.kind(
        "nagios: {pipe: [send_nsca, -H, host], host: '{{site}}', service: '{{user}}'}")
        == .nagios(expected))
  }

  @Test func twilio() throws {
    let account = "AC" + String(repeating: "0a", count: 16)
    var expected = ReceiverSettings.Twilio(
      accountSID: account, authToken: Secret("hidden-key"), from: "+15005550006",
      to: ["+41791234567"])
    expected.way = .sms
    expected.url = "http://h"
    #expect(
      try Self.kind(
        """
        twilio: {accountSID: \(account), authToken: {file: key}, way: sms, from: +15005550006,
        to: +41791234567, url: "http://h"}
        """) == .twilio(expected))
  }

  @Test func kafkaAndCommand() throws {
    #expect(try Self.kind("kafka: {topic: x.y}") == .kafka(topic: "x.y"))
    #expect(
      try AlertsFile("receivers:\n  - name: a\n    kafka:\n").settings.receivers.map(\.kind)
        == [.kafka(topic: "acalert.alerts")])
    #expect(
      try Self.kind("command: [bin/notify, --x, '']")
        == .command(.init(arguments: ["/etc/acalert/bin/notify", "--x", ""])))
    #expect(try Self.kind("command: true") == .command(.init(arguments: ["true"])))
  }

  @Test func systemFindsProgramsFilesAndVariables() throws {
    let system = AlertsFile.Surroundings.system
    #expect(system.program("sh")?.hasSuffix("/sh") == true)
    #expect(system.program("/bin/sh") == "/bin/sh")
    #expect(system.program("/bin") == nil)
    #expect(system.program("no-such-program-here") == nil)
    #expect(system.environment("PATH") != nil)
    let file = try TemporaryFile("secret\n".utf8)
    #expect(system.contents(file.path, 100) == Array("secret\n".utf8))
    #expect(system.contents(file.path, 3) == Array("sec".utf8))
    #expect(system.contents(try TemporaryFile("".utf8).path + "-not", 3) == nil)
    #expect(system.contents(NSTemporaryDirectory(), 3) == nil)
    let empty = try TemporaryFile("".utf8)
    #expect(system.contents(empty.path, 3) == [])
  }

  @Test func secretsAreNeitherInTheSummaryNorInWhatIsPrinted() throws {
    let file = try AlertsFile(
      """
      receivers:
        - {name: a, slack: {url: {env: URL}, headers: {X-Token: {env: KEY}}}}
        - {name: b, webhook: {url: "https://h/token-in-a-path", signingKey: {env: KEY}}}
        - {name: c, pagerduty: {routingKey: {env: KEY}}}
        - {name: d, smtp: {server: mail, username: u, password: {env: KEY}, from: a@b, to: c@d}}
        - {name: e, command: [/bin/notify, --password=token]}
      route: {receivers: [a, b, c, d, e]}
      """)
    var dumped = ""
    dump(file, to: &dumped)
    let trial = RouteTrial(file, labels: try RouteTrial.labels(["kind=a"]), at: 0)
    for text in [file.summary, trial.report] {
      #expect(!text.contains("hidden"))
      #expect(!text.contains("token"), "\(text)")
    }
    #expect(!dumped.contains("hidden"))
    #expect(!"\(file)".contains("hidden"))
    #expect(file.summary.contains("receiver b: webhook https://h, signed;"))
  }

  /// `route test` needs no secrets.
  @Test func imaginedSurroundingsDoForEveryReceiver() throws {
    let text = """
      receivers:
        - {name: a, slack: {url: {file: nowhere}}}
        - {name: b, webhook: {url: {env: NOT_SET}, signingKey: {file: nowhere}, caFile: nowhere}}
        - {name: c, command: /nowhere/notify}
      """
    #expect(
      try AlertsFile(text: text, file: "t", surroundings: .imagined).settings.receivers.count == 3)
    #expect(throws: ConfigurationError.self) { try AlertsFile(text: text, file: "t") }
  }
}

import Foundation
import Testing

@testable import Alerting

/// Prometheus' own program, which shows what it got by its interface and by its webhook.
@Suite(.serialized) struct AlertmanagerSinkTests {
  private static let hint = "the package prometheus-alertmanager, which make test installs"
  private let client = HTTPClient(userAgent: "acalert/test")

  @Test func tellsAlertmanagerOfAnAlertAndOfItsEnd() throws {
    let hook = try RecordingServer()
    let folder = try TemporaryFolder()
    let (program, address) = try start(in: folder, hook: hook)
    defer { program.stop() }
    let sink = try MessageSample.sink(.alertmanager(.init(url: Secret(address + "/"))))

    // It began a minute ago, by the clock that Alertmanager goes by.
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    func message(
      _ status: AlertMessage.Entry.Status, _ severity: String
    ) -> AlertMessage {
      var entry = MessageSample.entry(status: status, severity: severity)
      entry.began = now - 60_000
      entry.ended = status == .resolved ? now - 1_000 : nil
      var message = MessageSample.message([entry], status: status)
      message.created = Int64(Date().timeIntervalSince1970 * 1_000)
      return message
    }

    #expect(sink.send(message(.firing, "warning")).outcome == .accepted)
    #expect(try eventually { try severities(at: address) == ["warning"] })
    let shown = try #require(try alerts(at: address).first)
    let labels = try #require(shown["labels"] as? [String: String])
    #expect(labels["user"] == "u-17")
    #expect(labels["episode"] == "17")
    #expect(
      (shown["annotations"] as? [String: String])?["summary"]
        == "WARNING: u-17 (wearer watch)")
    #expect(shown["generatorURL"] as? String == "https://acalert.example/#alert=17")
    let own = PrometheusAlert(MessageSample.entry(severity: "warning"))
    #expect(shown["fingerprint"] as? String == own.fingerprint)
    // Not to be forgotten after Alertmanager's five minutes.
    let ends = try Date(#require(shown["endsAt"] as? String), strategy: .iso8601WithFractions)
    #expect(ends > Date(timeIntervalSinceNow: 6 * 86_400))

    // The severity rises: the alert of the lower one is over.
    #expect(sink.send(message(.firing, "danger")).outcome == .accepted)
    #expect(try eventually { try severities(at: address) == ["danger"] })

    #expect(sink.send(message(.resolved, "danger")).outcome == .accepted)
    #expect(try eventually { try severities(at: address).isEmpty })

    // Its own webhook tells of the end too, in a body with no field that ours does not have.
    #expect(
      eventually {
        hook.requests.contains {
          $0.json["status"] as? String == "resolved" && $0.text.contains("danger")
        }
      })
    let theirs = try #require(hook.requests.first?.json)
    let payload = JSONText.bytes(of: WebhookPayload(message(.firing, "warning"), maxAlerts: 0))
    let ours = try #require(JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any])
    #expect(Set(theirs.keys).isSubset(of: ours.keys))
    let their = try #require((theirs["alerts"] as? [[String: Any]])?.first)
    let our = try #require((ours["alerts"] as? [[String: Any]])?.first)
    #expect(Set(their.keys) == Set(our.keys))
    for (key, value) in their { #expect(type(of: value) == type(of: our[key] ?? ""), "\(key)") }
  }

  @Test func takesNoticesAndDigests() throws {
    let folder = try TemporaryFolder()
    let (program, address) = try start(in: folder, hook: try RecordingServer())
    defer { program.stop() }
    let sink = try MessageSample.sink(.alertmanager(.init(url: Secret(address + "/api/v2/alerts"))))
    var message = MessageSample.message([])
    message.created = Int64(Date().timeIntervalSince1970 * 1_000)
    message.kind = "notice"
    message.notice = "receiver bob keeps failing"
    #expect(sink.send(message).outcome == .accepted)
    #expect(try eventually { try alerts(at: address).count == 1 })
    message.status = .resolved
    message.created = Int64(Date().timeIntervalSince1970 * 1_000)
    #expect(sink.send(message).outcome == .accepted)
    #expect(try eventually { try alerts(at: address).isEmpty })
  }

  private func start(
    in folder: TemporaryFolder, hook: RecordingServer
  ) throws -> (LocalProgram, String) {
    let config = try folder.write(
      """
      route: {receiver: hook, group_wait: 0s, group_interval: 1s, group_by: ["..."]}
      receivers: [{name: hook, webhook_configs: [{url: "\(hook.url)"}]}]
      """, to: "alertmanager.yml")
    let port = try FreePort.unused()
    let address = "http://127.0.0.1:\(port)"
    let program = try LocalProgram(
      "/usr/bin/prometheus-alertmanager",
      [
        "--config.file=\(config)", "--storage.path=\(folder.path)/data",
        "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
      ], hint: Self.hint)
    let ready = HTTPRequest(.get, url: Secret(address + "/-/ready"))
    guard eventually({ (try? client.send(ready))?.status == 200 }) else {
      throw LocalProgram.Missing(description: "Alertmanager did not start: \(Self.hint)")
    }
    return (program, address)
  }

  private func alerts(at address: String) throws -> [[String: Any]] {
    let response = try client.send(
      HTTPRequest(.get, url: Secret(address + "/api/v2/alerts?active=true")))
    return try #require(
      JSONSerialization.jsonObject(with: Data(response.body)) as? [[String: Any]])
  }

  private func severities(at address: String) throws -> [String] {
    try alerts(at: address).map {
      ($0["labels"] as? [String: String])?["severity"] ?? ""
    }.sorted()
  }
}

extension ParseStrategy where Self == Date.ISO8601FormatStyle {
  fileprivate static var iso8601WithFractions: Self {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }
}

import Foundation
import Testing

@testable import Alerting

@Suite struct WebhookSinkTests {
  @Test func sendsTheFieldsOfVersionFour() throws {
    let server = try RecordingServer()
    let message = MessageSample.message(
      [MessageSample.entry(), MessageSample.entry(18, status: .resolved, user: "u-18")],
      truncated: 3)
    let answer = try MessageSample.sink(MessageSample.webhook(server.url + "/hook")).send(message)
    #expect(answer.outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.path == "/hook")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["idempotency-key"] == message.key)
    #expect(request.headers["x-acalert-signature"] == nil)
    let body = request.json
    #expect(body["version"] as? String == "4")
    #expect(body["groupKey"] as? String == message.incidentKey)
    #expect(body["truncatedAlerts"] as? Int == 3)
    #expect(body["status"] as? String == "firing")
    #expect(body["receiver"] as? String == "ann")
    #expect(body["groupLabels"] as? [String: String] == message.groupLabels)
    #expect(body["externalURL"] as? String == "https://acalert.example")
    let common = try #require(body["commonLabels"] as? [String: String])
    #expect(common["kind"] == "wearer")
    #expect(common["user"] == nil)
    #expect((body["commonAnnotations"] as? [String: String])?["site"] == "s-1")
    let alerts = try #require(body["alerts"] as? [[String: Any]])
    #expect(alerts.count == 2)
    #expect(alerts[0]["status"] as? String == "firing")
    #expect(alerts[0]["startsAt"] as? String == "2026-11-21T10:32:00.000Z")
    #expect(alerts[0]["endsAt"] as? String == "0001-01-01T00:00:00Z")
    #expect(alerts[0]["generatorURL"] as? String == "https://acalert.example/#alert=17")
    #expect((alerts[0]["fingerprint"] as? String)?.count == 16)
    #expect(alerts[1]["status"] as? String == "resolved")
    #expect(alerts[1]["endsAt"] as? String == "2026-11-21T10:33:00.000Z")
    let labels = try #require(alerts[0]["labels"] as? [String: String])
    #expect(
      labels == [
        "alertname": "AcalertAbnormal", "severity": "danger", "kind": "wearer", "user": "u-17",
        "device": "watch", "cause": "abnormal", "episode": "17",
      ])
  }

  @Test func saysThatAnAcknowledgedGroupStillFires() throws {
    let server = try RecordingServer()
    let message = MessageSample.message(
      [MessageSample.entry(status: .acknowledged)], status: .acknowledged)
    _ = try MessageSample.sink(MessageSample.webhook(server.url)).send(message)
    let body = try #require(server.requests.first?.json)
    #expect(body["status"] as? String == "firing")
    #expect((body["acalert"] as? [String: Any])?["status"] as? String == "acknowledged")
  }

  @Test func signsTheBodyAsOpenSSLDoes() throws {
    let server = try RecordingServer()
    var settings = ReceiverSettings.Webhook(target: .init(url: Secret(server.url)))
    settings.signingKey = Secret("It's a key")
    _ = try MessageSample.sink(.webhook(settings)).send(MessageSample.message())
    let request = try #require(server.requests.first)
    let folder = try TemporaryFolder()
    let file = try folder.write(request.text, to: "body")
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    openssl.arguments = ["dgst", "-sha256", "-hmac", "It's a key", "-r", file]
    let output = Pipe()
    openssl.standardOutput = output
    try openssl.run()
    let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    openssl.waitUntilExit()
    let code = try #require(line.split(separator: " ").first)
    #expect(request.headers["x-acalert-signature"] == "sha256=\(code)")
  }

  /// RFC 4231, test cases 1 and 6; FIPS 180-4's "abc".
  @Test func computesThePublishedDigests() {
    #expect(
      SHA256.hex(of: "abc".utf8)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.authenticationCode(
        of: Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      SHA256.authenticationCode(
        of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        key: [UInt8](repeating: 0xaa, count: 131))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test func cutsTheAlertsToItsLimit() throws {
    let server = try RecordingServer()
    var settings = ReceiverSettings.Webhook(target: .init(url: Secret(server.url)))
    settings.maxAlerts = 2
    let message = MessageSample.message((1...5).map { MessageSample.entry($0) }, truncated: 10)
    _ = try MessageSample.sink(.webhook(settings)).send(message)
    let body = try #require(server.requests.first?.json)
    #expect((body["alerts"] as? [Any])?.count == 2)
    #expect(body["truncatedAlerts"] as? Int == 13)
  }

  @Test func givesAKeyThatIsNoHeaderAsADigest() {
    #expect(WebhookSink.headerValue("root/kind=a/17") == "root/kind=a/17")
    for key in ["a b", "a\nb", "ü", "", String(repeating: "x", count: 256)] {
      #expect(WebhookSink.headerValue(key).hasPrefix("sha256-"), "\(key)")
    }
  }

  @Test func sendsHeadersOfTheConfigurationInsteadOfItsOwn() throws {
    let server = try RecordingServer()
    var target = ReceiverSettings.HTTPTarget(url: Secret(server.url))
    target.headers = ["content-type": Secret("application/vnd.x+json"), "X-Key": Secret("k")]
    _ = try MessageSample.sink(.webhook(.init(target: target))).send(MessageSample.message())
    let headers = try #require(server.requests.first?.headers)
    #expect(headers["content-type"] == "application/vnd.x+json")
    #expect(headers["x-key"] == "k")
  }
}

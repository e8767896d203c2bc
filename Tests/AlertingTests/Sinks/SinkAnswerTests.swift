import Foundation
import Store
import Testing

@testable import Alerting

/// What every receiver behind HTTP makes of its answers, by the example of the webhook.
@Suite struct SinkAnswerTests {
  @Test(
    arguments: [
      (200, AlertDelivery.Outcome.accepted, "ok"), (202, .accepted, "ok"), (204, .accepted, "ok"),
      (301, .refused, "http_3xx"), (400, .refused, "http_4xx"), (401, .refused, "http_4xx"),
      (404, .refused, "http_4xx"), (410, .refused, "http_4xx"), (408, .retried, "timeout"),
      (429, .retried, "http_429"), (500, .retried, "http_5xx"), (503, .retried, "http_5xx"),
    ])
  func isDecidedByTheStatus(
    _ status: Int, outcome: AlertDelivery.Outcome, reason: String
  ) throws {
    let server = try RecordingServer { _, _ in
      .status(status, headers: ["Retry-After": "7"], body: "so it is")
    }
    let answer = try MessageSample.sink(MessageSample.webhook(server.url)).send(
      MessageSample.message())
    #expect(answer.outcome == outcome)
    #expect(answer.reason == reason)
    #expect(answer.status == status)
    #expect(answer.answer == (status == 204 ? "" : "so it is"))
    #expect(answer.retryAfter == (outcome == .retried ? 7_000 : nil))
  }

  @Test func comesWithinTheTimeout() throws {
    let server = try RecordingServer { _, _ in .silence }
    let start = Date()
    let answer = try MessageSample.sink(MessageSample.webhook(server.url), timeout: 150).send(
      MessageSample.message())
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "timeout")
    #expect(answer.status == nil)
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test func isToTryAgainIfNobodyListens() throws {
    let url = "http://127.0.0.1:\(try FreePort.unused())/"
    let answer = try MessageSample.sink(MessageSample.webhook(url)).send(MessageSample.message())
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "connection")
    #expect(!answer.answer.isEmpty)
  }

  @Test func keepsTheBeginningOfALongOne() throws {
    let server = try RecordingServer { _, _ in
      .status(500, body: String(repeating: "ü", count: 2_000_000))
    }
    let answer = try MessageSample.sink(MessageSample.webhook(server.url)).send(
      MessageSample.message())
    #expect(answer.outcome == .retried)
    #expect(answer.answer.utf8.count == AlertDelivery.maxAnswerBytes)
    #expect(answer.answer.allSatisfy { $0 == "ü" })
  }

  @Test func showsNoSecretThatComesBack() throws {
    let server = try RecordingServer { request, _ in
      .status(
        404,
        body: "no \(request.path), you said \(request.headers["authorization"] ?? "")\u{7}\n"
          + "signed with signing-key, part secret-part-of-it")
    }
    var target = ReceiverSettings.HTTPTarget(
      url: Secret(server.url + "/hooks/secret-part-of-it?token=tok-123"))
    target.headers["Authorization"] = Secret("Bearer bearer-token")
    var webhook = ReceiverSettings.Webhook(target: target)
    webhook.signingKey = Secret("signing-key")
    let answer = try MessageSample.sink(.webhook(webhook)).send(MessageSample.message())
    #expect(answer.outcome == .refused)
    for word in ["secret-part", "tok-123", "bearer-token", "signing-key", "\u{7}"] {
      #expect(!answer.answer.contains(word), "\(word)")
    }
    #expect(answer.answer.contains("<secret>"))
    #expect(answer.answer.hasPrefix("no "))
  }

  @Test func cutsWholeCharacters() {
    #expect("aüb".cut(toBytes: 2) == "a")
    #expect("aüb".cut(toBytes: 3) == "aü")
    #expect("aüb".cut(toBytes: 4) == "aüb")
    #expect("".cut(toBytes: 0) == "")
  }
}

import Foundation
import Testing

@testable import Alerting

@Suite struct PagerDutySinkTests {
  private func sink(_ server: RecordingServer) throws -> any Sink {
    var settings = ReceiverSettings.PagerDuty(
      routingKey: Secret("0123456789abcdef0123456789abcdef"))
    settings.url = server.url + "/v2/enqueue"
    return try MessageSample.sink(.pagerDuty(settings))
  }

  @Test func triggersAnIncident() throws {
    let server = try RecordingServer { _, _ in .status(202, body: #"{"status":"success"}"#) }
    var entry = MessageSample.entry()
    entry.reason = String(repeating: "long ", count: 500)
    let message = MessageSample.message([entry])
    #expect(try sink(server).send(message).outcome == .accepted)
    #expect(server.requests.count == 1)
    let request = try #require(server.requests.first)
    #expect(request.path == "/v2/enqueue")
    let body = request.json
    #expect(body["routing_key"] as? String == "0123456789abcdef0123456789abcdef")
    #expect(body["event_action"] as? String == "trigger")
    #expect(body["dedup_key"] as? String == message.incidentKey)
    #expect(body["client"] as? String == "Acalert")
    #expect(body["client_url"] as? String == "https://acalert.example")
    let payload = try #require(body["payload"] as? [String: Any])
    #expect((payload["summary"] as? String)?.hasPrefix("DANGER: u-17 (wearer watch): ") == true)
    #expect((payload["summary"] as? String)?.count ?? 9_999 <= 1_024)
    #expect(payload["severity"] as? String == "critical")
    #expect(payload["source"] as? String == "u-17 (wearer watch)")
    #expect(payload["timestamp"] as? String == "2026-11-21T10:32:00.000Z")
    #expect(payload["component"] as? String == "watch")
    #expect(payload["group"] as? String == message.group)
    #expect(payload["class"] as? String == "abnormal")
    #expect((payload["custom_details"] as? [String: String])?["site"] == "s-1")
    let links = try #require(body["links"] as? [[String: String]])
    #expect(links.first?["href"] == "https://acalert.example/#alert=17")
    #expect(Set(body.keys).isSubset(of: Self.fields))
  }

  private static let fields: Set = [
    "routing_key", "event_action", "dedup_key", "payload", "images", "links", "client",
    "client_url",
  ]

  @Test(
    arguments: [
      (AlertMessage.Entry.Status.firing, true, ["trigger"]), (.firing, false, ["trigger"]),
      (.acknowledged, true, ["acknowledge"]), (.acknowledged, false, ["trigger", "acknowledge"]),
      (.resolved, true, ["resolve"]), (.resolved, false, ["trigger", "resolve"]),
    ])
  func triggersFirstWhatItWasNeverTold(
    _ status: AlertMessage.Entry.Status, wasTold: Bool, actions: [String]
  ) throws {
    let server = try RecordingServer { _, _ in .status(202) }
    let message = MessageSample.message(
      [MessageSample.entry(status: status, wasTold: wasTold)], status: status)
    #expect(try sink(server).send(message).outcome == .accepted)
    #expect(server.requests.compactMap { $0.json["event_action"] as? String } == actions)
    #expect(Set(server.requests.compactMap { $0.json["dedup_key"] as? String }).count == 1)
  }

  @Test func stopsAtTheFirstRefusalAndHidesTheKey() throws {
    let server = try RecordingServer { request, _ in .status(400, body: request.text) }
    let message = MessageSample.message([MessageSample.entry(status: .resolved)], status: .resolved)
    let answer = try sink(server).send(message)
    #expect(answer.outcome == .refused)
    #expect(server.requests.count == 1)
    #expect(!answer.answer.contains("0123456789abcdef"))
  }

  @Test func shortensALongKeyToADigest() {
    var message = MessageSample.message()
    #expect(PagerDutySink.dedupKey(message) == message.incidentKey)
    message.group = String(repeating: "ü", count: 200)
    let key = PagerDutySink.dedupKey(message)
    #expect(key.count <= 255)
    message.generation += 1
    #expect(PagerDutySink.dedupKey(message) != key)
  }
}

@Suite struct SendGridSinkTests {
  @Test func sendsAMail() throws {
    let server = try RecordingServer { _, _ in .status(202) }
    var settings = ReceiverSettings.SendGrid(
      apiKey: Secret("SG.key"), from: "Acalert <a@example.org>",
      to: ["ann@example.org", "Bob B <bob@example.org>"])
    settings.url = server.url + "/v3/mail/send"
    let message = MessageSample.message()
    #expect(try MessageSample.sink(.sendGrid(settings)).send(message).outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.headers["authorization"] == "Bearer SG.key")
    let body = request.json
    let people = try #require(body["personalizations"] as? [[String: Any]])
    #expect(
      people.first?["to"] as? [[String: String]]
        == [["email": "ann@example.org"], ["email": "bob@example.org", "name": "Bob B"]])
    #expect(body["from"] as? [String: String] == ["email": "a@example.org", "name": "Acalert"])
    #expect((body["subject"] as? String)?.hasPrefix("DANGER: u-17") == true)
    let content = try #require(body["content"] as? [[String: String]])
    #expect(content.first?["type"] == "text/plain")
    #expect(content.first?["value"]?.contains("openstreetmap.org") == true)
    #expect(body["custom_args"] as? [String: String] == ["acalert_key": message.key])
    #expect(
      Set(body.keys) == [
        "personalizations", "from", "subject", "content", "headers", "custom_args", "categories",
      ])
  }
}

@Suite struct SlackSinkTests {
  @Test func sendsAnAttachmentWithItsColour() throws {
    let server = try RecordingServer { _, _ in .status(200, body: "ok") }
    let sink = try MessageSample.sink(
      .slack(.init(url: Secret(server.url + "/services/T0/B0/abcdefgh"))))
    let entry = MessageSample.entry(user: "<!channel> & co")
    #expect(sink.send(MessageSample.message([entry])).outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(!request.text.contains("<!channel>"))
    let body = request.json
    #expect((body["text"] as? String)?.contains("&lt;!channel&gt; &amp; co") == true)
    let attachment = try #require((body["attachments"] as? [[String: Any]])?.first)
    #expect(attachment["color"] as? String == "#c62828")
    #expect(attachment["title_link"] as? String == "https://acalert.example/#alert=17")
    #expect(attachment["fallback"] as? String == body["text"] as? String)
    #expect(attachment["mrkdwn_in"] as? [String] == [])
    #expect((attachment["text"] as? String)?.contains("Acknowledged by: nobody yet") == true)
    #expect(attachment["ts"] as? Int == 1_795_257_121)
  }

  @Test func hasAColourForEachState() throws {
    let server = try RecordingServer()
    let sink = try MessageSample.sink(.slack(.init(url: Secret(server.url))))
    _ = sink.send(MessageSample.message([MessageSample.entry(severity: "warning")]))
    _ = sink.send(
      MessageSample.message([MessageSample.entry(status: .acknowledged)], status: .acknowledged))
    _ = sink.send(
      MessageSample.message([MessageSample.entry(status: .resolved)], status: .resolved))
    let colors = server.requests.compactMap {
      ($0.json["attachments"] as? [[String: Any]])?.first?["color"] as? String
    }
    #expect(Set(colors).count == 3)
  }
}

@Suite struct TwilioSinkTests {
  private func settings(
    _ server: RecordingServer, _ way: ReceiverSettings.Twilio.Way, to: [String] = ["+4912345"]
  ) -> ReceiverSettings.Twilio {
    var settings = ReceiverSettings.Twilio(
      accountSID: "AC123", authToken: Secret("token"), from: "+15005550006", to: to)
    settings.way = way
    settings.url = server.url
    return settings
  }

  @Test func callsAndSaysItTwice() throws {
    let server = try RecordingServer { _, _ in .status(201, body: #"{"sid":"CA1"}"#) }
    let sink = try MessageSample.sink(.twilio(settings(server, .call)))
    #expect(
      sink.send(MessageSample.message([MessageSample.entry(user: "a<b>&c")])).outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.path == "/2010-04-01/Accounts/AC123/Calls.json")
    #expect(
      request.headers["authorization"] == "Basic " + Data("AC123:token".utf8).base64EncodedString())
    #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
    let form = request.form
    #expect(Set(form.keys) == ["To", "From", "Twiml"])
    #expect(form["To"] == "+4912345")
    #expect(form["From"] == "+15005550006")
    let twiml = try #require(form["Twiml"])
    #expect(twiml.components(separatedBy: "<Say>").count == 3)
    #expect(twiml.contains("a&lt;b&gt;&amp;c"))
    #expect(twiml.contains("It began at 5:32 AM."))
    #expect(XMLShape.isWellFormed(twiml))
  }

  @Test func keepsACallWithinTheLimit() {
    let twiml = TwilioSink.twiml(String(repeating: "<&\">", count: 5_000))
    #expect(twiml.count <= 4_000)
    #expect(XMLShape.isWellFormed(twiml))
  }

  @Test func sendsATextMessage() throws {
    let server = try RecordingServer { _, _ in .status(201) }
    var entry = MessageSample.entry()
    entry.url = "https://acalert.example/" + String(repeating: "ü", count: 3_000)
    var settings = settings(server, .sms)
    settings.from = "MG123"
    #expect(
      try MessageSample.sink(.twilio(settings)).send(MessageSample.message([entry])).outcome
        == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.path == "/2010-04-01/Accounts/AC123/Messages.json")
    let form = request.form
    #expect(Set(form.keys) == ["To", "MessagingServiceSid", "Body"])
    #expect(form["Body"]?.hasPrefix("DANGER: u-17 (wearer watch)") == true)
    #expect(form["Body"]?.count == 1_600)
  }

  @Test func callsNobodyTwiceForTheSameMessage() throws {
    // The second number is busy once, the third is none.
    let server = try RecordingServer { request, number in
      if request.text.contains("To=%2B3") { return .status(400, body: "no number") }
      if request.text.contains("To=%2B2"), number < 3 {
        return .status(503, headers: ["Retry-After": "9"])
      }
      return .status(201)
    }
    let sink = try MessageSample.sink(.twilio(settings(server, .call, to: ["+1", "+2", "+3"])))
    let first = sink.send(MessageSample.message())
    #expect(first.outcome == .retried)
    #expect(first.reason == "http_5xx")
    #expect(first.retryAfter == 9_000)
    #expect(first.answer.contains("+3: refused http_4xx no number"))
    let second = sink.send(MessageSample.message())
    #expect(second.outcome == .accepted)
    #expect(
      server.requests.map { $0.form["To"] } == ["+1", "+2", "+3", "+2"])
    // Another message is for all of them again.
    #expect(sink.send(MessageSample.message(key: "another")).outcome == .accepted)
    #expect(server.requests.count == 7)
  }

  @Test func isRefusedIfAllNumbersAre() throws {
    let server = try RecordingServer { _, _ in .status(400) }
    let sink = try MessageSample.sink(.twilio(settings(server, .call, to: ["+1", "+2"])))
    #expect(sink.send(MessageSample.message()).outcome == .refused)
  }
}

/// Whether a text is well-formed XML, as far as elements and entities go.
enum XMLShape {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { "<&".contains($0) }) {
      rest = rest[start...]
      if rest.first == "&" {
        guard ["&amp;", "&lt;", "&gt;", "&quot;"].contains(where: rest.hasPrefix) else {
          return false
        }
        rest = rest.dropFirst()
        continue
      }
      guard let end = rest.firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[end...]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}

import Testing

@testable import Alerting

@Suite struct SinkFactoryTests {
  private func complaint(
    _ kind: ReceiverSettings.Kind, change: (inout ReceiverSettings) -> Void = { _ in }
  ) -> String? {
    do {
      _ = try MessageSample.sink(kind, change: change)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func makesASinkOfEachKind() {
    let url = Secret("https://example.org/hook")
    let kinds: [ReceiverSettings.Kind] = [
      .webhook(.init(target: .init(url: url))), .pagerDuty(.init(routingKey: Secret("key"))),
      .alertmanager(.init(url: url)),
      .sendGrid(.init(apiKey: Secret("key"), from: "a@b.c", to: ["d@e.f"])),
      .smtp(.init(server: "[::1]:25", from: "a@b.c", to: ["d@e.f"])),
      .nagios(.init(way: .commandFile("/run/nagios.cmd"))), .slack(.init(url: url)),
      .twilio(.init(accountSID: "AC1", authToken: Secret("t"), from: "+1", to: ["+2"])),
      .command(.init(arguments: ["/bin/true"])),
    ]
    for kind in kinds { #expect(complaint(kind) == nil, "\(kind.name)") }
  }

  @Test func saysWhatIsWrong() {
    let bad = Secret("not a url with hunter2")
    #expect(
      complaint(.webhook(.init(target: .init(url: bad))))
        == "the address is not a whole http or https URL")
    #expect(complaint(.slack(.init(url: Secret("ftp://example.org")))) != nil)
    #expect(complaint(.alertmanager(.init(url: Secret("")))) != nil)
    #expect(
      complaint(.smtp(.init(server: "mail:25", from: "a@b.c\nBcc: x", to: ["d@e.f"])))?
        .hasPrefix("not a mail address") == true)
    #expect(
      complaint(.smtp(.init(server: "mail:25", from: "a@b.c", to: []))) == "nobody to send mail to")
    for server in ["", "mail:25/path", "ann@mail:25", "mail:x", "mail 25"] {
      #expect(
        complaint(.smtp(.init(server: server, from: "a@b.c", to: ["d@e.f"]))) != nil, "\(server)")
    }
    #expect(complaint(.nagios(.init(way: .commandFile("nagios.cmd")))) != nil)
    #expect(complaint(.nagios(.init(way: .pipe([])))) == "no program is named")
    #expect(complaint(.command(.init(arguments: ["a", "b\0c"]))) != nil)
    #expect(complaint(.kafka(topic: "acalert.alerts")) != nil)
    #expect(
      complaint(.command(.init(arguments: ["a"]))) { $0.title = "{{usr}}" }
        == "template: line 1: no fact is named usr")
    let twilio = ReceiverSettings.Twilio(
      accountSID: "AC1/../x", authToken: Secret("t"), from: "+1", to: ["+2"])
    #expect(complaint(.twilio(twilio)) != nil)
  }
}

import Testing

@testable import Alerting

@Suite struct AlertTextTests {
  private let text: AlertText

  init() throws { text = try AlertText() }

  @Test func givesARescuerTheFacts() {
    var entry = MessageSample.entry()
    entry.flaps = 2
    #expect(
      text.title(of: MessageSample.message([entry]))
        == "DANGER: u-17 (wearer watch): 3 abnormal within 5s: "
        + "3.200 g against mean 1.000, std 0.100 (score 22.0)")
    #expect(
      text.text(of: MessageSample.message([entry])) == """
        DANGER: u-17 (wearer watch), site s-1
        What: 3 abnormal within 5s: 3.200 g against mean 1.000, std 0.100 (score 22.0)
        Cause: abnormal
        Began: Sat 21 Nov 2026 05:32:00 EST (America/New_York)
        Acknowledged by: nobody yet
        Came back: 2 times
        Last value: 3.2 g, usually 1 ± 0.1
        State now: danger
        Last seen: Sat 21 Nov 2026 05:32:05 EST (America/New_York)
        Where: 40.712800, -74.006000 https://www.openstreetmap.org/?mlat=40.712800&mlon=-74.006000
        More: https://acalert.example/#alert=17
        """)
  }

  @Test func leavesOutWhatIsNotKnown() {
    let entry = AlertMessage.Entry(
      id: 1, status: .resolved, severity: "warning", kind: "camera", user: "c-9",
      cause: "rule:200", rule: 200, ruleName: "person in zone", reason: "",
      began: MessageSample.began,
      ended: MessageSample.began + 1_000, acknowledgedBy: "")
    #expect(
      text.title(of: MessageSample.message([entry], status: .resolved)) == "RESOLVED: c-9 (camera)")
    #expect(
      text.text(of: MessageSample.message([entry], status: .resolved)) == """
        RESOLVED: c-9 (camera)
        Rule: 200, person in zone
        Began: Sat 21 Nov 2026 10:32:00 UTC
        Ended: Sat 21 Nov 2026 10:32:01 UTC
        Acknowledged by: somebody
        """)
  }

  @Test func saysOfEachAlertOnlyWhatIsItsOwn() {
    let bare = AlertMessage.Entry(
      id: 2, status: .firing, severity: "warning", kind: "camera", user: "c-9", cause: "stale",
      reason: "no data for 30s", began: MessageSample.began)
    let message = MessageSample.message([MessageSample.entry(), bare])
    #expect(text.title(of: message) == "DANGER: 2 alerts: u-17 (wearer watch), c-9 (camera)")
    let second = text.text(of: message).components("\n\n").last
    #expect(
      second == """
        WARNING: c-9 (camera)
        What: no data for 30s
        Cause: stale
        Began: Sat 21 Nov 2026 10:32:00 UTC
        Acknowledged by: nobody yet
        """)
  }

  @Test func countsWhatItDoesNotList() {
    let message = MessageSample.message(
      (1...25).map { MessageSample.entry($0, user: "u-\($0)") }, truncated: 75)
    #expect(
      text.title(of: message)
        == "DANGER: 100 alerts: u-1 (wearer watch), u-2 (wearer watch), u-3 (wearer watch), …")
    let body = text.text(of: message)
    #expect(body.hasSuffix("And 80 more alerts: https://acalert.example"))
    #expect(body.components("DANGER: ").count == 21)
  }

  @Test func wordsARepetitionAsAReminder() {
    var entry = MessageSample.entry()
    entry.isNews = false
    let message = MessageSample.message([entry])
    #expect(text.title(of: message).hasPrefix("DANGER (reminder): u-17"))
    #expect(text.text(of: message).hasPrefix("Nothing is new"))
  }

  @Test func wordsDigestsAndNotices() {
    var message = MessageSample.message([])
    message.kind = "digest"
    message.heldBack = 42
    #expect(text.title(of: message) == "Digest: 42 notifications held back")
    #expect(text.text(of: message).hasPrefix("42 notifications to ann were held back"))
    #expect(text.spoken(message) == "This is Acalert. 42 notifications were held back.")
    message.kind = "notice"
    message.notice = "receiver bob keeps failing"
    #expect(text.title(of: message) == "Acalert: receiver bob keeps failing")
    #expect(text.text(of: message) == "receiver bob keeps failing")
  }

  @Test func keepsIdsInTheirLine() {
    let entry = MessageSample.entry(user: "u\r\nSubject: x\u{2028}\u{202e}y")
    #expect(
      text.title(of: MessageSample.message([entry])).hasPrefix("DANGER: u  Subject: x  y (wearer"))
    let lines = text.text(of: MessageSample.message([entry])).components("\n")
    #expect(lines.count == 10)
  }

  @Test func escapesNothing() {
    #expect(
      text.title(of: MessageSample.message([MessageSample.entry(user: "<b>&\"'")])).contains(
        "<b>&\"'"))
  }

  @Test func isBounded() throws {
    let text = try AlertText(title: "{{reason}}", text: "{{#alerts}}{{reason}}{{/alerts}}")
    var entry = MessageSample.entry()
    entry.reason = String(repeating: "ü", count: 9_000)
    let message = MessageSample.message(Array(repeating: entry, count: 20))
    #expect(text.title(of: message).count == 200)
    #expect(text.text(of: message).utf8.count == AlertText.maxText)
  }

  @Test func usesTemplatesOfTheConfiguration() throws {
    let text = try AlertText(
      title: "{{user}}/{{device}} {{^url}}no link{{/url}}{{! nothing }}",
      text:
        "{{#group_labels}}{{name}}={{label_value}} {{/group_labels}}\n{{#is_danger}}now{{/is_danger}}"
    )
    #expect(text.title(of: MessageSample.message()) == "u-17/watch")
    #expect(text.text(of: MessageSample.message()) == "cause=abnormal kind=wearer \nnow")
    #expect(text.spoken(MessageSample.message()) == "cause=abnormal kind=wearer \nnow")
  }

  @Test func listsTheAlertsOnce() throws {
    let text = try AlertText(text: "{{#alerts}}a{{#alerts}}b{{/alerts}}{{/alerts}}")
    let entries = (1...5).map { MessageSample.entry($0) }
    #expect(text.text(of: MessageSample.message(entries)) == "aaaaa")
  }

  @Test(
    arguments: [
      ("{{usr}}", 1, "no fact is named usr"), ("a\n{{#alerts}}\nb", nil, "a section is not closed"),
      ("{{#alerts}}{{/user}}", 1, "{{/…}} does not close the section that is open"),
      ("a\n\n{{user", 3, "{{ without }}"), ("{{> partial}}", 1, "{{> … }} is not supported here"),
      ("{{=<% %>=}}", 1, "{{= … }} is not supported here"),
      ("{{! a\nb }}\n{{x}}", 3, "no fact is named x"),
      (String(repeating: "x", count: 20_000), nil, "longer than 16384 bytes"),
    ])
  func saysWhatIsWrongWithATemplate(_ template: String, line: Int?, reason: String) {
    let error = #expect(throws: TemplateError.self) { try AlertText.check(template: template) }
    #expect(error?.reason == reason)
    if let line { #expect(error?.line == line) }
  }

  @Test func namesAllFactsThatThereAre() {
    let names = Set(AlertText.names)
    let facts = Set(AlertFacts.facts(of: MessageSample.message()).keys)
    #expect(facts.isSubset(of: names))
    #expect(names.subtracting(facts) == ["name", "label_value"])
    #expect(Set(AlertFacts.facts(of: MessageSample.entry()).keys) == Set(AlertFacts.entryNames))
  }

  @Test func speaksPlainly() {
    #expect(
      text.spoken(MessageSample.message([MessageSample.entry(), MessageSample.entry(18)]))
        == "This is Acalert. Danger. 2 alerts. The first: wearer u-17, watch. Site s-1. "
        + "The movement is not usual. It began at 5:32 AM.")
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}

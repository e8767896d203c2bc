import Dashboard
import Detection
import Events
import Foundation
import HTTPServer
import Store
import Testing

/// Models side by side, and verdicts on alerts: in the page, and from the command line.
extension DashboardBrowserTests {
  @Test func modelsAreCompared_AndAlertsJudgedByClicks() throws {
    let site = try ModelSite()
    defer { site.close() }
    let browser = try WebDriver(width: 1280, height: 1500)
    defer { browser.quit() }

    try browser.open(site.url + "/models")
    try eventually("the models are listed") {
      try browser.number("document.querySelectorAll('#use-table tbody tr').length") == 2
    }
    let matrix = "[...document.querySelectorAll('#agreement td.amount')].map(c => c.textContent)"
    #expect(try browser.text("\(matrix).join()") == "1,1,1,0")
    let figures = "document.querySelector('#figures-table tbody').textContent"
    #expect(try browser.text(figures).contains("<img src=x>"))
    #expect(try browser.number("document.querySelectorAll('main img').length") == 0)
    #expect(try browser.number("document.querySelectorAll('#disagreements tbody tr').length") == 2)
    #expect(
      try browser.text("document.querySelector('#disagreements a').getAttribute('href')")
        == "./#/wearer/u-1/watch")
    #expect(
      try browser.text("document.querySelector('nav [aria-current]').textContent") == "Models")

    try browser.click("#disagreements tbody tr:last-child button")
    try eventually("the trace is drawn around the peak") {
      try browser.number("document.getElementById('candidate-trace').dataset.points") > 10
    }
    #expect(
      try browser.number("document.querySelectorAll('#candidate-scores tbody tr').length") == 2)
    #expect(
      try browser.number("document.querySelectorAll('#candidate-features tbody tr').length")
        == FallFeature.allCases.count)
    #expect(try browser.text("document.activeElement.id") == "candidate-title")
    if let shots = ProcessInfo.processInfo.environment["ACALERT_TEST_SCREENSHOTS"] {
      try browser.screenshot(to: shots + "/models.png")
    }
    // The keyboard leads back to where it came from.
    _ = try browser.run(
      """
      document.getElementById('candidate-title').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      """)
    #expect(try browser.text("document.activeElement.dataset.candidate") == "1")

    try browser.open(site.url + "/alerts")
    let row = "#list [data-alert=\"1\"]"
    try eventually("the alert is listed") {
      try browser.number("document.querySelectorAll('\(row)').length") == 1
    }
    try browser.click("\(row) [data-action=false_alarm]")
    try eventually("the verdict is shown") {
      try browser.text("document.querySelector('\(row) .badge.verdict').textContent")
        == "false alarm"
    }
    #expect(
      try browser.text(
        "document.querySelector('\(row) [data-action=false_alarm]').getAttribute('aria-pressed')")
        == "true")
    #expect(try site.verdict(of: 1)?.kind == .falseAlarm)
    if let shots = ProcessInfo.processInfo.environment["ACALERT_TEST_SCREENSHOTS"] {
      try browser.screenshot(to: shots + "/alerts.png")
    }

    // The newest counts, whoever gives it and how.
    let said = try ForeignProgram.run([
      "acalert", "alerts", "verdict", "1", "confirmed", "--author", "Ben", "--url", site.url,
    ])
    #expect(said.status == 0 && said.output.contains("(confirmed by Ben)"), "\(said.errors)")
    #expect(try site.verdict(of: 1)?.author == "Ben")
    let unknown = try ForeignProgram.run([
      "acalert", "alerts", "verdict", "99", "false-alarm", "--url", site.url,
    ])
    #expect(unknown.status == 1 && unknown.errors.contains("no such alert"))
    let shown = try ForeignProgram.run(["acalert", "alerts", "1", "--url", site.url])
    #expect(shown.status == 0 && shown.output.contains("confirmed by Ben"))

    let labels = site.folder + "/labels.csv"
    let features = site.folder + "/features.csv"
    let export = try ForeignProgram.run([
      "acalert", "label", "--database", site.folder + "/acalert.db", "--out", labels, "--features",
      features, "--quiet-as-normal",
    ])
    #expect(export.status == 0, "\(export.errors)")
    let lines = try String(contentsOfFile: labels, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 && lines[1].hasSuffix(",fall,1,Ben"))
    #expect(try String(contentsOfFile: features, encoding: .utf8).split(separator: "\n").count == 4)
  }
}

/// A store with two models that differ about two of three peaks, one of which led to an alert.
private final class ModelSite {
  let url: String
  let folder: String
  private let store: Store
  private let readers: ReaderPool
  private let server: HTTPServer

  init() throws {
    folder = RunningService.makeFolder()
    store = try Store(path: folder + "/acalert.db")
    _ = try store.partitionIndex(
      for: TopicPartitionName(topic: "accelerometer", partition: 0))
    readers = try ReaderPool(path: store.path)
    let events = EventLog()
    let feed = try Feed(store: store, events: events)

    let peak = ServiceFacts.systemTime() - 60_000
    let rules = Self.rules
    try store.introduce(rules.modelUses.map(\.model), at: peak - 86_400_000)
    let (decisions, alerts) = Self.history(peak: peak)
    let applied = try store.apply(decisions, alerts: alerts)
    feed.publish(decisions, applied: applied, now: 0)
    feed.publish(alerts: alerts.alerts, firstRevision: applied.firstAlertRevision)

    var facts = ServiceFacts(streams: { [rules] in [rules] })
    facts.alerts.judge = { [store] id, verdict in
      guard let judged = try store.setVerdict(verdict, ofAlert: id) else {
        throw AlertFacts.Refusal.unknown
      }
      feed.publish(alerts: [judged.alert], firstRevision: judged.revision)
    }
    let dashboard = Dashboard(readers: readers, feed: feed, facts: facts)
    server = HTTPServer(events: events, handler: dashboard.handler)
    try server.start()
    url = "http://127.0.0.1:\(server.port ?? 0)"
  }

  func verdict(of id: Int64) throws -> Verdict? {
    try readers.withReader { try $0.alert(id)?.alert.verdict }
  }

  func close() {
    server.stop()
    readers.close()
    store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static let active = String(repeating: "9f86d081", count: 8)
  private static let shadow = String(repeating: "60303ae2", count: 8)

  private static var rules: StreamRules {
    var falls = FallRules()
    falls.model = FallModelRules(
      model: Model(hash: active, name: "fall", kind: "100 boosted trees", features: []) { _ in 0 },
      threshold: 0.5)
    falls.shadow = FallModelRules(
      model: Model(hash: shadow, name: "<img src=x>", kind: "300 boosted trees", features: []) {
        _ in 0
      }, threshold: 0.6)
    var rules = StreamRules()
    rules.falls = falls
    return rules
  }

  private static func history(peak: Int64) -> (Decisions, AlertChanges) {
    var decisions = Decisions()
    for index in 0..<3 as Range<UInt32> {
      let identity = SubjectIdentity(kind: "wearer", user: "u-\(index)", device: "watch")
      decisions.subjects.append(NewSubject(index: index, identity: identity))
      decisions.rows.append(
        StatusRow(
          subject: index, state: .safe, previousState: .unknown, isTransition: true,
          since: peak, lastSeen: peak, lastArrival: peak, value: 1, mean: 1, std: 0.1, score: 0,
          reason: "", cause: nil, evidence: [], replacedState: .unknown))
    }
    let samples = (0..<200 as Range<Int64>).map { place in
      PackedSamples.Element(
        time: peak - 10_000 + place * 100,
        value: place == 100 ? 3_200_000 : 1_000_000 + Int32(place % 7) * 20_000,
        isFlagged: place == 100)
    }
    PackedSamples.pack(samples, start: peak - 10_000, into: &decisions.packedSamples)
    decisions.windows = [
      WindowAggregate(
        subject: 0, start: peak - 10_000, end: peak + 10_000, count: 200, mean: 1, std: 0.1,
        min: 1, max: 3.2, flagged: 1, digits: 6, packed: 0..<decisions.packedSamples.count)
    ]
    decisions.fallCandidates = [
      candidate(0, .fall, active: 0.91, shadow: 0.22, at: peak),
      candidate(1, .none, active: 0.31, shadow: 0.77, at: peak + 1_000),
      candidate(2, .fall, active: 0.83, shadow: 0.88, at: peak + 2_000),
    ]
    var alert = Alert(
      id: 1, identity: SubjectIdentity(kind: "wearer", user: "u-0", device: "watch"), cause: .fall,
      severity: .danger, began: peak + 2_000, opened: peak + 2_300, reason: "a fall, 0.91 by fall")
    alert.site = "s-1"
    return (decisions, AlertChanges(alerts: [alert]))
  }

  private static func candidate(
    _ subject: UInt32, _ outcome: FallCandidate.Outcome, active: Double, shadow: Double,
    at time: Int64
  ) -> FallCandidate {
    FallCandidate(
      subject: subject, time: time, decided: time + 2_000, peak: 3.2, outcome: outcome,
      scores: [
        FallScore(
          role: .active, model: Self.active, probability: active, threshold: 0.5,
          isFall: active >= 0.5),
        FallScore(
          role: .shadow, model: Self.shadow, probability: shadow, threshold: 0.6,
          isFall: shadow >= 0.6),
      ],
      features: FallFeature.allCases.indices.map { Double($0) + 0.25 },
      origin: RecordOrigin(partition: 0, offset: time % 1_000))
  }
}

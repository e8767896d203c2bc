import Dashboard
import Detection
import Events
import Foundation
import HTTPServer
import Store
import Testing

extension DashboardBrowserTests {
  @Test func reportsAreDrawn_AndVerdictsGivenThereAndBesideTheTraceAreKept() throws {
    let site = try CameraSite()
    defer { site.close() }
    let browser = try WebDriver(width: 1280, height: 1600)
    defer { browser.quit() }

    try browser.open(site.url + "/reports?timezone=UTC")
    try eventually("the day's threats are listed") {
      try browser.number("document.querySelectorAll('#threats > li').length") == 3
    }
    // Bars, with their figures as text; and what a record said stays text.
    let bars = try browser.number("document.querySelectorAll('#users-chart .part-open').length")
    #expect(bars == 2)
    #expect(try browser.number("document.querySelectorAll('#hours-chart .below').length") == 24)
    #expect(
      try browser.text("document.querySelector('#users-table tbody th').textContent") == "c-1")
    #expect(try browser.text("document.querySelector('#users-table').textContent").contains("<img"))
    #expect(try browser.number("document.querySelectorAll('main img').length") == 0)
    #expect(
      try browser.text("document.querySelector('.threat-reason').textContent")
        == "person 0.93 in loading-dock, 3 of 5 frames, rule 200")

    _ = try browser.run("document.querySelector('#threats input').value = 'a courier'")
    try browser.click("#threats > li button:nth-of-type(2)")
    try eventually("the verdict is shown") {
      try browser.text("document.querySelector('#threats > li').dataset.verdict") == "confirmed"
    }
    try eventually("the figures follow") {
      try browser.text("document.querySelector('#rules-table tbody').textContent").contains("100 %")
    }
    let kept = try site.verdicts(of: 3)
    #expect(kept.map(\.kind) == [.confirmed])
    #expect(kept.map(\.note) == ["a courier"])

    try browser.open(site.url + "/#/camera/c-1/door")
    try eventually("the camera's threats stand beside its trace") {
      try browser.number("document.querySelectorAll('#camera-threats > li').length") == 2
    }
    #expect(try browser.text("document.querySelector('.legend').innerText").contains("probability"))
    #expect(!(try browser.text("document.querySelector('.legend').innerText").contains("std")))
    try browser.click("#camera-threats > li:last-child button")
    try eventually("that verdict is shown") {
      try browser.text("document.querySelector('#camera-threats > li:last-child').dataset.verdict")
        == "false_alarm"
    }
    #expect(try site.verdicts(of: 1).map(\.kind) == [.falseAlarm])
  }
}

/// A store with three threats of today, and the dashboard over it.
private final class CameraSite {
  let url: String
  private let folder: String
  private let store: Store
  private let readers: ReaderPool
  private let server: HTTPServer

  init() throws {
    folder = RunningService.makeFolder()
    store = try Store(path: folder + "/acalert.db")
    let partition = TopicPartitionName(topic: "camera-events", partition: 0)
    _ = try store.partitionIndex(for: partition)
    readers = try ReaderPool(path: store.path)
    let events = EventLog()
    let feed = try Feed(store: store, events: events)
    // Noon: no clock that passes midnight during the test takes it into another day.
    let today = ServiceFacts.systemTime() / 86_400_000 * 86_400_000
    let decisions = Self.decisions(at: today + 43_200_000)
    feed.publish(decisions, applied: try store.apply(decisions), now: 0)

    var service = ServiceState()
    service.streams = [
      .init(
        name: "cameras", type: .camera, kind: "camera", unit: "", k: 0, windowMilliseconds: 10_000)
    ]
    let shown = service
    let dashboard = Dashboard(
      readers: readers, feed: feed,
      facts: ServiceFacts(
        streams: { [StreamRules(kind: "camera", unit: "", cameras: CameraRules())] },
        service: { shown }, setVerdict: { [store] in try store.setVerdict($0, ofThreat: $1) },
        now: { today + 50_000_000 }))
    server = HTTPServer(events: events, handler: dashboard.handler)
    try server.start()
    url = "http://127.0.0.1:\(server.port ?? 0)"
  }

  func verdicts(of id: Int64) throws -> [Verdict] {
    try readers.withReader { try $0.verdicts(ofThreat: id) }
  }

  func close() {
    server.stop()
    readers.close()
    store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func decisions(at noon: Int64) -> Decisions {
    var decisions = Decisions()
    for (index, user) in ["c-1", "<img src=x>"].enumerated() {
      let identity = SubjectIdentity(kind: "camera", user: user, device: "door")
      decisions.subjects.append(NewSubject(index: UInt32(index), identity: identity))
      decisions.rows.append(
        StatusRow(
          subject: UInt32(index), state: .danger, previousState: .unknown, isTransition: true,
          since: noon, lastSeen: noon, lastArrival: noon, value: 0.93, mean: nil, std: nil,
          score: nil, reason: "person", cause: nil, evidence: [], replacedState: .unknown))
    }
    decisions.threats = [0, 1, 0].enumerated().map { place, subject in
      Threat(
        subject: subject, site: "s-1", time: noon + Int64(place) * 1_000, rule: 200,
        name: "person in restricted area", severity: .danger,
        objects: [.init(className: "person", probability: 0.93, zone: "loading-dock")],
        reason: "person 0.93 in loading-dock, 3 of 5 frames, rule 200",
        origin: RecordOrigin(partition: 0, offset: Int64(place)))
    }
    return decisions
  }
}

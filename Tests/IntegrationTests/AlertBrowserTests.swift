import Foundation
import Kafka
import Testing

/// The alerts of the page, as an operator uses them.
extension DashboardBrowserTests {
  @Test func aFallIsAcknowledgedSilencedAndResolved_ByClicksWithoutReload() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic)
    defer { running.service.stop() }
    try running.waitUntilReady()
    let kcat = ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "anna"]
    _ = try ForeignProgram.run(kcat, input: ForeignClientTests.rest("anna", seconds: 15))
    try eventually("anna is safe") {
      try running.get("api/v1/status/wearer/anna")["state"] as? String == "safe"
    }

    let browser = try WebDriver(width: 1280, height: 1000)
    defer { browser.quit() }
    try browser.open(running.service.url)
    try eventually("the page follows, and says that nothing is amiss") {
      try browser.text("document.body.dataset.connection") == "connected"
        && browser.text("document.querySelector('#alerts-title').textContent") == "No open alerts"
    }
    _ = try browser.run("window.hasNotReloaded = true")

    // The alert comes by itself.
    _ = try ForeignProgram.run(kcat, input: Self.fall("anna"))
    let row = "#open-alerts [data-state=danger]"
    try eventually("the fall is on top of the page") {
      try browser.text("document.querySelector('#open-alerts > li')?.dataset.state ?? ''")
        == "danger"
    }
    #expect(
      try browser.text("document.querySelector('\(row) .alert-who').textContent")
        .contains("anna"))
    #expect(
      try browser.text("document.querySelector('\(row) .alert-reason').textContent")
        .contains("abnormal"))
    let id = try browser.number("document.querySelector('\(row)').dataset.alert")
    #expect(id > 0)

    // Whoever has left a name acknowledges with one click.
    _ = try browser.run(
      """
      const name = document.querySelector('#alerts .author');
      name.value = 'Ann';
      name.dispatchEvent(new Event('change'));
      """)
    try browser.click("\(row) [data-action=acknowledge]")
    try eventually("the row says who looks after it") {
      try browser.text("document.querySelector('\(row)').dataset.acknowledged") == "true"
        && browser.text("document.querySelector('\(row) .acknowledged').textContent")
          .contains("by Ann")
    }
    let kept = try running.get("api/v1/alerts/\(id)")
    #expect((kept["acknowledged"] as? [String: Any])?["author"] as? String == "Ann")

    // The alert's own page has the trace and the history.
    try browser.click("\(row) .alert-who")
    try eventually("the history tells of it") {
      try browser.text(
        "document.querySelector('#alert-events [data-event=acknowledged]')?.textContent ?? ''"
      ).contains("by Ann")
    }
    #expect(try browser.text("location.hash") == "#alert=\(id)")
    #expect(
      try browser.number("document.querySelectorAll('#alert-events [data-event=opened]').length")
        == 1)
    try eventually("the trace around the fall is drawn") {
      try browser.number("document.querySelector('#alert-trace').dataset.points") > 100
        && browser.number("document.querySelector('#alert-trace').dataset.flagged") > 0
    }
    if let shots = ProcessInfo.processInfo.environment["ACALERT_TEST_SCREENSHOTS"] {
      try browser.screenshot(to: shots + "/alert.png")
    }

    // Two clicks silence just this subject and cause.
    try browser.click("#alert [data-action=silence]")
    try browser.click("#alert [data-duration=\"1h\"]")
    try eventually("the silence is listed with the alert") {
      try browser.number("document.querySelectorAll('#alert-silences [data-silence]').length") == 1
    }
    let silences = try running.get("api/v1/silences")["items"] as? [[String: Any]]
    let silence = try #require(silences?.first)
    let matchers = silence["matchers"] as? [String] ?? []
    #expect(matchers.contains("user=anna") && matchers.contains("cause=abnormal"))
    #expect(silence["author"] as? String == "Ann")

    // Resolved, it leaves the list and stands among the past ones.
    try browser.click("#alert [data-action=resolve]")
    try browser.click("#alert [data-confirm=resolve]")
    try eventually("the row has left") {
      try browser.number("document.querySelectorAll('#open-alerts [data-alert=\"\(id)\"]').length")
        == 0
    }
    #expect(try browser.run("return window.hasNotReloaded") as? Bool == true)
    try browser.open(running.service.url + "/alerts?state=resolved&user=anna")
    try eventually("the page of alerts lists it as past") {
      try browser.text(
        "document.querySelector('#list [data-alert=\"\(id)\"]')?.dataset.phase ?? ''")
        == "resolved"
    }
  }
}

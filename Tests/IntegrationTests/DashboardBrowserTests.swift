import Foundation
import Kafka
import Testing

/// The dashboard in a real browser.
@Suite(.serialized) struct DashboardBrowserTests {
  @Test func rowsChange_TheTraceIsDrawn_AndACutConnectionLosesNothing() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let folder = RunningService.makeFolder()
    var running: RunningService? = try RunningService(cluster, topic: topic, folder: folder)
    let url = try #require(running?.service.url)
    let port = try #require(Int(url.split(separator: ":").last ?? ""))
    try running?.waitUntilReady()
    let kcat = ["kcat", "-P", "-b", cluster.brokers, "-t", topic]
    for user in ["anna", "bert"] {
      _ = try ForeignProgram.run(
        kcat + ["-k", user], input: ForeignClientTests.rest(user, seconds: 15))
    }

    let browser = try WebDriver()
    defer { browser.quit() }
    try browser.open(url)
    func row(_ user: String) -> String { "[data-subject=\"wearer/\(user)\"]" }
    func state(_ user: String) throws -> String {
      try browser.text("document.querySelector('\(row(user))')?.dataset.state ?? ''")
    }
    try eventually("both wearers are shown as safe") {
      try state("anna") == "safe" && state("bert") == "safe"
    }
    try eventually("the page is connected") {
      try browser.text("document.body.dataset.connection") == "connected"
    }
    _ = try browser.run("window.hasNotReloaded = true")

    // A row changes without reload.
    _ = try ForeignProgram.run(kcat + ["-k", "anna"], input: Self.fall("anna"))
    try eventually("anna's row turns to danger") { try state("anna") == "danger" }
    #expect(try state("bert") == "safe")

    // The trace is drawn, with its flagged points.
    try browser.click(row("anna"))
    try eventually("the trace has its points") {
      try browser.number("document.querySelector('#trace')?.dataset.points ?? 0") > 100
    }
    #expect(try browser.number("document.querySelector('#trace').dataset.flagged") > 0)
    if let shots = ProcessInfo.processInfo.environment["ACALERT_TEST_SCREENSHOTS"] {
      try browser.screenshot(to: shots + "/trace.png")
    }

    // The connection is cut, the world goes on, and the page comes back with nothing missing.
    running?.service.stop()
    running = nil
    try eventually("the page says that it has lost the connection") {
      try browser.text("document.body.dataset.connection") == "lost"
    }
    _ = try ForeignProgram.run(kcat + ["-k", "bert"], input: Self.fall("bert"))
    let again = try RunningService(cluster, topic: topic, folder: folder) { $0.http.port = port }
    try eventually(within: 40, "bert's fall, which the page could not see, is shown") {
      try state("bert") == "danger"
    }
    try eventually("the page is connected again") {
      try browser.text("document.body.dataset.connection") == "connected"
    }
    #expect(try browser.run("return window.hasNotReloaded") as? Bool == true)
    again.service.stop()
  }

  static func fall(_ user: String) -> String {
    (0..<5).map { place in
      ForeignClientTests.original(
        user, Date().addingTimeInterval(Double(place) * 0.02), "5.1\(place)")
    }.joined()
  }
}

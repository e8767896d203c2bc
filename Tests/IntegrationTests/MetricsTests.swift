import Foundation
import Testing

/// What `/metrics` of a running service shows.
@Suite struct MetricsTests {
  @Test func everyMetricIsDocumented_AndEveryDocumentedOneExists() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let folder = RunningService.makeFolder()
    try """
    receivers: [{ name: hook, webhook: { url: "http://127.0.0.1:9/" } }]
    route: { receivers: hook }
    """.write(toFile: folder + "/alerts.yaml", atomically: true, encoding: .utf8)
    let running = try RunningService(cluster, topic: topic, folder: folder) {
      $0.alerts.file = folder + "/alerts.yaml"
    }
    try running.waitUntilReady()
    let (text, _, _) = try ForeignProgram.run(["curl", "-s", "\(running.service.url)/metrics"])
    let shown = Set(
      text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        .map { String($0.split(separator: " ")[2]) })
    #expect(shown.count > 30)

    let documentation = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/API.md")
    let page = try String(contentsOf: documentation, encoding: .utf8)
    let section = try #require(page.components(separatedBy: "\n## Metrics").last)
    let documented = Set(
      section.matches(of: /`(acalert_[a-z_]+)/).map { String($0.1) })
    #expect(shown.subtracting(documented) == [])
    // The lag is unknown until the broker has told it.
    #expect(documented.subtracting(shown).subtracting(["acalert_lag_records"]) == [])
  }
}

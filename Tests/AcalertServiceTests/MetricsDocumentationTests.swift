import Foundation
import Testing

@testable import AcalertService

/// Every metric is in the documentation, and every documented metric exists.
@Suite struct MetricsDocumentationTests {
  @Test func everyMetric_IsDocumented() throws {
    let text = Service(Configuration()).metricsText()
    let names = Set(text.matches(of: /# TYPE (\w+)/).map { String($0.1) })
    #expect(names.count > 10)
    let document = try Repository.text("docs/API.md")
    let documented = Set(document.matches(of: /`(acalert_\w+)/).map { String($0.1) })
    #expect(names.subtracting(documented).isEmpty)
    // Some exist only while a service runs: the code is the witness then.
    let code = try Repository.text("Sources/AcalertService/Service+Metrics.swift")
    for name in documented { #expect(code.contains("\"\(name)\""), "\(name) is not a metric") }
  }
}

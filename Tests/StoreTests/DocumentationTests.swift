import Foundation
import Testing

@testable import Store

struct DocumentationTests {
  private func document() throws -> [Substring] {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("docs/DATABASE.md"), encoding: .utf8)
    return text.split(separator: "\n")
  }

  @Test func everyTableViewAndColumnIsDocumented() throws {
    let lines = try document()
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    let names = try texts(
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", store.connection)
    #expect(names.count > 20)
    for name in names {
      let line = try #require(lines.first { $0.hasPrefix("| `\(name)` |") }, "\(name)")
      let columns = try texts("SELECT name FROM pragma_table_info('\(name)')", store.connection)
      for column in columns {
        #expect(line.contains("`\(column)`"), "\(name).\(column)")
      }
    }
  }

  @Test func everyQueryRuns() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    _ = try addRandomThreats(store, count: 50, span: moment..<moment + 1_000, seed: 1)
    let blocks = try document().split { $0.hasPrefix("```") }.filter { $0.first?.first == "-" }
    #expect(blocks.count == 4)
    for query in blocks.joined().filter({ !$0.hasPrefix("--") }).joined(separator: " ")
      .split(separator: ";") where query.contains("SELECT")
    {
      _ = try texts(String(query), store.connection)
    }
    let rates = try texts(
      """
      SELECT sum(threats = 0 OR false_alarm_rate NOT BETWEEN 0 AND 1) FROM (
        SELECT count(*) AS threats, avg(verdict = 'false_alarm') AS false_alarm_rate
        FROM threats GROUP BY rule)
      """, store.connection)
    #expect(rates == ["0"])
  }
}

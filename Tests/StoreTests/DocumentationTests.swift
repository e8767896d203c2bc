import Foundation
import Testing

@testable import Store

struct DocumentationTests {
  @Test func everyTableViewAndColumnIsDocumented() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("docs/DATABASE.md"), encoding: .utf8)
    let lines = text.split(separator: "\n")
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
}

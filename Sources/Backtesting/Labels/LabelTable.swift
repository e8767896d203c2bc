import Events

/// A small CSV file as a whole: its lines by the names of columns.
struct LabelTable {
  let file: String
  private let columns: [String: Int]
  private(set) var rows: [(line: Int, fields: [String])] = []

  init(header: UnsafeRawBufferPointer, _ lines: RecordingLines) throws(BacktestError) {
    file = lines.path
    var fields = CSVFields()
    guard fields.split(header) else {
      throw BacktestError(.malformed, file: file, line: 1, "the header is not CSV")
    }
    let names = fields.strings.map { $0.trimmedBlanks.lowercased() }
    columns = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    while let line = try lines.next() {
      if line.isEmpty { continue }
      guard fields.split(line), fields.fields.count == names.count else {
        throw BacktestError(
          .malformed, file: file, line: lines.number, "not \(names.count) values of CSV")
      }
      rows.append((lines.number, fields.strings))
    }
  }

  func has(_ column: String) -> Bool { columns[column] != nil }

  /// The text in a column; empty if there is no such column.
  func text(_ column: String, _ row: (line: Int, fields: [String])) -> String {
    columns[column].map { row.fields[$0].trimmedBlanks } ?? ""
  }

  /// The time in a column; `nil` if it is empty, or there is no such column.
  func time(
    _ column: String, _ row: (line: Int, fields: [String]), _ values: TextValues
  ) throws(BacktestError) -> Int64? {
    let text = text(column, row)
    if text.isEmpty { return nil }
    guard let time = values.time(text) else {
      throw fault(row, "\(column): \"\(text)\" is no time")
    }
    return time
  }

  func fault(_ row: (line: Int, fields: [String]), _ message: String) -> BacktestError {
    BacktestError(.malformed, file: file, line: row.line, message)
  }
}

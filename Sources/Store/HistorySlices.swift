/// How a history is found by time: see ``Schema/historyOrder``.
struct HistorySlices {
  let table: String
  /// Milliseconds in a slice, as the table's column `slice` has it.
  let length: Int64

  static let windows = HistorySlices(table: "window_rows", length: 20_000)
  static let runs = HistorySlices(table: "window_runs", length: 300_000)
  static let anomalies = HistorySlices(table: "anomaly_rows", length: 60_000)

  func slice(of time: Int64) -> Int64 { time / length }
}

extension StoreReader {
  /// Visits the slices of `from ... to` in which anything was written of anybody, the newest first, until
  /// `body` answers with false. Costs some microseconds a slice.
  func forEachSlice(
    _ history: HistorySlices, from: Int64, to: Int64, _ attempted: String,
    _ body: (Int64) throws -> Bool
  ) throws {
    let previous = try connection.statement(
      "SELECT slice FROM \(history.table) WHERE slice <= ?1 ORDER BY slice DESC LIMIT 1")
    let oldest = history.slice(of: from)
    var next = history.slice(of: to)
    while next >= oldest {
      previous.bind(1, next)
      guard let slice = try previous.first(attempted), slice >= oldest, try body(slice) else {
        return
      }
      next = slice - 1
    }
  }
}

/// How many rows a batch takes along whose value is new and whose state is not. Changes of state are always in
/// the batch that brought them; these rows only say what was seen last, and may wait.
enum Refreshment {
  /// In so many seconds each changed row's last value reaches the database.
  static let interval = 0.6
  /// The most rows in one batch.
  static let maxRows = 50_000.0
  /// While the store is behind: one row for so many records of the batch, but at least so many. So
  /// refreshment takes no more than about a quarter of the store's time from what is new, and of very many
  /// subjects the last value is some seconds old.
  static let recordsARow = 20.0
  static let minRows = 1_000.0

  /// The share of the subjects, 0 ... 1, that a batch's sweep looks at.
  ///
  /// - Parameters:
  ///   - subjects: all there are.
  ///   - elapsed: seconds since the batch before.
  ///   - records: those of the batch.
  ///   - storeIsBehind: whether an earlier batch waits or is being written.
  static func share(
    of subjects: Int, after elapsed: Double, records: Int, storeIsBehind: Bool
  ) -> Double {
    var rows = maxRows
    if storeIsBehind { rows = min(rows, max(minRows, Double(records) / recordsARow)) }
    return min(1, elapsed / interval, rows / Double(subjects + 1))
  }
}

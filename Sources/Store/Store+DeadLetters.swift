/// The dead-letter outbox: an invalid record is kept whole from the transaction that found it until
/// the dead-letter topic has acknowledged it, so it is delivered at least once, whatever dies between.
extension Store {
  /// Notes that these records (``DeadLetter/id``) have been acknowledged, and frees their bytes.
  /// Ids that are unknown or already delivered are passed over.
  public func markDelivered(_ ids: some Sequence<Int64>) throws {
    let ids = Array(ids)
    guard !ids.isEmpty else { return }
    let attempted = "mark dead letters as delivered"
    try exclusively(attempted) {
      try transaction(attempted) {
        let update = try connection.statement(
          """
          UPDATE invalid_rows SET delivered = 1, key = NULL, payload = NULL, headers = NULL
          WHERE id = ?1 AND delivered = 0
          """)
        for id in ids {
          update.bind(1, id)
          try update.run(attempted)
        }
      }
    }
  }
}

import Detection

/// An invalid record as a reader sees it.
public struct InvalidRecord: Equatable, Sendable {
  public var id: Int64
  /// Kafka's timestamp of the record, in milliseconds since 1970.
  public var time: Int64
  public var place: RecordPlace?
  public var reason: String
  public var detail: String
  /// The first 256 bytes of the record's value.
  public var firstBytes: [UInt8]
}

/// One page of invalid records, newest first.
public struct InvalidPage: Sendable {
  /// Records kept, on all pages.
  public var total: Int
  /// Records kept, by reason.
  public var reasons: [String: Int]
  /// Records ever seen by reason, those included that retention has deleted.
  public var reasonsEver: [String: Int]
  public var items: [InvalidRecord]
  /// The cursor of the next page, `nil` on the last. New records come before the first page only.
  public var next: String?
}

/// An invalid record that waits to be delivered to the dead-letter topic.
public struct DeadLetter: Equatable, Sendable {
  public var id: Int64
  public var place: RecordPlace?
  public var timestamp: Int64
  public var reason: String
  public var detail: String
  /// The record's key, value and headers, untouched.
  public var key: [UInt8]?
  public var value: [UInt8]
  public var headers: [RecordHeader]
}

extension StoreReader {
  /// Invalid records, newest first.
  ///
  /// - Parameters:
  ///   - limit: Records a page, 1 ... 1000; other values are brought into the range.
  ///   - cursor: A page's `next`.
  public func invalidPage(limit: Int = 100, cursor: String? = nil) throws -> InvalidPage {
    let before = try cursor.map {
      guard let id = Int64($0) else { throw Cursor.invalid }
      return id
    }
    let attempted = "read the invalid records"
    return try reading(attempted) {
      let limit = min(max(limit, 1), 1_000)
      var page = InvalidPage(total: 0, reasons: [:], reasonsEver: [:], items: [], next: nil)
      let counts = try connection.statement("SELECT reason, kept, ever FROM invalid_counts")
      try counts.forEachRow(attempted) {
        let kept = Int(counts.integer(1))
        if kept > 0 { page.reasons[counts.text(0)] = kept }
        page.reasonsEver[counts.text(0)] = Int(counts.integer(2))
        page.total += kept
      }
      let select = try connection.statement(
        """
        SELECT id, time, partition, offset, reason, detail, first_bytes FROM invalid_rows
        WHERE id < ?1 ORDER BY id DESC LIMIT ?2
        """)
      select.bind(1, before ?? Int64.max)
      select.bind(2, Int64(limit + 1))
      try select.forEachRow(attempted) {
        page.items.append(
          InvalidRecord(
            id: select.integer(0), time: select.integer(1),
            place: try place(partition: select.integer(2), offset: select.integer(3)),
            reason: select.text(4), detail: select.text(5), firstBytes: select.blob(6)))
      }
      if page.items.count > limit {
        page.items.removeLast()
        page.next = page.items.last.map { String($0.id) }
      }
      return page
    }
  }

  /// Records that the dead-letter topic has not acknowledged, oldest first; see
  /// ``Store/markDelivered(_:)``.
  ///
  /// - Parameter id: Only those after this one, to go on while earlier ones are under way; 0 for all.
  public func pendingDeadLetters(after id: Int64 = 0, limit: Int = 1_000) throws -> [DeadLetter] {
    let attempted = "read the undelivered dead letters"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT id, partition, offset, time, reason, detail, key, payload, headers
        FROM invalid_rows INDEXED BY invalid_undelivered
        WHERE delivered = 0 AND id > ?1 ORDER BY id LIMIT ?2
        """)
      select.bind(1, id)
      select.bind(2, Int64(max(1, limit)))
      var found: [DeadLetter] = []
      try select.forEachRow(attempted) {
        found.append(
          DeadLetter(
            id: select.integer(0),
            place: try place(partition: select.integer(1), offset: select.integer(2)),
            timestamp: select.integer(3), reason: select.text(4), detail: select.text(5),
            key: select.isNull(6) ? nil : select.blob(6), value: select.blob(7),
            headers: PackedHeaders.unpack(select.blob(8))))
      }
      return found
    }
  }
}

import Detection
import Events

/// A closed window with its samples.
public struct WindowRecord: Equatable, Sendable {
  /// The window covers `start ..< end`, in milliseconds since 1970.
  public var start: Int64
  public var end: Int64
  public var count: Int
  public var mean: Double
  /// Sample standard deviation.
  public var std: Double
  public var min: Double
  public var max: Double
  public var flagged: Int
  /// Decimal digits of the samples' fixed point.
  public var digits: Int
  /// The samples, ascending by time, as fixed-point integers: exactly what was judged.
  public var samples: [PackedSamples.Element]

  /// A sample's value in the stream's unit.
  public func value(_ sample: PackedSamples.Element) -> Double {
    var divisor = 1.0
    for _ in 0..<Swift.max(0, digits) { divisor *= 10 }
    return Double(sample.value) / divisor
  }
}

/// A run of a subject's windows.
public struct WindowPage: Sendable {
  /// The unit of the values.
  public var unit: String
  /// By start, ascending.
  public var windows: [WindowRecord]
  /// Whether older windows of the asked time were left out.
  public var isTruncated: Bool
}

/// A flagged sample as a reader sees it.
public struct AnomalyRecord: Equatable, Sendable {
  public var id: Int64
  public var identity: SubjectIdentity
  public var time: Int64
  public var value: Double
  public var mean: Double
  public var std: Double
  public var score: Double
  public var detector: String
  public var place: RecordPlace?
}

extension StoreReader {
  /// A subject's windows that overlap `from ... to`, the newest first until they hold at least
  /// `maxSamples` samples; then given in ascending order. `nil` if the subject is unknown.
  ///
  /// The windows are whole: the first and the last may reach beyond the asked time. The samples of the
  /// window that is still open are not here but in the engine.
  public func windows(
    of identity: SubjectIdentity, from: Int64, to: Int64, maxSamples: Int = 20_000
  ) throws -> WindowPage? {
    let attempted = "read a subject's windows"
    return try reading(attempted) {
      guard let id = try subjectID(identity) else { return nil }
      let select = try connection.statement(
        """
        SELECT start, end, count, mean, std, min, max, flagged, digits, samples FROM window_rows
        WHERE slice = ?1 AND subject = ?2 AND start <= ?3 ORDER BY start DESC
        """)
      defer { select.reset() }
      select.bind(2, id)
      select.bind(3, to)
      var page = WindowPage(unit: "", windows: [], isTruncated: false)
      page.unit = kindID(identity.kind).map { kind($0).unit } ?? ""
      var samples = 0
      // A window that begins before the time may reach into it.
      let longest = try connection.statement("SELECT longest_window FROM kinds WHERE id = ?1")
      longest.bind(1, kindID(identity.kind) ?? 0)
      let (earliest, isTooEarly) = from.subtractingReportingOverflow(
        try longest.first(attempted) ?? 0)
      try forEachSlice(.windows, from: isTooEarly ? .min : earliest, to: to, attempted) { slice in
        select.reset()
        select.bind(1, slice)
        while try select.step(attempted) {
          // A subject's windows do not overlap, so the first one that ends too early ends the search.
          guard select.integer(1) > from else { return false }
          guard samples < maxSamples else {
            page.isTruncated = true
            return false
          }
          let window = try window(select)
          samples += max(1, window.samples.count)
          page.windows.append(window)
        }
        return true
      }
      page.windows.reverse()
      return page
    }
  }

  private func window(_ row: Statement) throws -> WindowRecord {
    let start = row.integer(0)
    guard let samples = PackedSamples.unpack(row.bytes(9), start: start) else {
      throw StoreError(
        code: .corrupt, message: "a window's samples cannot be unpacked",
        attempted: "read a subject's windows", hint: "run: sqlite3 FILE 'PRAGMA integrity_check'")
    }
    return WindowRecord(
      start: start, end: row.integer(1), count: Int(row.integer(2)), mean: row.double(3),
      std: row.double(4), min: row.double(5), max: row.double(6), flagged: Int(row.integer(7)),
      digits: Int(row.integer(8)), samples: samples)
  }

  /// A subject's anomalies in `from ... to`, the newest `limit` of them, newest first.
  public func anomalies(
    of identity: SubjectIdentity, from: Int64, to: Int64, limit: Int = 1_000
  ) throws -> [AnomalyRecord] {
    let attempted = "read a subject's anomalies"
    return try reading(attempted) {
      guard let id = try subjectID(identity) else { return [] }
      let select = try connection.statement(
        """
        SELECT id, time, value, mean, std, score, detector, partition, offset FROM anomaly_rows
        WHERE slice = ?1 AND subject = ?2 AND time BETWEEN ?3 AND ?4
        ORDER BY time DESC, id DESC LIMIT ?5
        """)
      select.bind(2, id)
      select.bind(3, from)
      select.bind(4, to)
      let limit = max(1, limit)
      var found: [AnomalyRecord] = []
      try forEachSlice(.anomalies, from: from, to: to, attempted) { slice in
        select.bind(1, slice)
        select.bind(5, Int64(limit - found.count))
        try select.forEachRow(attempted) {
          found.append(
            AnomalyRecord(
              id: select.integer(0), identity: identity, time: select.integer(1),
              value: select.double(2), mean: select.double(3), std: select.double(4),
              score: select.double(5), detector: select.text(6),
              place: try place(partition: select.integer(7), offset: select.integer(8))))
        }
        return found.count < limit
      }
      return found
    }
  }
}

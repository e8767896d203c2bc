import Detection
import Events

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

import Detection
import Events

/// A time of a subject of which somebody has said what it was: what models are trained and measured with.
///
/// Of an alert it begins ``margin`` before the alert (by event time) and ends so long after that; an alert
/// of another cause than a fall lasts at least to the last end of its cause. Of a threat it is the frame's
/// time, with the margin on both sides.
public struct LabelWindow: Equatable, Sendable {
  /// The raw values are those of files.
  public enum Label: String, Sendable, CaseIterable {
    /// Somebody fell.
    case fall
    /// Something else was amiss.
    case anomaly
    /// Nothing was.
    case falseAlarm = "false_alarm"
  }

  /// What the verdict was given on.
  public enum Source: Equatable, Sendable {
    case alert(Int64)
    case threat(Int64)
  }

  /// Milliseconds.
  public static let margin: Int64 = 10_000

  public var identity: SubjectIdentity
  /// Event times, in milliseconds since 1970; both belong to it.
  public var start: Int64
  public var end: Int64
  public var label: Label
  public var source: Source
  /// Of the verdict.
  public var author: String

  /// The end of the window of `alert_rows a`, for SQL; it begins at `a.began − margin`.
  static let endOfAlert = """
    (CASE a.cause WHEN 'fall' THEN a.began + \(margin)
      ELSE max(a.began + \(margin), ifnull(a.ended, a.began)) END)
    """
}

extension StoreReader {
  /// All windows with a verdict whose alert began, or whose frame was taken, in `from ..< to`; by start.
  public func labelWindows(from: Int64, to: Int64) throws -> [LabelWindow] {
    let attempted = "read the verdicts"
    return try reading(attempted) {
      (try alertWindows(from, to) + threatWindows(from, to)).sorted { $0.start < $1.start }
    }
  }

  private func alertWindows(_ from: Int64, _ to: Int64) throws -> [LabelWindow] {
    let select = try connection.statement(
      """
      SELECT u.kind, u.user, u.device, a.began, \(LabelWindow.endOfAlert), a.cause, v.verdict, a.id,
        v.author
      FROM alert_rows a INDEXED BY alerts_judged
        CROSS JOIN alert_verdict_rows v ON v.id = a.verdict
        CROSS JOIN subject_rows u ON u.id = a.subject
      WHERE a.verdict IS NOT NULL AND a.began >= ?1 AND a.began < ?2 ORDER BY a.began
      """)
    select.bind(1, from)
    select.bind(2, to)
    var found: [LabelWindow] = []
    try select.forEachRow("read the verdicts on alerts") {
      let isConfirmed = Verdict.Kind(number: select.integer(6)) == .confirmed
      found.append(
        LabelWindow(
          identity: identity(select), start: select.integer(3) - LabelWindow.margin,
          end: select.integer(4),
          label: !isConfirmed
            ? .falseAlarm : select.text(5) == Cause.fall.name ? .fall : .anomaly,
          source: .alert(select.integer(7)), author: select.text(8)))
    }
    return found
  }

  private func threatWindows(_ from: Int64, _ to: Int64) throws -> [LabelWindow] {
    let select = try connection.statement(
      """
      SELECT u.kind, u.user, u.device, t.time, t.verdict, t.id,
        (SELECT author FROM verdict_rows v WHERE v.threat = t.id ORDER BY v.id DESC LIMIT 1)
      FROM threat_rows t INDEXED BY threats_by_time CROSS JOIN subject_rows u ON u.id = t.subject
      WHERE t.time >= ?1 AND t.time < ?2 AND t.verdict != 0 ORDER BY t.time
      """)
    select.bind(1, from)
    select.bind(2, to)
    var found: [LabelWindow] = []
    try select.forEachRow("read the verdicts on threats") {
      let time = select.integer(3)
      let isConfirmed = Verdict.Kind(number: select.integer(4)) == .confirmed
      found.append(
        LabelWindow(
          identity: identity(select), start: time - LabelWindow.margin,
          end: time + LabelWindow.margin, label: isConfirmed ? .anomaly : .falseAlarm,
          source: .threat(select.integer(5)), author: select.text(6)))
    }
    return found
  }

  /// From kind, user and device in the first three columns.
  private func identity(_ row: Statement) -> SubjectIdentity {
    SubjectIdentity(kind: kind(row.integer(0)).name, user: row.text(1), device: row.text(2))
  }
}

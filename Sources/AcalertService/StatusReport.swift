import Detection
import Foundation
import Store

/// `acalert status`: reads the status table of a service, running or not.
public struct StatusReport {
  private let reader: StoreReader

  /// - Throws: an error with a hint if there is no database in `folder`.
  public init(folder: String) throws {
    let path = URL(fileURLWithPath: folder).appendingPathComponent("acalert.db").path
    guard FileManager.default.fileExists(atPath: path) else {
      throw ServiceError(
        message: "there is no database \(path)",
        hint: "name the service's folder with --data, or start it first (acalert demo)")
    }
    reader = try StoreReader(path: path)
  }

  /// Which rows to show.
  public struct Filter: Sendable {
    public var states: Set<SafetyState> = []
    public var kind: String?
    public var prefix = ""
    public var limit = 100

    public init() {}
  }

  /// The states named in a list with commas; none for an empty one.
  public static func states(named text: String) throws(ServiceError) -> Set<SafetyState> {
    var states: Set<SafetyState> = []
    for name in text.split(separator: ",") {
      guard let state = SafetyState(name: name) else {
        throw ServiceError(
          message: "\"\(name)\" is no state; there are: "
            + SafetyState.allCases.map(\.name).joined(separator: ", "))
      }
      states.insert(state)
    }
    return states
  }

  /// One row, ready to be shown.
  public struct Line: Encodable, Sendable {
    public var kind, user, device, state, previous, since: String
    public var lastSeen: String
    public var value, mean, std, score: Double?
    public var unit, reason: String
    public var revision: Int64
    public var topic: String?
    public var partition: Int32?
    public var offset: Int64?

    init(_ record: StatusRecord) {
      kind = record.identity.kind
      user = record.identity.user
      device = record.identity.device
      state = record.state.name
      previous = record.previousState.name
      since = ReadableTime.text(record.since)
      lastSeen = ReadableTime.text(record.lastSeen)
      value = record.value
      mean = record.mean
      std = record.std
      score = record.score
      unit = record.unit
      reason = record.reason
      revision = record.revision
      topic = record.cause?.topic
      partition = record.cause?.partition
      offset = record.cause?.offset
    }

    /// The names of the interface, `GET /api/v1/status`.
    private enum CodingKeys: String, CodingKey {
      case kind, user, device, state, previous, since
      case lastSeen = "last_seen"
      case value, mean, std, score, unit, reason, revision, topic, partition, offset
    }

    /// The row as a line of a table.
    public var text: String {
      let name = device.isEmpty ? user : "\(user)/\(device)"
      let shown = value.map { String(format: "%.3f", $0) + (unit.isEmpty ? "" : " \(unit)") }
      return Self.padded(state, 8) + Self.padded(name, 24) + Self.padded(since, 26)
        + Self.padded(shown ?? "–", 12) + reason
    }

    public static let heading =
      padded("STATE", 8) + padded("SUBJECT", 24) + padded("SINCE", 26) + padded("VALUE", 12)
      + "REASON"

    private static func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
  }

  /// The rows that match, the most urgent first, with the number of all that match.
  public func rows(_ filter: Filter) throws -> (lines: [Line], total: Int, counts: String) {
    let page = try reader.statusPage(
      StatusQuery(
        states: filter.states, kind: filter.kind, userPrefix: filter.prefix,
        limit: min(max(filter.limit, 1), 1000)))
    let counts = [SafetyState.danger, .warning, .stale, .unknown, .safe].map {
      "\(page.counts[$0]) \($0.name)"
    }
    return (page.items.map(Line.init), page.total, counts.joined(separator: ", "))
  }

  public func currentRevision() throws -> Int64 { try reader.currentRevision() }

  /// Changes of state after `revision` that match, oldest first, and the revision they lead to.
  public func changes(
    after revision: Int64, _ filter: Filter
  ) throws -> (lines: [Line], revision: Int64) {
    var revision = revision
    var lines: [Line] = []
    while true {
      let changes = try reader.changes(after: revision)
      for record in changes.items where record.stateRevision > revision {
        guard filter.states.isEmpty || filter.states.contains(record.state),
          filter.kind == nil || filter.kind == record.identity.kind,
          record.identity.user.hasPrefix(filter.prefix)
        else { continue }
        lines.append(Line(record))
      }
      revision = changes.items.last?.revision ?? revision
      if changes.isComplete || changes.items.isEmpty { return (lines, revision) }
    }
  }
}

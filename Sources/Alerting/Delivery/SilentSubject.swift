import Detection
import Events
import Store

/// A subject that is silent, and of whose silence no alert has been made: it may become one when
/// ``AlertSettings/staleAfter`` has passed. That wait is not written down; it is found again by these.
public struct SilentSubject: Equatable, Sendable {
  public var identity: SubjectIdentity
  /// Since when it is `stale`, in milliseconds since 1970.
  public var since: Int64
  public var reason: String

  /// All of them. Costs a look at each silent subject's newest alert.
  public static func all(_ reader: StoreReader) throws -> [SilentSubject] {
    var found: [SilentSubject] = []
    var query = StatusQuery(states: [.stale], sort: .user, limit: 1_000)
    repeat {
      let page = try reader.statusPage(query)
      for row in page.items where try !hasAlert(row, reader) {
        found.append(
          SilentSubject(identity: row.identity, since: row.since, reason: row.reason))
      }
      query.cursor = page.next
    } while query.cursor != nil
    return found
  }

  private static func hasAlert(_ row: StatusRecord, _ reader: StoreReader) throws -> Bool {
    var query = AlertQuery()
    query.phases = .all
    query.kind = row.identity.kind
    query.user = row.identity.user
    query.device = row.identity.device
    query.cause = Cause.stale.name
    query.limit = 1
    guard let newest = try reader.alertPage(query).items.first?.alert else { return false }
    return newest.isOpen || (newest.ended ?? .max) > row.since
  }
}

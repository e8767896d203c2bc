import Detection

/// Which alerts are asked for, newest first, the open ones by severity.
public struct AlertQuery: Equatable, Sendable {
  public enum Phases: String, Sendable, CaseIterable { case open, resolved, all }

  public var phases = Phases.open
  public var severity: SafetyState?
  public var kind: String?
  public var user: String?
  public var device: String?
  public var site: String?
  /// ``Cause/name``.
  public var cause: String?
  public var isAcknowledged: Bool?
  /// Only those opened (by the wall clock, milliseconds) from `from` up to, not including, `to`.
  public var from: Int64?
  public var to: Int64?
  /// 1 … 1000.
  public var limit = 100
  /// `next` of the page before, with everything else unchanged.
  public var cursor: String?

  public init() {}
}

/// One alert as a reader sees it.
public struct AlertRecord: Equatable, Sendable {
  public var alert: Alert
  /// The unit of `alert.value`.
  public var unit: String
  /// The record that showed it, by name.
  public var place: RecordPlace?
  /// The configuration by which it was opened.
  public var configVersion: String?
  /// The number of its last change.
  public var revision: Int64

  public init(
    alert: Alert, unit: String, place: RecordPlace?, configVersion: String?, revision: Int64
  ) {
    self.alert = alert
    self.unit = unit
    self.place = place
    self.configVersion = configVersion
    self.revision = revision
  }
}

/// A page of alerts.
public struct AlertPage: Equatable, Sendable {
  public var items: [AlertRecord]
  public var next: String?
  /// All changes up to this one are in it.
  public var revision: Int64
  public var counts: AlertCounts
}

/// How many alerts are open.
public struct AlertCounts: Equatable, Sendable {
  public var danger = 0
  public var warning = 0
  /// Of both, those that somebody looks after.
  public var acknowledged = 0

  public init() {}
}

/// What a receiver has last been told, or is being told, of an alert.
public struct ToldRecord: Equatable, Sendable {
  public var receiver: String
  public var group: String
  public var told: AlertNotification.Told
  /// When the notification was planned, and what has become of it.
  public var time: Int64
  public var state: AlertNotification.State

  public init(
    receiver: String, group: String, told: AlertNotification.Told, time: Int64,
    state: AlertNotification.State
  ) {
    self.receiver = receiver
    self.group = group
    self.told = told
    self.time = time
    self.state = state
  }
}

/// A notification that tells of an alert, and how it went.
public struct NotificationHistory: Equatable, Sendable {
  /// Without its payload; `told` says what it tells of the alert that was asked for, and no other.
  public var notification: AlertNotification
  /// Oldest first; at most ``AlertDelivery/maxShown``.
  public var deliveries: [AlertDelivery]

  public init(notification: AlertNotification, deliveries: [AlertDelivery]) {
    self.notification = notification
    self.deliveries = deliveries
  }
}

/// What waits for one receiver.
public struct OutboxFigures: Equatable, Sendable {
  public var waiting: Int
  /// When the oldest of them was made.
  public var oldest: Int64

  public init(waiting: Int, oldest: Int64) {
    self.waiting = waiting
    self.oldest = oldest
  }
}

/// The place behind which a page of alerts begins.
struct AlertCursor: Equatable {
  var phases: AlertQuery.Phases
  /// Of the last alert; without meaning unless the open ones are asked for.
  var urgency: Int64
  var id: Int64

  /// Tells it from other pages' cursors.
  private static let version: UInt8 = 0x42

  init(phases: AlertQuery.Phases, urgency: Int64, id: Int64) {
    self.phases = phases
    self.urgency = urgency
    self.id = id
  }

  var text: String {
    var bytes = ByteWriter()
    bytes.bytes = [Self.version, Self.number(of: phases)]
    bytes.append(urgency)
    bytes.append(id)
    return Base64URL.encode(bytes.bytes)
  }

  /// - Throws: ``StoreError`` with code `invalidCursor`.
  init(_ text: String, phases: AlertQuery.Phases) throws {
    guard let bytes = Base64URL.decode(text) else { throw Cursor.invalid }
    var reader = ByteReader(bytes: bytes)
    guard reader.byte() == Self.version, reader.byte() == Self.number(of: phases),
      let urgency = reader.integer(), let id = reader.integer(), reader.isAtEnd
    else { throw Cursor.invalid }
    self.init(phases: phases, urgency: urgency, id: id)
  }

  private static func number(of phases: AlertQuery.Phases) -> UInt8 {
    UInt8(AlertQuery.Phases.allCases.firstIndex(of: phases) ?? 0)
  }
}

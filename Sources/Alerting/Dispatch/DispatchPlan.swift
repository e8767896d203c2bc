import Store

/// What is to be said now.
public struct DispatchPlan: Equatable, Sendable {
  public var notifications: [PlannedNotification] = []
  /// Resolved alerts of which nothing more is to be said.
  public var settled: [Int64] = []
  /// For the record: silenced, inhibited, muted, escalated. Each once per alert and reason.
  public var events: [AlertEvent] = []
  /// The new values of what is known of groups, to be stored with the notifications.
  public var groups: [AlertGroup] = []

  public init() {}

  public var isEmpty: Bool {
    notifications.isEmpty && settled.isEmpty && events.isEmpty && groups.isEmpty
  }
}

/// A notification before it has a text.
public struct PlannedNotification: Equatable, Sendable {
  public var receiver: String
  public var group: String
  public var groupLabels: [AlertLabel: String]
  public var generation: Int64
  public var kind: AlertNotification.Kind
  /// Of the whole group, as this receiver sees it.
  public var status: AlertNotification.Told.Status
  /// The alerts that it speaks of, the most urgent first: all open ones of the group, and those resolved
  /// that the receiver has not been told so.
  public var told: [AlertNotification.Told]
  /// Those among them that are news to the receiver; none for a repetition.
  public var news: [Int64]
  /// Those of which the receiver has not been told anything before.
  public var first: [Int64] = []
  /// Of a digest: how many notifications the rate cap has held back.
  public var heldBack = 0

  public init(
    receiver: String, group: String, groupLabels: [AlertLabel: String], generation: Int64,
    kind: AlertNotification.Kind, status: AlertNotification.Told.Status,
    told: [AlertNotification.Told], news: [Int64], first: [Int64] = []
  ) {
    self.receiver = receiver
    self.group = group
    self.groupLabels = groupLabels
    self.generation = generation
    self.kind = kind
    self.status = status
    self.told = told
    self.news = news
    self.first = first
  }
}

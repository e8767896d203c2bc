import Detection

/// What a page of the status table is sorted by. The raw values are the interface's names.
public enum StatusSort: String, CaseIterable, Sendable {
  /// By urgency (danger, warning, stale, unknown, safe descending), then by `since`; those that are
  /// unknown or safe in the order in which they came first.
  case state
  /// By user, then by device, in the order of their UTF-8 bytes.
  case user
  case since
  case lastSeen = "last_seen"
  /// By value; subjects without one count as lowest. So with `score`.
  case value
  case score
  case revision

  /// The order in which people want to read: users ascending, all else descending (danger first,
  /// newest first, highest first).
  public var naturalOrder: SortOrder { self == .user ? .ascending : .descending }
}

public enum SortOrder: String, Sendable {
  case ascending = "asc"
  case descending = "desc"
}

/// Which rows of the status table to read, and in which order.
public struct StatusQuery: Sendable {
  /// Only rows in these states; empty: in any.
  public var states: Set<SafetyState>
  /// Only subjects of this kind.
  public var kind: String?
  /// Only users whose id begins with this; empty: any.
  public var userPrefix: String
  public var sort: StatusSort
  public var order: SortOrder
  /// Rows a page, 1 ... 1000; other values are brought into the range.
  public var limit: Int
  /// A page's `next`, to read the one after it with otherwise the same query.
  public var cursor: String?

  public init(
    states: Set<SafetyState> = [], kind: String? = nil, userPrefix: String = "",
    sort: StatusSort = .state, order: SortOrder? = nil, limit: Int = 100, cursor: String? = nil
  ) {
    self.states = states
    self.kind = kind
    self.userPrefix = userPrefix
    self.sort = sort
    self.order = order ?? sort.naturalOrder
    self.limit = limit
    self.cursor = cursor
  }
}

/// One page of the status table, all of it from the same moment.
public struct StatusPage: Sendable {
  /// The newest revision at that moment.
  public var revision: Int64
  /// Rows that match the query's filters, on all pages.
  public var total: Int
  /// Subjects by state, of the query's kind but whatever their state and user.
  public var counts: StateCounts
  public var items: [StatusRecord]
  /// The cursor of the next page, `nil` on the last.
  ///
  /// The next page begins behind the last row of this one, wherever that has moved since. Sorted by
  /// user, every row that exists throughout appears on exactly one page. Sorted by anything that
  /// changes, a row that moves across the place while pages are turned may appear twice or not at
  /// all; follow ``StoreReader/changes(after:limit:)`` to see every change.
  public var next: String?
}

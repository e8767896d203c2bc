/// Nobody is told of alerts that match, for a time. They are recorded all the same.
public struct Silence: Equatable, Sendable {
  /// The longest comment and author's name, in bytes of UTF-8, and the most matchers.
  public static let maxCommentBytes = 2_000
  public static let maxAuthorBytes = 256
  public static let maxMatchers = 32
  public static let maxMatcherBytes = 1_024
  /// The most silences that are not over at a time: each is held against each alert.
  public static let maxCurrent = 1_000

  /// Ascending from 1; 0 before it is written.
  public var id: Int64 = 0
  /// All must match, each like `user=u-17`, `device=door*`, `site!=s-1`, `user=~u-[0-9]+`; see `Alerting`.
  public var matchers: [String]
  /// It holds from `starts` up to, not including, `ends`. Milliseconds since 1970.
  public var starts: Int64
  public var ends: Int64
  public var author: String
  public var comment: String
  /// When it was made.
  public var created: Int64

  public init(
    matchers: [String], starts: Int64, ends: Int64, author: String, comment: String, created: Int64
  ) {
    self.matchers = matchers
    self.starts = starts
    self.ends = ends
    self.author = author
    self.comment = comment
    self.created = created
  }

  public func isActive(at time: Int64) -> Bool { starts <= time && time < ends }
}

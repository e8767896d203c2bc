/// Something that was put into the stream on purpose, for scoring what a detector makes of it.
public struct Truth: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Free fall, impact, lying still.
    case fall
    /// One sample that has nothing to do with the motion.
    case outlier
    /// A record that arrives long after its time.
    case late
    /// A record that arrives after the wearer's next one.
    case outOfOrder = "out_of_order"
    /// A record that is sent twice.
    case duplicate
    /// Bytes that are no record; `detail` says in which way.
    case malformed
  }

  public var kind: Kind
  /// The user's id as it stands in the records (in a malformed one: should stand).
  public var user: String
  /// Event time of the first sample concerned, Unix milliseconds. For a fall: when the free fall begins.
  public var start: Int64
  /// Event time of the last sample concerned. For a fall: when the impact has rung down; the wearer
  /// then lies still for a while.
  public var end: Int64
  /// The peak in g of a fall or an outlier (`6.31 g`), the kind of malformation, or nothing.
  public var detail: String

  public init(kind: Kind, user: String, start: Int64, end: Int64, detail: String = "") {
    self.kind = kind
    self.user = user
    self.start = start
    self.end = end
    self.detail = detail
  }

  /// One line of JSON, without the line's end. User ids hold nothing that needs an escape.
  public var json: String {
    "{\"kind\":\"\(kind.rawValue)\",\"user\":\"\(user)\",\"start\":\(start),\"end\":\(end)"
      + ",\"detail\":\"\(detail)\"}"
  }
}

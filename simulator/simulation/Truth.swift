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

    /// A visit before a camera; `visit` says more.
    case person, animal, vehicle
    /// A camera whose lens is covered.
    case void
    /// A camera's record that says wrongly whose it is, or where; `detail` says in which way.
    case badTags = "bad_tags"
  }

  /// What comes before a camera.
  public struct Visit: Hashable, Sendable {
    /// What a detector that makes no mistake calls it: `person`, `raccoon`, …
    public var className: String
    /// The zone that it enters, if any.
    public var zone: String?
    /// Whether somebody should be told: a person in the restricted zone, at an hour when nobody may be.
    public var isThreat: Bool

    public init(className: String, zone: String? = nil, isThreat: Bool = false) {
      self.className = className
      self.zone = zone
      self.isThreat = isThreat
    }
  }

  public var kind: Kind
  /// The user's id as it stands in the records (in a malformed one: should stand).
  public var user: String
  /// The camera; empty for wearers, who have one device each.
  public var device: String
  /// Event time of the first sample concerned, Unix milliseconds. For a fall: when the free fall begins.
  public var start: Int64
  /// Event time of the last sample concerned. For a fall: when the impact has rung down; the wearer
  /// then lies still for a while.
  public var end: Int64
  public var visit: Visit?
  /// The peak in g of a fall or an outlier (`6.31 g`), the kind of malformation, or nothing.
  public var detail: String

  public init(
    kind: Kind, user: String, device: String = "", start: Int64, end: Int64, visit: Visit? = nil,
    detail: String = ""
  ) {
    self.kind = kind
    self.user = user
    self.device = device
    self.start = start
    self.end = end
    self.visit = visit
    self.detail = detail
  }

  /// One line of JSON, without the line's end. Ids hold nothing that needs an escape.
  public var json: String {
    var text = "{\"kind\":\"\(kind.rawValue)\",\"user\":\"\(user)\""
    if !device.isEmpty { text += ",\"device\":\"\(device)\"" }
    text += ",\"start\":\(start),\"end\":\(end)"
    if let visit {
      text += ",\"class\":\"\(visit.className)\""
      if let zone = visit.zone { text += ",\"zone\":\"\(zone)\"" }
      text += ",\"is_threat\":\(visit.isThreat)"
    }
    return text + ",\"detail\":\"\(detail)\"}"
  }
}

import Detection
import Events
import Store

/// A subject's row, the same to the byte whether it was read from the table or has just been written
/// to it.
extension JSONWriter {
  /// A row as a reader gives it.
  mutating func row(_ record: StatusRecord) {
    literal("{\"kind\":")
    string(record.identity.kind)
    literal(",\"user\":")
    string(record.identity.user)
    literal(",\"device\":")
    string(record.identity.device)
    state(record.state, previous: record.previousState)
    times(since: record.since, lastSeen: record.lastSeen)
    figures(value: record.value, mean: record.mean, std: record.std, score: record.score)
    literal(",\"unit\":")
    string(record.unit)
    literal(",\"reason\":")
    string(record.reason)
    literal(",\"revision\":")
    integer(record.revision)
    if let cause = record.cause {
      place(topic: cause.topic, partition: cause.partition)
      integer(cause.offset)
    } else {
      noPlace()
    }
    literal(",\"config\":")
    if let version = record.configVersion { string(version) } else { literal("null") }
    whereabouts(record.location, timeZone: record.timeZone, site: record.site)
    byte(UInt8(ascii: "}"))
  }

  // MARK: The parts

  mutating func state(_ state: SafetyState, previous: SafetyState) {
    literal(",\"state\":")
    literal(state.quotedName)
    literal(",\"previous\":")
    literal(previous.quotedName)
  }

  mutating func times(since: Int64, lastSeen: Int64) {
    literal(",\"since\":")
    time(since)
    literal(",\"last_seen\":")
    time(lastSeen)
  }

  mutating func figures(value: Double?, mean: Double?, std: Double?, score: Double?) {
    literal(",\"value\":")
    self.value(value)
    literal(",\"mean\":")
    figure(mean)
    literal(",\"std\":")
    figure(std)
    literal(",\"score\":")
    figure(score)
  }

  /// Topic and partition; the offset is to follow.
  mutating func place(topic: String, partition: Int32) {
    literal(",\"topic\":")
    string(topic)
    literal(",\"partition\":")
    integer(Int64(partition))
    literal(",\"offset\":")
  }

  mutating func noPlace() { literal(",\"topic\":null,\"partition\":null,\"offset\":null") }

  /// Where a subject is, by its records.
  mutating func whereabouts(_ location: GeoLocation?, timeZone: String, site: String) {
    literal(",\"location\":")
    self.location(location)
    literal(",\"timezone\":")
    string(timeZone)
    literal(",\"site\":")
    string(site)
  }

  mutating func location(_ location: GeoLocation?) {
    guard let location else { return literal("null") }
    literal("{\"latitude\":")
    value(location.latitude)
    literal(",\"longitude\":")
    value(location.longitude)
    byte(UInt8(ascii: "}"))
  }

  /// `{"unknown":0,"safe":1990,…}`
  mutating func counts(_ counts: StateCounts) {
    byte(UInt8(ascii: "{"))
    for state in SafetyState.allCases {
      comma(unless: state == SafetyState.allCases.first)
      literal(state.quotedName)
      byte(UInt8(ascii: ":"))
      integer(counts[state])
    }
    byte(UInt8(ascii: "}"))
  }
}

extension SafetyState {
  fileprivate var quotedName: StaticString {
    switch self {
    case .unknown: "\"unknown\""
    case .safe: "\"safe\""
    case .warning: "\"warning\""
    case .danger: "\"danger\""
    case .stale: "\"stale\""
    }
  }
}

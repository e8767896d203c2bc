/// The alarms' durable form, little-endian: a version byte; for each alarm the rule's id, `lastThreat`,
/// `lastHeld`, `lastArrival` and `cooldown` in 8 bytes each, a byte of flags (1 raised, 2 continued,
/// 4 danger, 8 cause kept open), the length of the reason in 2 bytes and the reason in UTF-8.
extension CameraAlarms {
  private static let version: UInt8 = 1
  private static let headBytes = 43
  /// The most alarms written: raised ones first, then those with open causes, then those with the newest
  /// threats.
  static let maxWritten = 256

  /// The bytes that `init(evidence:)` reads; empty if there is nothing to keep.
  var evidence: [UInt8] {
    if alarms.isEmpty { return [] }
    var written = alarms[...]
    if written.count > Self.maxWritten {
      let byUrgency = alarms.sorted {
        if $0.isRaised != $1.isRaised { return $0.isRaised }
        return $0.isKeptOpen != $1.isKeptOpen ? $0.isKeptOpen : $0.lastThreat > $1.lastThreat
      }
      written = byUrgency.prefix(Self.maxWritten)
    }
    var bytes: [UInt8] = [Self.version]
    bytes.reserveCapacity(1 + written.count * (Self.headBytes + 64))
    for alarm in written {
      for word in [
        Int64(alarm.rule), alarm.lastThreat, alarm.lastHeld, alarm.lastArrival, alarm.cooldown,
      ] {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
      }
      let flags: UInt8 =
        (alarm.isRaised ? 1 : 0) | (alarm.isContinued ? 2 : 0)
        | (alarm.severity == .danger ? 4 : 0) | (alarm.isKeptOpen ? 8 : 0)
      bytes.append(flags)
      let reason = Array(alarm.reason.utf8)
      bytes.append(UInt8(reason.count & 0xff))
      bytes.append(UInt8(reason.count >> 8))
      bytes.append(contentsOf: reason)
    }
    return bytes
  }

  /// Reads what `evidence` wrote; `nil` if the bytes are of another version or damaged.
  init?(evidence: [UInt8]) {
    self.init()
    if evidence.isEmpty { return }
    guard evidence[0] == Self.version else { return nil }
    var place = 1
    var alarms: [Alarm] = []
    while place < evidence.count {
      guard evidence.count - place >= Self.headBytes, alarms.count < Self.maxWritten else {
        return nil
      }
      let words = (0..<5).map { word in
        let start = place + 8 * word
        let bits = evidence[start..<start + 8].reversed().reduce(UInt64(0)) {
          $0 << 8 | UInt64($1)
        }
        return Int64(bitPattern: bits)
      }
      let flags = evidence[place + 40]
      let length = Int(evidence[place + 41]) | Int(evidence[place + 42]) << 8
      place += Self.headBytes
      // Bounds that keep the arithmetic on these times from overflowing.
      let limit = Int64.max / 4
      guard flags < 16, length <= Self.maxReasonBytes, evidence.count - place >= length,
        words.allSatisfy({ $0 > -limit && $0 < limit }), words[4] >= 0,
        let reason = String(validating: evidence[place..<place + length], as: UTF8.self)
      else { return nil }
      place += length
      alarms.append(
        Alarm(
          rule: Int(words[0]), severity: flags & 4 != 0 ? .danger : .warning,
          isRaised: flags & 1 != 0, isContinued: flags & 2 != 0, isKeptOpen: flags & 8 != 0,
          lastThreat: words[1], lastHeld: words[2], lastArrival: words[3], cooldown: words[4],
          reason: reason))
    }
    guard Set(alarms.map(\.rule)).count == alarms.count else { return nil }
    self.init(alarms: alarms)
  }
}

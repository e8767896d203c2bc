/// What must be kept of a camera across a restart, because no frame that is read again can tell it: which
/// rules are raised, when they last made a threat, and whether the equipment is at fault.
///
/// Touched by live frames only.
struct CameraNotes: Equatable {
  /// The camera sends images in which nothing can be seen.
  struct Fault: Equatable {
    /// When the last void image was taken, and when it reached Kafka.
    var lastVoid: Int64
    var lastArrival: Int64
    var reason: String
  }

  var alarms = CameraAlarms()
  var fault: Fault?
  /// The camera fell silent with a fault, whose cause is not over before something can be seen again.
  var isFaultKeptOpen = false

  var isEmpty: Bool { alarms.isEmpty && fault == nil && !isFaultKeptOpen }

  /// Whether a rule is raised, or the equipment at fault.
  var hasCauses: Bool { alarms.highest != nil || fault != nil }

  /// The state that the notes make of a camera that is watched.
  var state: SafetyState { alarms.highest ?? (fault == nil ? .safe : .warning) }

  /// Why, in words; `nil` if it is safe.
  var reason: String? {
    guard let reason = alarms.reason else { return fault?.reason }
    return alarms.continues == nil ? reason : "\(reason), again within the rule's cooldown"
  }

  /// The fault is over once no void image has come for `clearAfter`, by the camera's own time or by its
  /// partition's clock. Returns when it ended.
  mutating func endFault(at time: Int64?, clock: Int64, clearAfter: Int64) -> Int64? {
    guard let fault else { return nil }
    let isOver =
      time.map { $0 - fault.lastVoid >= clearAfter } ?? false
      || clock - fault.lastArrival >= clearAfter
    guard isOver else { return nil }
    self.fault = nil
    return fault.lastVoid + clearAfter
  }
}

/// The notes' durable form: a little-endian word each for the fault's times (the least number for none; 0
/// as the second one if the cause of a fault is kept open), the length and the bytes of its reason, then the
/// alarms.
extension CameraNotes {
  func encode(into bytes: inout [UInt8]) {
    Self.append(fault?.lastVoid ?? .min, to: &bytes)
    Self.append(fault?.lastArrival ?? (isFaultKeptOpen ? 0 : .min), to: &bytes)
    let reason = Array((fault?.reason ?? "").utf8)
    Self.append(Int64(reason.count), to: &bytes)
    bytes.append(contentsOf: reason)
    bytes.append(contentsOf: alarms.evidence)
  }

  /// Reads what `encode(into:)` wrote; `nil` if the bytes are cut short or of another version.
  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    guard let lastVoid = Self.word(&rest), let lastArrival = Self.word(&rest),
      let count = Self.word(&rest), count >= 0, count <= rest.count
    else { return nil }
    if lastVoid != .min {
      fault = Fault(
        lastVoid: lastVoid, lastArrival: lastArrival,
        reason: String(decoding: rest.prefix(Int(count)), as: UTF8.self))
    } else {
      isFaultKeptOpen = lastArrival == 0
    }
    guard let alarms = CameraAlarms(evidence: Array(rest.dropFirst(Int(count)))) else { return nil }
    self.alarms = alarms
  }

  private static func append(_ value: Int64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func word(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
    guard bytes.count >= 8 else { return nil }
    defer { bytes = bytes.dropFirst(8) }
    return Int64(
      bitPattern: bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

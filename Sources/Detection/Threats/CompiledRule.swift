import Events

/// A rule with its names resolved. Shared by the lists of all cameras it is assigned to.
final class CompiledRule {
  let source: ThreatRule
  let id: Int
  let name: String
  let severity: SafetyState
  let cooldown: Int64
  let unsafe: ClassSet
  let isAll: Bool
  let probability: Int32
  /// 0 if no median is asked for.
  let median: Int32
  let zones: [CompiledZone]
  let schedule: CompiledSchedule?
  let persist: ThreatRule.Persistence

  init(_ rule: ThreatRule, names: FrameNames, timeZones: TimeZoneTable) {
    source = rule
    id = rule.id
    name = rule.name
    severity = rule.severity == .danger ? .danger : .warning
    cooldown = rule.cooldown
    unsafe = ClassSet(rule.unsafe.compactMap { names.classes.intern($0) })
    isAll = rule.match == .all
    probability = rule.probability
    median = rule.medianProbability ?? 0
    zones = rule.zones.map { CompiledZone($0, names: names) }
    schedule = rule.schedule.map { CompiledSchedule($0, timeZones: timeZones) }
    persist = rule.persist
  }
}

/// What is never a threat for some cameras.
struct CompiledExemptions {
  /// Anywhere in the image.
  private(set) var everywhere = ClassSet()
  private var zoned: [(classes: ClassSet, zones: [CompiledZone])] = []

  mutating func add(classes: ClassSet, zones: [CompiledZone]) {
    if zones.isEmpty { everywhere.formUnion(classes) } else { zoned.append((classes, zones)) }
  }

  @inline(__always)
  func contains(_ object: DetectedObject, _ zoneIDs: UnsafeBufferPointer<UInt16>) -> Bool {
    everywhere.contains(object.classID) || !zoned.isEmpty && isInZone(object, zoneIDs)
  }

  private func isInZone(
    _ object: DetectedObject, _ zoneIDs: UnsafeBufferPointer<UInt16>
  ) -> Bool {
    zoned.contains {
      $0.classes.contains(object.classID) && $0.zones.firstContaining(object, zoneIDs) >= 0
    }
  }
}

import Detection
import Observability
import Synchronization

/// What the service has done since it started. Everything is counted once it is in the database.
public final class ServiceCounters: Sendable {
  public let records = Counter()
  public let samples = Counter()
  public let rows = Counter()
  public let windows = Counter()
  public let anomalies = Counter()
  public let lateSamples = Counter()
  public let evictedSamples = Counter()
  public let lostRecords = Counter()
  public let transitions = LabelledCounter()
  public let invalidRecords = LabelledCounter()
  /// Frames of cameras, those in which nothing could be seen, threats by rule, and faults by kind.
  public let frames = Counter()
  public let voidFrames = Counter()
  public let threats = LabelledCounter()
  public let equipmentFaults = LabelledCounter()
  /// Readings of the rules files after the start that took effect, and that were refused.
  public let rulesReloads = Counter()
  public let rulesReloadFailures = Counter()
  public let commits = Counter()
  public let failedCommits = Counter()
  /// How often reading was paused because the database was slower than the records.
  public let pauses = Counter()
  public let deadLettersDelivered = Counter()
  public let deadLettersFailed = Counter()
  public let prunedRows = Counter()
  /// Windows that share a row now.
  public let mergedWindows = Counter()
  private let commitSeconds = Mutex<(last: Double, worst: Double)>((0, 0))
  private let rate = Mutex<RateMeter>(RateMeter())

  func count(_ decisions: Decisions, seconds: Double, at now: Double) {
    records.add(decisions.recordCount)
    samples.add(decisions.sampleCount)
    rows.add(decisions.rows.count)
    windows.add(decisions.windows.count)
    anomalies.add(decisions.anomalies.count)
    lateSamples.add(decisions.lateSamples.count)
    evictedSamples.add(decisions.evictedCount)
    for range in decisions.lostRanges { lostRecords.add(range.offsets.count) }
    for row in decisions.rows where row.isTransition { transitions.add(row.state.name) }
    for record in decisions.invalidRecords { invalidRecords.add(record.reason) }
    if decisions.frameCount > 0 {
      frames.add(decisions.frameCount)
      voidFrames.add(decisions.voidFrameCount)
    }
    for threat in decisions.threats { threats.add("\(threat.rule)") }
    for fault in decisions.equipmentFaults { equipmentFaults.add(fault.kind.rawValue) }
    commits.add()
    commitSeconds.withLock { $0 = (seconds, max($0.worst, seconds)) }
    rate.withLock { $0.add(decisions.recordCount, at: now) }
  }

  /// Records stored a second, over the last few seconds.
  public var recordsPerSecond: Double {
    rate.withLock { $0.perSecond(at: WallClock.monotonicSeconds()) }
  }

  /// How long the last commit took, and the longest one.
  public var commitTimes: (last: Double, worst: Double) { commitSeconds.withLock { $0 } }
}

/// Counts over a sliding five seconds, in slots of a quarter.
struct RateMeter {
  private static let slotsPerSecond = 4.0
  private static let slotCount = 20
  private var slots = Array(repeating: 0, count: slotCount)
  private var newest = 0
  private var first: Double?

  mutating func add(_ count: Int, at now: Double) {
    if first == nil { first = now }
    roll(to: now)
    slots[newest % Self.slotCount] += count
  }

  mutating func perSecond(at now: Double) -> Double {
    guard let first else { return 0 }
    roll(to: now)
    // All slots but the newest are whole.
    let partOfNewest = now - Double(newest) / Self.slotsPerSecond
    let covered = Double(Self.slotCount - 1) / Self.slotsPerSecond + partOfNewest
    let span = min(covered, max(now - first, 1))
    return Double(slots.reduce(0, +)) / span
  }

  private mutating func roll(to now: Double) {
    let slot = Int(now * Self.slotsPerSecond)
    guard slot > newest else { return }
    for passed in max(newest + 1, slot - Self.slotCount + 1)...slot {
      slots[passed % Self.slotCount] = 0
    }
    newest = slot
  }
}

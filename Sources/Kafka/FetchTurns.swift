/// Gives every partition its turn at being fetched while there is more to fetch than can be done.
///
/// Each time its queue was full librdkafka begins with a broker's first partition again, and what comes in
/// one answer is bounded. If there are more partitions than an answer has room for, the others would wait
/// until those before them have been read to their ends, which they never are if records come faster than
/// they are done. So time is cut into turns. A partition that has had records steps aside after its turn,
/// for as long as others with a backlog have had none; when all have had some, a new round begins.
///
/// What steps aside loses what has been fetched of it and has to be fetched again: a queue full of messages
/// a turn. If each turn brings something of every partition, nobody ever steps aside.
struct FetchTurns {
  /// How far an assigned partition has been read.
  struct Partition {
    var index: Int
    /// The offset of the next message to be lent.
    var next: Int64
    /// The offset at which the broker said that the partition ends, nil if it did not say.
    var end: Int64?
  }

  /// The partitions that step aside.
  private(set) var resting: Set<Int> = []

  /// In milliseconds, as all times here.
  private let length: Int64
  /// Those that have had records in this round.
  private var served: Set<Int> = []
  /// While others rest: those with a backlog that have had none, up to which offset.
  private var awaited: [(index: Int, end: Int64)] = []
  /// How far each was at the end of the last turn.
  private var reached: [Int: Int64] = [:]
  private var began = Int64.min
  private var sleepsUntil = Int64.min

  /// If nothing comes of those for whom others rest, a turn lasts so long and no longer.
  private static let patience: Int64 = 1_000
  /// After a turn of partitions that could not be read (no leader, no permission) all are fetched for so
  /// long.
  private static let holdOff: Int64 = 30_000

  init(length: Int64 = 2_000) { self.length = length }

  /// Whether a turn ends now: after its time, or when there is nothing to read and those for whom others
  /// rest have caught up.
  ///
  /// - Parameters:
  ///   - isIdle: There was nothing to read.
  ///   - next: The offset of the next message of a partition, by its index.
  func isOver(now: Int64, isIdle: Bool, next: (Int) -> Int64) -> Bool {
    if began == .min || now - began >= length { return true }
    guard isIdle, !resting.isEmpty else { return false }
    return now - began >= Self.patience || awaited.allSatisfy { next($0.index) >= $0.end }
  }

  /// A turn ends; `resting` is then what it is to be in the next one.
  ///
  /// - Parameters:
  ///   - wasFull: The queue has been full in this turn: there was more to fetch than could be done.
  ///   - partitions: All that are assigned.
  mutating func next(now: Int64, wasFull: Bool, _ partitions: [Partition]) {
    let hasLastedLong = began != .min && now - began >= Self.patience
    began = now
    defer {
      reached = Dictionary(uniqueKeysWithValues: partitions.map { ($0.index, $0.next) })
    }
    let moved = Set(partitions.filter { (reached[$0.index] ?? $0.next) != $0.next }.map(\.index))
    if hasLastedLong, !resting.isEmpty, moved.subtracting(resting).isEmpty {
      sleepsUntil = now + Self.holdOff
    }
    guard wasFull || !resting.isEmpty, now >= sleepsUntil else { return beginRound() }
    served.formUnion(moved)
    awaited = partitions.compactMap { partition in
      guard !served.contains(partition.index), let end = partition.end, end > partition.next else {
        return nil
      }
      return (partition.index, end)
    }
    if awaited.isEmpty { beginRound() } else { resting = served }
  }

  /// These are assigned no more.
  mutating func forget(_ indices: [Int]) {
    resting.subtract(indices)
    served.subtract(indices)
    awaited.removeAll { indices.contains($0.index) }
  }

  private mutating func beginRound() {
    resting = []
    served = []
    awaited = []
  }
}

/// When the faults of one device begin and end, in seconds after the recording's beginning.
struct FaultSchedule {
  struct Entry {
    var span: Range<Double>
    /// 0 … 1, evenly: which of its variants the fault is.
    var variant: Double
    /// 0 … 1, evenly: how strong it is.
    var strength: Double
    /// 1 or −1: which way.
    var sign: Double
  }

  let entries: [Entry]
  private var next = 0

  init(_ configuration: FaultConfiguration, user: Int) {
    var random = SplitMix64(configuration.seed, user: user, index: 0, purpose: .fault)
    let end = Double(configuration.duration) / 1_000
    let plan = Plan(configuration.kind)
    var entries: [Entry] = []
    var start = plan.first + random.exponential(mean: plan.gap)
    while true {
      let length = random.uniform(plan.length.lowerBound, plan.length.upperBound)
      // All of a fault is in the recording, and what comes after it too.
      guard start + length + plan.rest < end else { break }
      entries.append(
        Entry(
          span: start..<start + length, variant: random.unit(), strength: random.unit(),
          sign: random.unit() < 0.5 ? -1 : 1))
      start += length + plan.rest + random.exponential(mean: plan.gap)
    }
    self.entries = entries
  }

  /// The fault at a time and its number. Times may not go back.
  mutating func entry(at time: Double) -> (number: Int, entry: Entry)? {
    while next < entries.count, entries[next].span.upperBound <= time { next += 1 }
    guard next < entries.count, entries[next].span.contains(time) else { return nil }
    return (next, entries[next])
  }

  /// How often a kind of fault comes and how long it lasts, in seconds.
  private struct Plan {
    /// The first comes no sooner.
    var first: Double
    /// After one the next comes no sooner,
    var rest: Double
    /// and then so much later in the mean.
    var gap: Double
    var length: ClosedRange<Double>

    init(_ kind: FaultKind) {
      let minute = 60.0
      let day = 86_400.0
      switch kind.source {
      case .wearer:
        self.init(
          first: 10 * minute, rest: 10 * minute, gap: 20 * minute,
          length: kind == .limit ? 10...5 * minute : 2 * minute...15 * minute)
      case .gauge:
        self.init(
          first: 30 * minute, rest: 30 * minute, gap: 30 * minute,
          length: Self.length(of: kind))
      case .meter:
        self.init(first: 28 * day, rest: 5 * day, gap: 5 * day, length: day...3 * day)
      }
    }

    private static func length(of kind: FaultKind) -> ClosedRange<Double> {
      switch kind {
      // One to three readings.
      case .spike: 1...2.99
      case .drift: 1_200...4_800
      default: 600...2_400
      }
    }

    private init(first: Double, rest: Double, gap: Double, length: ClosedRange<Double>) {
      self.first = first
      self.rest = rest
      self.gap = gap
      self.length = length
    }
  }
}

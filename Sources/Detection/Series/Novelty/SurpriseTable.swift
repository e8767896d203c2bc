import Glibc

/// How surprising a bin is in a context, in nats: −log of its share among what was seen in that context.
///
/// Counts of neighbouring bins are counted in part, so that what has not been seen but lies beside what has
/// is less surprising. A context whose counts would pass 65,535 halves them: the newest half of the memory
/// then weighs as much as all before. Takes two bytes for each pair of context and bin.
struct SurpriseTable: Equatable, Sendable {
  /// What the contexts have in common.
  enum Contexts: Equatable, Sendable {
    /// They are in an order, and neighbours are alike: their counts are counted in part.
    case ordered
    /// Each for itself: the less is known of one, the more it is taken to be like all together.
    case alike
  }

  /// How much of a neighbour's count is counted.
  private static let spread = 0.5
  /// The weight of a neighbour's half on both sides and of the bin itself.
  private static let weight = 1 + 2 * spread

  private let bins: Int
  private let kind: Contexts
  /// Counted for each bin before anything was seen.
  private let prior: Double
  private var counts: [UInt16]
  private var totals: [UInt16]

  init(contexts: Int, bins: Int, kind: Contexts, prior: Double) {
    self.bins = bins
    self.kind = kind
    self.prior = prior
    let all = kind == .alike ? contexts + 1 : contexts
    counts = Array(repeating: 0, count: all * bins)
    totals = Array(repeating: 0, count: all)
  }

  /// Where the counts of all contexts together are kept, if they are.
  private var common: Int { totals.count - 1 }

  func surprise(of bin: Int, in context: Int) -> Double {
    var count = count(of: bin, in: context)
    var total = Double(totals[context])
    let priors = prior * Double(bins)
    switch kind {
    case .ordered:
      if context > 0 {
        count += Self.spread * self.count(of: bin, in: context - 1)
        total += Self.spread * Double(totals[context - 1])
      }
      if context + 1 < totals.count {
        count += Self.spread * self.count(of: bin, in: context + 1)
        total += Self.spread * Double(totals[context + 1])
      }
      count += prior
    case .alike:
      let share =
        (self.count(of: bin, in: common) + prior)
        / (Self.weight * Double(totals[common]) + priors)
      count += priors * share
    }
    return log((Self.weight * total + priors) / count)
  }

  /// With its neighbours.
  private func count(of bin: Int, in context: Int) -> Double {
    let place = context * bins + bin
    var neighbours = 0
    if bin > 0 { neighbours += Int(counts[place - 1]) }
    if bin + 1 < bins { neighbours += Int(counts[place + 1]) }
    return Double(counts[place]) + Self.spread * Double(neighbours)
  }

  mutating func add(_ bin: Int, in context: Int) {
    count(bin, in: context)
    if kind == .alike { count(bin, in: common) }
  }

  private mutating func count(_ bin: Int, in context: Int) {
    if totals[context] == .max { halve(context) }
    counts[context * bins + bin] += 1
    totals[context] += 1
  }

  private mutating func halve(_ context: Int) {
    var total: UInt16 = 0
    for place in context * bins..<(context + 1) * bins {
      counts[place] /= 2
      total += counts[place]
    }
    totals[context] = total
  }
}

extension SurpriseTable {
  /// Writes what is not 0, each with its place in the same word.
  func save(to state: inout DetectorStateWriter) {
    state.write(counts.count { $0 != 0 })
    for (place, count) in counts.enumerated() where count != 0 {
      state.write(place << 16 | Int(count))
    }
  }

  /// Takes up the counts; the receiver has none yet.
  ///
  /// - Returns: whether they are such as this table can have.
  mutating func restore(from state: inout DetectorStateReader) -> Bool {
    guard let number = state.count(limit: counts.count) else { return false }
    var next = 0
    for _ in 0..<number {
      guard let word = state.count(limit: counts.count << 16 - 1) else { return false }
      let place = word >> 16
      let count = UInt16(word & 0xFFFF)
      let total = totals[place / bins].addingReportingOverflow(count)
      guard place >= next, count > 0, !total.overflow else { return false }
      counts[place] = count
      totals[place / bins] = total.partialValue
      next = place + 1
    }
    return true
  }
}

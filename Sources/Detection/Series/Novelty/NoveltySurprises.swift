/// The channels of surprise: how seldom a bin followed another one, and how seldom it is seen at an hour.
///
/// They begin once the bins are known.
struct NoveltySurprises: Equatable, Sendable {
  /// Counted for what was never seen.
  private static let prior = 0.1
  /// By how much of its width the range of the first samples is widened on each side.
  private static let margin = 1.0
  private static let day: Int64 = 24 * 3_600_000

  private let rules: NoveltyRules
  private let transitionBins: ValueBins
  private let hourBins: ValueBins
  private var transitions: SurpriseTable
  private var hours: SurpriseTable
  private var lastBin: Int
  private var transition: SurpriseNovelty
  private var hourShort: SurpriseNovelty
  private var hourLong: SurpriseNovelty

  /// - Parameter points: the first ones, at least one.
  init(_ rules: NoveltyRules, first points: [SeriesPoint]) {
    let values = points.lazy.map(\.value)
    self.init(
      rules,
      transitionBins: ValueBins(
        count: rules.transition.bins, values: values, margin: Self.margin),
      hourBins: ValueBins(count: rules.hour.bins, values: values, margin: Self.margin))
    for (index, point) in points.enumerated() {
      let bin = transitionBins.bin(of: point.value)
      if index > 0 { transitions.add(bin, in: lastBin) }
      lastBin = bin
      hours.add(hourBins.bin(of: point.value), in: hour(of: point))
    }
  }

  private init(_ rules: NoveltyRules, transitionBins: ValueBins, hourBins: ValueBins) {
    self.rules = rules
    self.transitionBins = transitionBins
    self.hourBins = hourBins
    transitions = SurpriseTable(
      contexts: rules.transition.bins, bins: rules.transition.bins, kind: .ordered,
      prior: Self.prior)
    hours = SurpriseTable(
      contexts: rules.hour.parts, bins: rules.hour.bins, kind: .alike, prior: Self.prior)
    lastBin = 0
    transition = SurpriseNovelty(length: rules.transition.length)
    hourShort = SurpriseNovelty(length: rules.hour.short)
    hourLong = SurpriseNovelty(length: rules.hour.long)
  }

  private func hour(of point: SeriesPoint) -> Int {
    dayPart(point.time, of: Self.day, parts: rules.hour.parts)
  }

  /// The largest of the channels' novelties by their scales.
  mutating func score(_ point: SeriesPoint, at index: Int) -> Double {
    let bin = transitionBins.bin(of: point.value)
    let step = transitions.surprise(of: bin, in: lastBin)
    transitions.add(bin, in: lastBin)
    lastBin = bin

    let hourBin = hourBins.bin(of: point.value)
    let hour = hour(of: point)
    let time = hours.surprise(of: hourBin, in: hour)
    hours.add(hourBin, in: hour)

    let window = rules.window
    return max(
      share(transition.next(step, at: index, window: window), of: rules.transition.scale),
      share(hourShort.next(time, at: index, window: window), of: rules.hour.shortScale),
      share(hourLong.next(time, at: index, window: window), of: rules.hour.longScale))
  }
}

/// A novelty in units of its channel's scale; 0 for a channel that is taken away.
func share(_ novelty: Double, of scale: Double) -> Double {
  scale > 0 ? novelty / scale : 0
}

extension NoveltySurprises {
  func save(to state: inout DetectorStateWriter) {
    transitionBins.save(to: &state)
    hourBins.save(to: &state)
    transitions.save(to: &state)
    hours.save(to: &state)
    state.write(lastBin)
    transition.save(to: &state)
    hourShort.save(to: &state)
    hourLong.save(to: &state)
  }

  init?(_ rules: NoveltyRules, from state: inout DetectorStateReader, indices: Range<Int>) {
    guard let transitionBins = ValueBins(count: rules.transition.bins, from: &state),
      let hourBins = ValueBins(count: rules.hour.bins, from: &state)
    else { return nil }
    self.init(rules, transitionBins: transitionBins, hourBins: hourBins)
    guard transitions.restore(from: &state), hours.restore(from: &state),
      let lastBin = state.count(limit: rules.transition.bins - 1),
      let transition = SurpriseNovelty(
        length: rules.transition.length, from: &state, indices: indices),
      let hourShort = SurpriseNovelty(length: rules.hour.short, from: &state, indices: indices),
      let hourLong = SurpriseNovelty(length: rules.hour.long, from: &state, indices: indices)
    else { return nil }
    self.lastBin = lastBin
    self.transition = transition
    self.hourShort = hourShort
    self.hourLong = hourLong
  }
}

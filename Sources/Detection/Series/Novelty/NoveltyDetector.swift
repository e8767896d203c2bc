import Glibc

/// Finds what a series has not been before, by the novelty of range of five channels made of it.
///
/// A channel's novelty is how far it lies outside of all that it has been within the last
/// ``NoveltyRules/window`` samples, as a share of the range they span: 0 inside, which is nearly always. The
/// channels are the distance from the mean of the last samples, that from what is usual at this time of the
/// week, how surprising the step from the last sample to this one is, and how surprising the sample is at
/// this hour, in the short and in the long run. The largest novelty, each in units of its channel's scale,
/// is the score; it is lowered while little is known, and 0 unless it exceeds all scores shortly before.
///
/// The range remembers a lasting anomaly as known only once it has been reached: a longer anomaly is told at
/// its beginning and at its worst, not throughout. A point whose time is not greater than the last one's is
/// not judged and changes nothing; nor one beyond 10¹⁰⁰, or no number.
///
/// A sample costs O(1), amortised. By the default rules a subject takes 11 KB, and for each of the five
/// channels 12 bytes for each value that no later one exceeds (and that none goes below, for the first two):
/// 2 … 10 KB for most series, at worst, when values rise or fall throughout the window, about 1 MB.
public struct NoveltyDetector: SeriesDetector, Equatable {
  /// Larger values are not judged: so sums of what is judged stay finite.
  private static let largest = 1e100

  private let rules: NoveltyRules
  /// Points so far.
  private var count = 0
  private var lastTime = Int64.min
  /// The first points, until there are enough for the bins.
  private var first: [SeriesPoint] = []
  private var mean: RunningMean
  private var deviation = RangeNovelty()
  private var week: WeekProfile
  private var weekResidual = RangeNovelty()
  /// `nil` until the warm-up is over.
  private var surprises: NoveltySurprises?
  private var recent = SlidingMaximum()

  public init(_ rules: NoveltyRules) {
    self.rules = rules
    mean = RunningMean(length: rules.deviation.length)
    week = WeekProfile(parts: rules.week.parts, learning: rules.week.learning)
  }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    guard point.time > lastTime, abs(point.value) <= Self.largest else { return nil }
    lastTime = point.time
    let index = count
    count += 1

    let known = mean.append(point.value)
    let usual = week.residual(of: point)
    let size = abs(point.value)
    var score = max(
      share(
        deviation.next(
          point.value - known, magnitude: max(size, abs(known)), at: index,
          window: rules.window),
        of: rules.deviation.scale),
      share(
        weekResidual.next(
          usual, magnitude: max(size, abs(point.value - usual)), at: index,
          window: rules.window),
        of: rules.week.scale))
    if let surprise = surprises?.score(point, at: index) {
      score = max(score, surprise)
    } else {
      first.append(point)
      if first.count == rules.warmUp {
        surprises = NoveltySurprises(rules, first: first)
        first = []
      }
    }
    if count < rules.window {
      score *= pow(Double(count) / Double(rules.window), rules.caution)
    }
    let isOddest = score > recent.value ?? 0
    recent.append(score, at: index, window: rules.quiet)
    guard count > rules.warmUp else { return nil }
    return isOddest ? score : 0
  }
}

extension NoveltyDetector {
  /// Marks the form of the state; to be raised with every change of it.
  private static let form = 1

  public func save(to state: inout DetectorStateWriter) {
    state.write(Self.form)
    state.write(count)
    state.write(lastTime)
    mean.save(to: &state)
    deviation.save(to: &state)
    week.save(to: &state)
    weekResidual.save(to: &state)
    recent.save(to: &state)
    if let surprises {
      surprises.save(to: &state)
    } else {
      for point in first {
        state.write(point.time)
        state.write(point.value)
      }
    }
  }

  public init?(_ rules: NoveltyRules, from state: inout DetectorStateReader) {
    guard state.count(limit: Self.form) == Self.form,
      let count = state.count(limit: 1 << 60), let lastTime = state.integer(),
      let mean = RunningMean(length: rules.deviation.length, from: &state)
    else { return nil }
    let window = max(count - rules.window, 0)..<count
    guard let deviation = RangeNovelty(from: &state, indices: window),
      let week = WeekProfile(
        parts: rules.week.parts, learning: rules.week.learning, from: &state),
      let weekResidual = RangeNovelty(from: &state, indices: window),
      let recent = SlidingMaximum(
        from: &state, indices: max(count - rules.quiet, 0)..<count)
    else { return nil }
    if count < rules.warmUp {
      for _ in 0..<count {
        guard let time = state.integer(), let value = state.number() else { return nil }
        first.append(SeriesPoint(time: time, value: value))
      }
    } else {
      guard let surprises = NoveltySurprises(rules, from: &state, indices: window) else {
        return nil
      }
      self.surprises = surprises
    }
    self.rules = rules
    self.count = count
    self.lastTime = lastTime
    self.mean = mean
    self.deviation = deviation
    self.week = week
    self.weekResidual = weekResidual
    self.recent = recent
  }
}

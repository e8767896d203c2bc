import Events

/// The fall as a sequence: perhaps free fall, an impact, then rest in another posture, each within its time
/// (after Bourke, O'Brien and Lyons, "Evaluation of a threshold-based tri-axial accelerometer fall detection
/// algorithm", Gait & Posture 26, 2007, and Karantonis et al., IEEE TITB 10, 2006). It keeps nothing: all that
/// it asks lies in the ring.
struct ImpactSequence: Sendable {
  let rules: ImpactRules

  /// How often a peak is looked at while rest is waited for, in milliseconds.
  static let step: Int64 = 500
  /// What comes so soon after the peak is not rest yet.
  static let settling: Int64 = 500
  /// The posture before the fall is the mean of this time before the peak.
  static let postureBefore: ClosedRange<Int64> = 1_000...3_000

  init(_ rules: ImpactRules) { self.rules = rules }

  enum Finding: Equatable { case fall, none, open }

  /// When a peak is looked at for the first time, after it.
  var firstLook: Int64 {
    rules.rest == nil && rules.turn == nil ? 0 : Self.settling + rules.restFor
  }
  /// When at the latest, after it.
  var lastLook: Int64 { max(firstLook, rules.rest == nil ? 0 : rules.restWithin) }

  /// Whether a peak, in thousandths of a g, is an impact.
  func isImpact(_ magnitude: Int64) -> Bool { magnitude >= rules.peak }

  /// Whether free fall came before a peak, or is not asked for. Parameters as of `look`.
  func isPrecededByFreeFall(
    _ peak: Int64, in ring: MotionView, magnitude: (Int) -> Int64
  ) -> Bool {
    guard let freeFall = rules.freeFall else { return true }
    var place = ring.place(from: peak - rules.freeFallWithin)
    while place < ring.count, ring.time(at: place) <= peak {
      if magnitude(place) < freeFall { return true }
      place += 1
    }
    return false
  }

  /// Looks at a peak.
  ///
  /// - Parameters:
  ///   - ring: with the peak in it, and what came before and after it.
  ///   - magnitude: of the sample at a place, in thousandths of a g.
  ///   - now: event time of the newest sample.
  func look(
    at peak: Int64, in ring: MotionView, now: Int64, magnitude: (Int) -> Int64
  ) -> Finding {
    guard isPrecededByFreeFall(peak, in: ring, magnitude: magnitude) else { return .none }
    let waiting: Finding = now < peak + lastLook ? .open : .none
    let first = ring.place(from: now - rules.restFor)
    if let rest = rules.rest {
      var count: Int64 = 0
      var sum: Int64 = 0
      var squares: Int64 = 0
      for place in first..<ring.count {
        // At most 2¹⁵, squared and 65,536 times: below 2⁴⁷.
        let value = min(magnitude(place), Int64(Int16.max))
        count += 1
        sum += value
        squares += value * value
      }
      // s² ≥ rest² without a division; fewer than three samples show no rest.
      guard count > 2, count * squares - sum * sum < rest * rest * count * (count - 1) else {
        return waiting
      }
    }
    guard let turn = rules.turn else { return .fall }
    let before = Posture(
      ring, from: peak - Self.postureBefore.upperBound,
      through: peak - Self.postureBefore.lowerBound)
    let after = Posture(ring, from: now - rules.restFor, through: now)
    guard let angle = Posture.angle(before, after) else { return waiting }
    return angle >= turn ? .fall : waiting
  }
}

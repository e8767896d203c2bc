import Glibc

/// The acceleration that one wearer's device measures, in g on three axes.
///
/// Gravity is a unit vector in the device's frame that turns slowly with the posture. On it lie two gaits,
/// each a step frequency with its harmonics, weighted by how lively the wearer is: 0 rest, 1 walking, 2
/// running. Liveliness is drawn anew each minute and eased in over twelve seconds, by no more than one
/// step, as people do who get up, walk and then run. All of it depends on seed, user and time alone, except
/// for the fall that is going on.
struct Motion {
  private let seed: UInt64
  private let user: Int
  private let offset: Double
  private let walking: Double
  private let running: Double
  private let phase: Double
  private let base: SIMD3<Double>

  // What holds for the minute `block`, kept because most samples fall into the minute of the one before.
  private var block = Int.min
  private var livelinessBefore = 0.0
  private var livelinessAfter = 0.0
  private var upBefore = SIMD3<Double>.zero
  private var upAfter = SIMD3<Double>.zero

  /// The latest fall, also after the wearer has got up.
  var fall: Fall?

  init(seed: UInt64, user: Int) {
    self.seed = seed
    self.user = user
    var random = SplitMix64(seed, user: user, index: 0, purpose: .wearer)
    offset = random.uniform(0, Self.minute)
    walking = random.uniform(1.6, 2.0)
    running = random.uniform(2.5, 3.0)
    phase = random.unit()
    base = random.direction()
  }

  /// The acceleration at a time in seconds after the stream's beginning, noise included.
  mutating func sample(at time: Double, _ random: inout SplitMix64) -> SIMD3<Double> {
    if let fall, time >= fall.onset, time < fall.recovery {
      return fall.sample(at: time, before: posture(at: time), &random)
    }
    var (liveliness, up) = situation(at: time)
    if let fall, time >= fall.recovery {
      // Getting up: from lying still back into whatever the wearer does.
      let ease = smoothstep((time - fall.recovery) / 8)
      liveliness *= ease
      up = unit(fall.up + (up - fall.up) * ease, or: up)
    }
    let side = SIMD3(up.y, up.z, up.x)
    var vertical = 0.0
    var lateral = 0.0
    let walk = 0.22 * max(0, 1 - abs(liveliness - 1))
    if walk > 0 {
      let angle = 2 * Double.pi * (walking * time + phase)
      vertical += walk * (sin(angle) + 0.4 * sin(2 * angle) + 0.15 * sin(3 * angle))
      lateral += 0.4 * walk * sin(angle / 2)
    }
    let run = 0.8 * max(0, liveliness - 1)
    if run > 0 {
      let angle = 2 * Double.pi * (running * time + phase)
      vertical += run * (sin(angle) + 0.25 * sin(2 * angle))
      lateral += 0.3 * run * sin(angle / 2)
    }
    let noise = SIMD3(random.noise(), random.noise(), random.noise())
    return up * (1 + vertical) + side * lateral + noise * 0.008
  }

  /// Which way is up for the device, apart from falls.
  mutating func posture(at time: Double) -> SIMD3<Double> {
    situation(at: time).up
  }

  private mutating func situation(at time: Double) -> (liveliness: Double, up: SIMD3<Double>) {
    let shifted = time + offset
    let block = Int((shifted / Self.minute).rounded(.down))
    if block != self.block { enter(block) }
    let ease = smoothstep((shifted - Double(block) * Self.minute) / 12)
    return (
      livelinessBefore + (livelinessAfter - livelinessBefore) * ease,
      unit(upBefore + (upAfter - upBefore) * ease, or: upAfter)
    )
  }

  private mutating func enter(_ block: Int) {
    self.block = block
    livelinessBefore = liveliness(block - 1)
    livelinessAfter = liveliness(block)
    upBefore = up(block - 1)
    upAfter = up(block)
  }

  /// The mean of two draws, so that neighbours differ by one step at most.
  private func liveliness(_ block: Int) -> Double {
    func draw(_ index: Int) -> Double {
      var random = SplitMix64(seed, user: user, index: index, purpose: .activity)
      let value = random.unit()
      return value < 0.55 ? 0 : value < 0.88 ? 1 : 2
    }
    return (draw(block) + draw(block + 1)) / 2
  }

  private func up(_ block: Int) -> SIMD3<Double> {
    var random = SplitMix64(seed, user: user, index: block, purpose: .posture)
    return unit(base + random.direction() * 0.6, or: base)
  }

  private static let minute = 60.0
}

/// A fall: 0.2 to 0.5 s of near weightlessness while the body turns, an impact of 3 to 8 g that rings down,
/// a smaller one when it bounces, then lying with the device turned by 60 to 120 degrees, no more moved
/// than by breath, for 15 to 40 s.
struct Fall {
  /// Seconds after the stream's beginning.
  var onset: Double
  var impact: Double
  var recovery: Double
  /// Magnitude at the moment of impact, in g.
  var peak: Double
  /// What remains of gravity while falling, in g.
  var weightless: Double
  /// Which way is up for the device afterwards.
  var up: SIMD3<Double>
  /// Seconds from the impact to the second one, and that one's share of the first.
  var bounce: Double
  var bounceShare: Double

  static let ringing = 0.6
  /// The share of the turn that is done when the body hits the ground.
  private static let turned = 0.7

  init(
    onset: Double, impact: Double, upBefore: SIMD3<Double>, _ random: inout SplitMix64
  ) {
    self.onset = onset
    self.impact = impact
    recovery = impact + random.uniform(15, 40)
    peak = random.uniform(3, 8)
    weightless = random.uniform(0.1, 0.4)
    bounce = random.uniform(0.2, 0.35)
    bounceShare = random.uniform(0.2, 0.45)
    let angle = random.uniform(60, 120) * Double.pi / 180
    let any = random.direction()
    let across = any - upBefore * (any * upBefore).sum()
    up =
      upBefore * cos(angle) + unit(across, or: SIMD3(upBefore.y, upBefore.z, upBefore.x))
      * sin(angle)
    up = unit(up, or: upBefore)
  }

  func sample(
    at time: Double, before: SIMD3<Double>, _ random: inout SplitMix64
  ) -> SIMD3<Double> {
    let noise = SIMD3(random.noise(), random.noise(), random.noise())
    // The impact is at a sample's time, but times are rounded to milliseconds in records: a little
    // earlier counts too, or the peak would fall between two samples.
    if time < impact - 0.002 {
      let share = (time - onset) / (impact - onset)
      let direction = turned(before, by: Self.turned * share)
      return direction * (1 + (weightless - 1) * smoothstep(share / 0.3)) + noise * 0.01
    }
    let since = max(0, time - impact)
    guard since < Self.ringing else {
      let breath = 0.01 * sin(2 * Double.pi * 0.3 * since)
      return up * (1 + breath) + noise * 0.004
    }
    let direction = turned(before, by: Self.turned + (1 - Self.turned) * smoothstep(since / 0.3))
    var force = Self.ring(since, fading: 0.07)
    if since >= bounce { force += bounceShare * Self.ring(since - bounce, fading: 0.05) }
    return direction * (1 + (peak - 1) * force)
  }

  /// Which way is up when so much of the turn is done.
  private func turned(_ before: SIMD3<Double>, by share: Double) -> SIMD3<Double> {
    unit(before + (up - before) * share, or: up)
  }

  private static func ring(_ since: Double, fading: Double) -> Double {
    let swing = cos(2 * Double.pi * 9 * since)
    return exp(-since / fading) * swing * swing
  }
}

/// 0 at 0 and before, 1 at 1 and after, smooth in between.
private func smoothstep(_ x: Double) -> Double {
  let t = min(1, max(0, x))
  return t * t * (3 - 2 * t)
}

private func unit(_ vector: SIMD3<Double>, or other: SIMD3<Double>) -> SIMD3<Double> {
  let length = (vector * vector).sum().squareRoot()
  return length > 0.05 ? vector / length : other
}

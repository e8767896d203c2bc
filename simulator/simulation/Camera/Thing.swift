import Glibc

/// Something before a camera for a while, or that a detector takes for something.
///
/// What it does is settled when it comes. What the detector makes of it goes on from frame to frame: a
/// score wanders about the mean that the thing's looks deserve, stays off for a moment after it has gone
/// off, and a wrong class sticks for a moment too.
struct Thing {
  /// How the detector is right or wrong about it.
  private enum Looks {
    case real(Confusion)
    /// Always this class.
    case noise
  }

  /// Unique for its camera.
  let id: UInt32
  let kind: Arrival
  /// What it is; for noise, what it is taken for.
  let object: ObjectClass
  /// Seconds after the stream's beginning.
  let start: Double
  let end: Double
  let visit: Truth.Visit?

  private let path: Walk?
  private let fixed: ObjectBox?
  private let stature: Double
  /// The logit of the score that it gets on average, if it is seen whole, near and by day.
  private let sureness: Double
  private let looks: Looks

  // The detector's state, as of `seenAt`.
  private var seenAt: Double
  private var wander: Double
  private var shown: ObjectClass
  private var hiddenUntil = -1.0

  /// Somebody or something that comes through.
  init(
    _ kind: Arrival, _ object: ObjectClass, id: UInt32, at start: Double, hour: Double,
    light: Double, _ random: inout SplitMix64
  ) {
    self.id = id
    self.kind = kind
    self.object = object
    self.start = start
    let (height, _) = object.size
    stature = height * random.uniform(0.85, 1.1)
    let isRestricted = Arrival.isRestricted(hour)
    let speed = random.uniform(object.speed.lowerBound, object.speed.upperBound)
    // People linger more than animals, cars hardly.
    let lingers = random.unit() < (object == .person ? 0.6 : object == .car ? 0.1 : 0.35)
    let path = Walk(
      kind, keepsOut: isRestricted && kind == .passerBy, nominalHeight: stature,
      speed: speed * (kind == .intruder ? 0.7 : 1),
      standing: lingers ? min(120, random.exponential(mean: 15)) : 0, &random)
    self.path = path
    fixed = nil
    end = start + path.duration
    let enters = path.entersRestrictedZone
    visit = Truth.Visit(
      className: object.rawValue, zone: enters ? CameraScene.restrictedZone : nil,
      isThreat: kind == .intruder && enters)
    let mean =
      switch object {
      case .person: 2.5
      case .car: 2.2
      case .dog: 1.8
      case .cat: 1.6
      case .raccoon: 1.4
      case .rabbit: 1.2
      }
    sureness = random.normal(mean, 0.45)
    looks = .real(Confusion(object, isNight: light < 0.5, &random))
    seenAt = start
    wander = random.noise()
    shown = object
  }

  /// Something that is not there.
  init(
    noise kind: Arrival, _ object: ObjectClass, id: UInt32, at start: Double, box: ObjectBox,
    _ random: inout SplitMix64
  ) {
    self.id = id
    self.kind = kind
    self.object = object
    self.start = start
    // Most of it is a single frame's.
    let isFlicker = random.unit() < (kind == .shadow ? 0.8 : 0.55)
    end = start + (isFlicker ? 0 : random.exponential(mean: kind == .shadow ? 3 : 4))
    visit = nil
    path = nil
    fixed = box
    stature = box.height
    sureness = kind == .shadow ? random.normal(0, 0.65) : random.normal(0.2, 0.6)
    looks = .noise
    seenAt = start
    wander = random.noise()
    shown = object
  }

  /// What the detector says of it in a frame; `nil` if it does not see it.
  ///
  /// - Parameter light: 0 at night, 1 by day.
  mutating func look(
    at time: Double, light: Double, _ random: inout SplitMix64
  ) -> Sighting? {
    let elapsed = max(0, time - seenAt)
    seenAt = time
    // A score remembers for about a second and a half (an Ornstein-Uhlenbeck process).
    let kept = exp(-elapsed / 1.5)
    wander = wander * kept + random.noise() * (1 - kept * kept).squareRoot()
    guard time >= hiddenUntil else { return nil }
    var box: ObjectBox
    var logit = sureness
    if let path {
      let foot = path.foot(at: time - start)
      let scale = Walk.scale(at: foot.y)
      box = ObjectBox(foot: foot, height: stature * scale, aspect: object.size.aspect)
      logit -= 0.7 * (1 - scale)
    } else if let fixed {
      box = fixed
    } else {
      return nil
    }
    box.jitter(&random)
    let visible = box.clip()
    guard visible > 0.35 else { return nil }
    var deviation = 0.35
    if case .real(let confusion) = looks {
      logit -= 2 * (1 - visible) + 0.4 * (1 - light)
      deviation = 0.5 + 0.1 * (1 - light)
      // Behind a post, a car, a leaf.
      if random.unit() < 0.02 * elapsed { hiddenUntil = time + random.exponential(mean: 0.8) }
      if random.unit() < 0.03 { return nil }
      if random.unit() < 1 - exp(-elapsed / 1.2) {
        shown = random.unit() < confusion.share ? confusion.draw(&random) : object
      }
      // For one frame something else.
      if random.unit() < 0.006 {
        return Sighting(
          id: id, object: confusion.draw(&random),
          score: Self.sigmoid(random.normal(-0.1, 0.6)), box: box)
      }
      if shown != object { logit = confusion.sureness }
    }
    return Sighting(
      id: id, object: shown, score: Self.sigmoid(logit + deviation * wander), box: box)
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}

/// What a detector says of a thing in one frame.
struct Sighting {
  /// The thing's.
  var id: UInt32
  var object: ObjectClass
  /// 0 … 1.
  var score: Double
  var box: ObjectBox

  /// Of what it is less sure, a detector does not speak.
  static let leastScore = 0.3
}

extension Walk {
  /// A way as such a visitor takes it.
  ///
  /// - Parameter keepsOut: whether it stays clear of the restricted zone.
  init(
    _ kind: Arrival, keepsOut: Bool, nominalHeight: Double, speed: Double, standing: Double,
    _ random: inout SplitMix64
  ) {
    func edge(_ random: inout SplitMix64) -> SIMD2<Double> {
      SIMD2(random.unit() < 0.5 || keepsOut ? -0.04 : 1.04, random.uniform(0.5, 0.95))
    }
    /// From the street, far away.
    func far(_ random: inout SplitMix64) -> SIMD2<Double> {
      SIMD2(random.uniform(0.1, keepsOut ? 0.5 : 0.9), random.uniform(0.36, 0.45))
    }
    let from = random.unit() < 0.6 ? edge(&random) : far(&random)
    let to = random.unit() < 0.6 ? edge(&random) : far(&random)
    // Half-way everybody is in full view, and an intruder in the restricted zone.
    let middle =
      switch kind {
      case .intruder: SIMD2(random.uniform(0.64, 0.9), random.uniform(0.6, 0.95))
      default: SIMD2(random.uniform(0.2, keepsOut ? 0.42 : 0.8), random.uniform(0.5, 0.95))
      }
    let via = middle * 2 - (from + to) * 0.5
    self.init(
      from: from, via: via, to: to, nominalHeight: nominalHeight, speed: speed, standing: standing)
  }
}

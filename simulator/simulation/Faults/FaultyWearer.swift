import Glibc

/// A wearer's accelerometer that sends one number, the magnitude, ten times a second: see
/// ``FaultKind/Source/wearer``.
struct FaultyWearer {
  private static let hertz = 10.0
  /// What an axis can measure, in g.
  private static let fullScale = 16.0

  private let configuration: FaultConfiguration
  private let user: Int
  private var motion: Motion
  private var random: SplitMix64
  private var schedule: FaultSchedule
  /// The smallest difference on one axis, in g.
  private let step: Double
  /// Seconds from one record to the next: no crystal is exact.
  private let period: Double
  /// Lying on a table.
  private var idle: Spells
  /// Everything is lost on the way.
  private var dropouts: Spells
  private var nextFall: Double
  private var table = SIMD3<Double>(0, 0, 1)
  /// What a stuck device holds, in steps, and since which fault.
  private var held: (fault: Int, counts: SIMD3<Double>)?

  init(_ configuration: FaultConfiguration, user: Int) {
    self.configuration = configuration
    self.user = user
    motion = Motion(seed: configuration.seed, user: user)
    random = SplitMix64(configuration.seed, user: user, index: 0, purpose: .reading)
    schedule = FaultSchedule(configuration, user: user)
    let stepsInOne: [Double] = [2_048, 256, 2_048, 2_048, 256, 16]
    step = 1 / stepsInOne[user % stepsInOne.count]
    period = random.uniform(0.99, 1.01) / Self.hertz
    idle = Spells(mean: 3 * 3_600, length: 600...3_600, &random)
    dropouts = Spells(mean: 900, length: 1...20, &random)
    nextFall = random.exponential(mean: Self.betweenFalls)
  }

  /// In seconds.
  private static let betweenFalls = 2 * 3_600.0

  mutating func record(into recording: inout FaultRecording) {
    let end = Double(configuration.duration) / 1_000
    recording.readings.reserveCapacity(Int(end * Self.hertz))
    var time = 0.0
    while time < end {
      let fault = schedule.entry(at: time)
      var interval = period
      if configuration.kind == .fast, let fault { interval /= 2 + 3 * fault.entry.strength }
      one(time, interval, fault, into: &recording)
      time += interval
    }
  }

  private mutating func one(
    _ time: Double, _ interval: Double, _ fault: (number: Int, entry: FaultSchedule.Entry)?,
    into recording: inout FaultRecording
  ) {
    let (value, detail) = measured(at: time, fault)
    // Noticed a little late, by less than half of the interval: order stays.
    let delay = random.uniform(0, 0.3) * interval
    let stamp = configuration.startTime + Int64(((time + delay) * 1_000).rounded())
    var isLost = random.unit() < 0.01
    if dropouts.contains(time, &random) { isLost = true }
    var copies = 1
    if let fault {
      switch configuration.kind {
      case .slow:
        recording.extend(fault: fault.number, to: stamp, "loses")
        if random.unit() < 0.5 + 0.4 * fault.entry.strength { isLost = true }
      case .repeated: copies = 2 + Int(fault.entry.strength * 3.999)
      default: break
      }
    }
    guard !isLost else { return }
    for _ in 0..<copies {
      recording.add(time: stamp, value: value, fault: fault?.number, detail)
    }
  }

  /// The magnitude that the device shows, and what is wrong with it.
  private mutating func measured(
    at time: Double, _ fault: (number: Int, entry: FaultSchedule.Entry)?
  ) -> (value: Double, detail: String) {
    var axes = acceleration(at: time)
    var detail = configuration.kind.rawValue
    if configuration.kind == .limit, let entry = fault?.entry {
      (axes, detail) = broken(axes, entry)
    }
    let limit = Self.fullScale / step
    var counts = (axes / step).rounded(.toNearestOrAwayFromZero)
      .clamped(lowerBound: SIMD3(repeating: -limit), upperBound: SIMD3(repeating: limit))
    if configuration.kind == .stuck, let fault {
      if held?.fault != fault.number { held = (fault.number, counts) }
      counts = held?.counts ?? counts
      detail = "held"
      if fault.entry.variant < 0.25 {
        detail = "flickers"
        if random.unit() < 0.2 { counts.z += fault.entry.sign }
      }
    }
    let shown = counts * step
    return ((shown * shown).sum().squareRoot(), detail)
  }

  /// What happens to the device, in g.
  private mutating func acceleration(at time: Double) -> SIMD3<Double> {
    if idle.contains(time, &random) {
      if idle.hasJustBegun { table = random.direction() }
      return table + SIMD3(random.noise(), random.noise(), random.noise()) * 0.003
    }
    if time >= nextFall {
      motion.fall = Fall(
        onset: time, impact: time + random.uniform(0.2, 0.5), upBefore: motion.posture(at: time),
        &random)
      nextFall = time + 120 + random.exponential(mean: Self.betweenFalls)
    }
    return motion.sample(at: time, &random)
  }

  /// The axes behind a channel that is broken or wired wrong.
  private mutating func broken(
    _ axes: SIMD3<Double>, _ entry: FaultSchedule.Entry
  ) -> (SIMD3<Double>, String) {
    var axes = axes
    let axis = Int(entry.strength * 2.999)
    switch entry.variant {
    case ..<0.25:
      axes[axis] = entry.sign * Self.fullScale
      return (axes, "pinned")
    case ..<0.5:
      if random.unit() < 0.02 + 0.28 * entry.strength {
        axes[axis] = (random.unit() < 0.5 ? -1 : 1) * Self.fullScale
      }
      return (axes, "jumps")
    case ..<0.75:
      return (SIMD3(random.noise(), random.noise(), random.noise()) * 0.003, "dead")
    default:
      return (axes * 9.80665, "scaled")
    }
  }
}

/// Stretches of time that come at random, one after the other.
private struct Spells {
  private let mean: Double
  private let length: ClosedRange<Double>
  private var span: Range<Double>
  /// Whether the latest question was the first within its spell.
  private(set) var hasJustBegun = false
  private var isInside = false

  /// - Parameter mean: seconds from the end of one to the beginning of the next, on average.
  init(mean: Double, length: ClosedRange<Double>, _ random: inout SplitMix64) {
    self.mean = mean
    self.length = length
    let start = random.exponential(mean: mean)
    span = start..<start + random.uniform(length.lowerBound, length.upperBound)
  }

  /// - Parameter time: not before that of the question before.
  mutating func contains(_ time: Double, _ random: inout SplitMix64) -> Bool {
    while time >= span.upperBound {
      let start = span.upperBound + random.exponential(mean: mean)
      span = start..<start + random.uniform(length.lowerBound, length.upperBound)
    }
    let contains = span.contains(time)
    hasJustBegun = contains && !isInside
    isInside = contains
    return contains
  }
}

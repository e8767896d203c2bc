import Glibc

/// What happens before one camera, in event time: who comes and goes, when the lens is covered.
///
/// Depends on seed, camera and time alone; only what the detector says of it also depends on when it
/// looks. Goes forward in time.
struct CameraWorld {
  let scene: CameraScene
  private let seed: UInt64
  /// The camera's number among all.
  private let number: Int
  /// Unix time of the stream's beginning, in seconds.
  private let origin: Double
  private(set) var things: [Thing] = []
  /// Who may come next, whether or not they do.
  private var arrivals = 0
  private var nextArrival = 0.0
  private var voids = 0
  private var nextVoid = Double.infinity
  private(set) var voidEnd = -1.0

  /// What has come since it was looked at last.
  struct News {
    var visits: [Thing] = []
    /// Seconds after the stream's beginning.
    var void: ClosedRange<Double>?
  }

  init(_ configuration: CameraPopulationConfiguration, user: Int, camera: Int, number: Int) {
    seed = configuration.seed
    self.number = number
    origin = Double(configuration.startTime) / 1_000
    scene = CameraScene(seed: seed, user: user, camera: camera, number: number)
    nextArrival = gap(configuration)
    if configuration.voids > 0 { nextVoid = drawVoid(configuration).start }
  }

  /// Goes on to a time, in seconds after the stream's beginning.
  mutating func advance(
    to time: Double, _ configuration: CameraPopulationConfiguration, _ news: inout News
  ) {
    if !things.isEmpty { things.removeAll { $0.end < time } }
    while nextArrival <= time {
      if let thing = arrive(configuration) {
        if thing.visit != nil { news.visits.append(thing) }
        things.append(thing)
      }
      arrivals += 1
      nextArrival += gap(configuration)
    }
    while nextVoid <= time {
      let (start, end) = drawVoid(configuration)
      voidEnd = end
      news.void = start...end
      voids += 1
      nextVoid = max(end, drawVoid(configuration).start)
    }
  }

  func isVoid(at time: Double) -> Bool { time < voidEnd }

  func hour(at time: Double) -> Double { scene.zone.hour(at: origin + time) }

  /// What the detector sees.
  mutating func look(
    at time: Double, _ random: inout SplitMix64, into sightings: inout [Sighting]
  ) {
    guard !things.isEmpty else { return }
    let light = scene.light(at: hour(at: time))
    for place in things.indices {
      guard let sighting = things[place].look(at: time, light: light, &random),
        sighting.score >= Sighting.leastScore
      else { continue }
      sightings.append(sighting)
    }
  }

  // MARK: Arrivals: one Poisson process of the greatest rate, thinned by hour (Lewis and Shedler, 1979)

  private func generator(_ arrival: Int) -> SplitMix64 {
    SplitMix64(seed, user: number, index: arrival, purpose: .arrival)
  }

  private func rate(
    of kind: Arrival, _ configuration: CameraPopulationConfiguration
  ) -> Double {
    kind.hourly * kind.share(at: scene.place)
      * (kind.isNoise ? configuration.noise : configuration.activity)
  }

  /// Seconds until the next may come.
  private func gap(_ configuration: CameraPopulationConfiguration) -> Double {
    let hourly = Arrival.allCases.reduce(0) { $0 + rate(of: $1, configuration) }
    guard hourly > 0 else { return .infinity }
    var random = generator(-1 - arrivals)
    return random.exponential(mean: 3_600 / hourly)
  }

  private func arrive(_ configuration: CameraPopulationConfiguration) -> Thing? {
    var random = generator(arrivals)
    let rates = Arrival.allCases.map { rate(of: $0, configuration) }
    var draw = random.unit() * rates.reduce(0, +)
    guard
      let kind = zip(Arrival.allCases, rates).first(where: {
        draw -= $0.1
        return draw < 0
      })?.0
    else { return nil }
    let hour = self.hour(at: nextArrival)
    guard random.unit() < kind.share(at: hour) else { return nil }
    let id = UInt32(truncatingIfNeeded: arrivals)
    let object: ObjectClass
    switch kind {
    case .passerBy, .intruder: object = .person
    case .pet:
      guard let pet = scene.pet else { return nil }
      object = pet
    case .raccoon: object = .raccoon
    case .hare: object = .rabbit
    case .car: object = .car
    case .shadow:
      let taken = random.unit()
      object = taken < 0.55 ? .person : taken < 0.75 ? .cat : taken < 0.9 ? .dog : .raccoon
      let box = ObjectBox(
        foot: SIMD2(random.uniform(0.05, 0.95), random.uniform(0.4, 0.98)),
        height: object.size.height * random.uniform(0.3, 1), aspect: object.size.aspect)
      return Thing(noise: kind, object, id: id, at: nextArrival, box: box, &random)
    case .lookalike:
      return Thing(
        noise: kind, .person, id: id, at: nextArrival, box: scene.lookalike, &random)
    }
    return Thing(
      kind, object, id: id, at: nextArrival, hour: hour, light: scene.light(at: hour), &random)
  }

  // MARK: Voids

  private func drawVoid(
    _ configuration: CameraPopulationConfiguration
  ) -> (start: Double, end: Double) {
    var random = SplitMix64(seed, user: number, index: voids, purpose: .void)
    let since = voids == 0 ? 0 : max(0, voidEnd)
    let start = since + random.exponential(mean: 86_400 / configuration.voids)
    // 20 seconds to 10 minutes, the short ones as often as the long ones.
    return (start, start + 20 * pow(30, random.unit()))
  }
}

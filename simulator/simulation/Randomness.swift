import Glibc

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): tiny, fast, and
/// the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed
  }

  /// The generator for one thing about one wearer or camera: whatever is drawn from it depends on these only.
  init(_ seed: UInt64, user: Int, index: Int, purpose: Purpose) {
    var key = Self.mix(seed &+ purpose.rawValue &* 0x9E37_79B9_7F4A_7C15)
    key = Self.mix(key ^ UInt64(truncatingIfNeeded: user))
    state = Self.mix(key ^ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03)
  }

  /// Keeps the draws for different things apart.
  enum Purpose: UInt64 {
    case wearer = 1
    case activity, posture, record, malformed
    // Of cameras; `user` is the camera's number.
    case scene, household, arrival, void, frame
    // Of wearers again.
    case whereabouts
    // Of devices with faults: `user` is the device's number.
    case reading, fault
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< 1.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Uniform in the range.
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * unit()
  }

  /// Uniform in 0 ..< bound, for bounds far below 2³².
  mutating func integer(below bound: Int) -> Int {
    Int(((next() >> 32) &* UInt64(bound)) >> 32)
  }

  /// Bell-shaped with mean 0 and standard deviation 1, within ±3.5: the sum of four uniform draws out of
  /// one 64-bit number. Good enough for sensor noise and much cheaper than exact.
  mutating func noise() -> Double {
    let bits = next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    // Four uniforms of 0 ... 65535: mean 131070, standard deviation 65536 / √3.
    return (Double(sum) - 131_070) * (1.732_050_807_568_877_2 / 65_536)
  }

  /// Normal with this mean and standard deviation, within ±3.5 of the latter.
  mutating func normal(_ mean: Double, _ deviation: Double) -> Double {
    mean + deviation * noise()
  }

  /// Exponential: the time from one event to the next where they come at random.
  mutating func exponential(mean: Double) -> Double {
    -log(1 - unit()) * mean
  }

  /// A direction in space, all equally likely.
  mutating func direction() -> SIMD3<Double> {
    // Rejection keeps trigonometry out; 1.9 attempts on average.
    while true {
      let v = SIMD3(uniform(-1, 1), uniform(-1, 1), uniform(-1, 1))
      let square = (v * v).sum()
      if square > 0.01, square <= 1 { return v / square.squareRoot() }
    }
  }
}

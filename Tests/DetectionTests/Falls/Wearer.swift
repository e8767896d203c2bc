import Detection
import Events
import Glibc

/// The movements of somebody made up, at any rate, as a device on three axes measures them.
struct Wearer {
  var time: Int64
  /// Samples a second.
  var rate: Int64 = 50
  /// Which way is up for the device.
  var up = SIMD3<Double>(0, 0, 1)
  var generator = SplitMix64(state: 1)
  private(set) var samples: [Sample] = []
  private(set) var axes: [AxisSample] = []

  init(at time: Int64, rate: Int64 = 50, seed: UInt64 = 1) {
    self.time = time
    self.rate = rate
    generator = SplitMix64(state: seed)
  }

  static let side = SIMD3<Double>(1, 0, 0)

  /// Adds one sample, in g.
  mutating func add(_ a: SIMD3<Double>) {
    let noise = { (generator: inout SplitMix64) in
      Double.random(in: -0.01...0.01, using: &generator)
    }
    let a = a + SIMD3(noise(&generator), noise(&generator), noise(&generator))
    let axis = AxisSample(
      x: Int16((a.x * 1_000).rounded()), y: Int16((a.y * 1_000).rounded()),
      z: Int16((a.z * 1_000).rounded()))
    let magnitude = (a * a).sum().squareRoot()
    samples.append(Sample(time: time, value: Int32((magnitude * 1_000_000).rounded())))
    axes.append(axis)
    time += 1_000 / rate
  }

  mutating func rest(_ seconds: Double) {
    for _ in 0..<Int(seconds * Double(rate)) { add(up) }
  }

  /// Steps twice a second, up to `peak` g each.
  mutating func walk(_ seconds: Double, peak: Double = 1.4) {
    for place in 0..<Int(seconds * Double(rate)) {
      add(up * (1 + (peak - 1) * sin(4 * .pi * Double(place) / Double(rate))))
    }
  }

  /// Jumps onto a chair: an impact, and standing as before.
  mutating func jump(_ peak: Double = 3.5) {
    for _ in 0..<Int(0.2 * Double(rate)) { add(up * 0.4) }
    add(up * peak)
    add(up * (peak / 2))
  }

  /// Falls, and lies turned to the side.
  mutating func fall(_ peak: Double = 4) {
    for _ in 0..<Int(0.3 * Double(rate)) { add(up * 0.2) }
    up = up == Self.side ? SIMD3(0, 1, 0) : Self.side
    add(up * peak)
    add(up * 2)
    add(up * 0.6)
  }

  mutating func getUp() { up = SIMD3(0, 0, 1) }

  /// What has been added since, in bursts.
  mutating func take() -> (samples: [Sample], axes: [AxisSample]) {
    defer {
      samples = []
      axes = []
    }
    return (samples, axes)
  }
}

extension Bench {
  /// Feeds what a wearer has done since, in records of `size` samples.
  mutating func send(_ wearer: inout Wearer, size: Int = 25, user: String = "u") {
    let (samples, axes) = wearer.take()
    var place = 0
    while place < samples.count {
      let end = min(place + size, samples.count)
      send(Array(samples[place..<end]), axes: Array(axes[place..<end]), user: user)
      place = end
    }
  }
}

extension Model {
  /// A model that goes by one feature: its value as a probability, at most 1.
  static func by(
    _ feature: FallFeature, hash: String = "00", _ map: @escaping @Sendable (Double) -> Double
  )
    -> Model
  {
    Model(hash: hash, name: "test", kind: "by \(feature.name)", features: [feature.name]) {
      values in
      let value = map(values[0])
      return value.isNaN ? 0 : max(0, min(1, value))
    }
  }
}

import Glibc

/// Where a wearer is who tells it: at home in one of a few cities, and on the way around it, within a
/// kilometre or two.
struct Whereabouts {
  /// Degrees, north and east positive.
  private let latitude: Double
  private let longitude: Double
  /// How large the round is, in degrees, and how long one takes, in seconds.
  private let radius: Double
  private let period: Double
  private let phase: Double
  let timeZone: StaticString

  /// - Parameter share: of the wearers that tell where they are.
  /// - Returns: `nil` for a wearer that does not.
  init?(seed: UInt64, user: Int, share: Double) {
    var random = SplitMix64(seed, user: user, index: 0, purpose: .whereabouts)
    guard random.unit() < share else { return nil }
    let home = Self.cities[random.integer(below: Self.cities.count)]
    timeZone = home.timeZone
    latitude = home.latitude + random.normal(0, 0.02)
    longitude = home.longitude + random.normal(0, 0.02)
    radius = random.uniform(0.001, 0.015)
    period = random.uniform(600, 3_600)
    phase = random.unit()
  }

  /// Degrees, at a time in seconds after the stream's beginning.
  func position(at time: Double) -> (latitude: Double, longitude: Double) {
    let angle = 2 * Double.pi * (time / period + phase)
    return (latitude + radius * cos(angle), longitude + radius * sin(2 * angle) / 2)
  }

  private static let cities: [(latitude: Double, longitude: Double, timeZone: StaticString)] = [
    (47.3769, 8.5417, "Europe/Zurich"), (52.52, 13.405, "Europe/Berlin"),
    (40.7128, -74.006, "America/New_York"), (34.0522, -118.2437, "America/Los_Angeles"),
    (35.6762, 139.6503, "Asia/Tokyo"), (-33.8688, 151.2093, "Australia/Sydney"),
  ]
}

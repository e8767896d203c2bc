/// What a camera always looks at: where it is, which time zone, who lives there.
public struct CameraScene: Sendable {
  /// What kind of place it is, which decides who comes.
  enum Place: Int, CaseIterable {
    case door, yard, dock, hall
  }

  /// The zone that nobody may be in from 22:00 to 6:00 by the camera's clock.
  public static let restrictedZone = "restricted"
  /// The corners of that zone, for rules: shares of the image's width and height, from its upper left
  /// corner. The same for all cameras.
  public static let restrictedCorners: [(x: Double, y: Double)] = [
    (0.55, 0.45), (1, 0.45), (1, 1), (0.55, 1),
  ]

  /// The time zones of sites, by their names in the IANA database, and how many hours each is ahead of
  /// UTC: all the year, since none keeps summer time.
  public static let timeZones: [(name: String, hours: Double)] =
    SiteZone.allCases.map { ($0.rawValue, $0.offset) }

  /// Width and height of all images, in pixels.
  public static let width = 1_280
  public static let height = 720

  let place: Place
  let zone: SiteZone
  /// The pet of the household: a dog, a cat, or none.
  let pet: ObjectClass?
  /// The contrast of its images by day.
  let contrast: Double
  /// Something that stands there always and that the detector now and then takes for a person.
  let lookalike: ObjectBox

  init(seed: UInt64, user: Int, camera: Int, number: Int) {
    place = Place(rawValue: camera % Place.allCases.count) ?? .door
    zone = SiteZone.allCases[user / 10 % SiteZone.allCases.count]
    var household = SplitMix64(seed, user: user, index: 0, purpose: .household)
    let draw = household.unit()
    pet = draw < 0.4 ? .dog : draw < 0.7 ? .cat : nil
    var random = SplitMix64(seed, user: number, index: 0, purpose: .scene)
    contrast = random.uniform(0.3, 0.5)
    let height = random.uniform(0.2, 0.5)
    lookalike = ObjectBox(
      foot: SIMD2(random.uniform(0.1, 0.9), random.uniform(0.5, 0.98)), height: height,
      aspect: 0.45)
  }

  static func device(_ camera: Int) -> String {
    let names = ["door", "yard", "dock", "hall"]
    let round = camera / names.count
    return round == 0 ? names[camera] : "\(names[camera % names.count])-\(round + 1)"
  }

  static func isRestricted(_ foot: SIMD2<Double>) -> Bool {
    foot.x >= 0.55 && foot.x <= 1 && foot.y >= 0.45 && foot.y <= 1
  }

  /// How light it is there: 0 at night, 1 by day.
  func light(at hour: Double) -> Double {
    min(1, max(0, min(hour - 5.5, 20.5 - hour)))
  }
}

/// The time zones of sites: such as keep one offset all the year, so that local time is plain arithmetic
/// and the same on every machine.
enum SiteZone: String, CaseIterable {
  case phoenix = "America/Phoenix"
  case tokyo = "Asia/Tokyo"
  case lagos = "Africa/Lagos"
  case kolkata = "Asia/Kolkata"
  case bogota = "America/Bogota"

  /// Hours ahead of UTC.
  var offset: Double {
    switch self {
    case .phoenix: -7
    case .tokyo: 9
    case .lagos: 1
    case .kolkata: 5.5
    case .bogota: -5
    }
  }

  /// The hour of the local day, 0 ..< 24.
  func hour(at unixSeconds: Double) -> Double {
    let hours = unixSeconds / 3_600 + offset
    return hours - (hours / 24).rounded(.down) * 24
  }
}

/// What a detector can say that an object is.
enum ObjectClass: String, CaseIterable {
  case person, dog, cat, raccoon, rabbit, car

  var kind: Truth.Kind {
    switch self {
    case .person: .person
    case .car: .vehicle
    default: .animal
    }
  }

  /// Its height in images where it stands nearest, as a share of the image's height; and its width as
  /// a multiple of its height.
  var size: (height: Double, aspect: Double) {
    switch self {
    case .person: (0.62, 0.42)
    case .dog: (0.24, 1.3)
    case .cat: (0.15, 1.4)
    case .raccoon: (0.18, 1.3)
    case .rabbit: (0.12, 1.2)
    case .car: (0.45, 1.9)
    }
  }

  /// How fast it goes, in its own heights a second.
  var speed: ClosedRange<Double> {
    switch self {
    case .person: 0.2...0.7
    case .dog: 0.5...1.8
    case .cat: 0.4...1.5
    case .raccoon: 0.3...1.2
    case .rabbit: 0.4...1.8
    case .car: 0.4...1.2
    }
  }
}

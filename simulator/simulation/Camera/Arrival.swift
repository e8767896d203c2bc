/// What can come before a camera, and how often: by the place and by the hour of the local day.
enum Arrival: Int, CaseIterable {
  /// Somebody of the household, a visitor, the post.
  case passerBy
  /// Somebody in the restricted zone, at an hour when nobody may be there.
  case intruder
  case pet, raccoon, hare, car
  /// Nothing at all: a curtain, a shadow, a reflection that the detector takes for something.
  case shadow
  /// The thing that always stands there and that it now and then takes for a person.
  case lookalike

  var isNoise: Bool { self == .shadow || self == .lookalike }

  /// How many come in an hour of the greatest activity where the most come.
  var hourly: Double {
    switch self {
    case .passerBy: 2.6
    case .intruder: 0.2
    case .pet: 1.6
    case .raccoon: 0.6
    case .hare: 0.6
    case .car: 2.4
    case .shadow: 18
    case .lookalike: 3
    }
  }

  /// The share of them that come at such a place: 0 … 1.
  func share(at place: CameraScene.Place) -> Double {
    //               door yard dock hall
    let shares: [Double] =
      switch self {
      case .passerBy: [1.0, 0.6, 0.8, 1.0]
      case .intruder: [0.6, 0.7, 1.0, 0.2]
      case .pet: [0.7, 0.9, 0.3, 1.0]
      case .raccoon: [0.7, 1.0, 0.8, 0.0]
      case .hare: [0.4, 1.0, 0.4, 0.0]
      case .car: [0.8, 0.1, 1.0, 0.0]
      case .shadow, .lookalike: [1.0, 1.0, 1.0, 0.8]
      }
    return shares[place.rawValue]
  }

  /// The share of them that come at such an hour: 0 … 1.
  func share(at hour: Double) -> Double {
    switch self {
    case .passerBy: Self.people[Int(hour)]
    // Those who come at 22:00 sharp could be seen before.
    case .intruder: hour > 22.05 || hour < 5.9 ? 1 : 0
    case .pet: hour < 6 ? 0.25 : 0.8
    case .raccoon: hour > 20 || hour < 5 ? 1 : 0
    case .hare: hour > 4 && hour < 8 || hour > 17 && hour < 22 ? 1 : 0.1
    case .car: 0.1 + 0.9 * Self.people[Int(hour)]
    // Low sun and headlights.
    case .shadow: hour > 6 && hour < 9 || hour > 17 && hour < 21 ? 1 : 0.75
    case .lookalike: 1
    }
  }

  private static let people = [
    0.04, 0.03, 0.02, 0.02, 0.03, 0.1, 0.4, 0.9, 1, 0.7, 0.6, 0.6,
    0.7, 0.6, 0.6, 0.7, 0.8, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.1,
  ]

  /// Those who pass through at such an hour keep out of the restricted zone.
  static func isRestricted(_ hour: Double) -> Bool { hour > 21.9 || hour < 6.02 }
}

/// For what else a detector takes an object.
struct Confusion {
  /// The share of time that it takes it for something else: 0 … 1.
  let share: Double
  /// How sure it is of the wrong class, as a logit.
  let sureness: Double
  private let truth: ObjectClass

  init(_ truth: ObjectClass, isNight: Bool, _ random: inout SplitMix64) {
    self.truth = truth
    // Most are plain; a few are hard for as long as they are there.
    let hardness = random.unit()
    let cubed = hardness * hardness * hardness
    let most =
      switch truth {
      case .person: 0.06
      case .car: 0.15
      case .dog, .cat, .rabbit: 0.7
      case .raccoon: 0.85
      }
    share = most * cubed * (isNight ? 1 : 0.8)
    sureness = random.normal(0.1 + 0.9 * cubed, 0.45)
  }

  func draw(_ random: inout SplitMix64) -> ObjectClass {
    let others: [(ObjectClass, Double)] =
      switch truth {
      case .person: [(.dog, 0.7), (.raccoon, 0.3)]
      case .dog: [(.cat, 0.45), (.raccoon, 0.2), (.person, 0.35)]
      case .cat: [(.dog, 0.45), (.raccoon, 0.3), (.person, 0.15), (.rabbit, 0.1)]
      case .raccoon: [(.cat, 0.3), (.dog, 0.25), (.person, 0.45)]
      case .rabbit: [(.cat, 0.5), (.raccoon, 0.2), (.dog, 0.2), (.person, 0.1)]
      case .car: [(.person, 0.7), (.dog, 0.3)]
      }
    var draw = random.unit()
    for (other, share) in others {
      if draw < share { return other }
      draw -= share
    }
    return truth
  }
}

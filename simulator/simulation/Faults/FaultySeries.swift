import Glibc

/// A gauge that reads once a second what is to be kept at a level: see ``FaultKind/Source/gauge``.
enum FaultyGauge {
  static func record(
    _ configuration: FaultConfiguration, user: Int, into recording: inout FaultRecording
  ) {
    var random = SplitMix64(configuration.seed, user: user, index: 0, purpose: .reading)
    var schedule = FaultSchedule(configuration, user: user)
    let level = random.uniform(20, 80)
    // Ornstein and Uhlenbeck's process, read once a second.
    let memory = exp(-1.0 / 900)
    let fresh = 0.4 * (1 - memory * memory).squareRoot()
    var wander = 0.4 * random.noise()
    for second in 0..<Int(configuration.duration / 1_000) {
      wander = memory * wander + fresh * random.noise()
      let scale = random.unit() < 0.001 ? 1.5 : 1
      var value = level + wander + 0.9 * scale * random.noise()
      let fault = schedule.entry(at: Double(second))
      if let entry = fault?.entry {
        value += entry.sign * shift(configuration.kind, entry, at: Double(second))
      }
      let delay = Int64(random.integer(below: 50))
      // A hundredth is all that it shows.
      recording.add(
        time: configuration.startTime + Int64(second) * 1_000 + delay,
        value: (value * 100).rounded() / 100, fault: fault?.number, configuration.kind.rawValue)
    }
  }

  private static func shift(
    _ kind: FaultKind, _ entry: FaultSchedule.Entry, at time: Double
  ) -> Double {
    switch kind {
    case .spike: return 6 + 9 * entry.strength
    case .step: return 1.5 + 3.5 * entry.strength
    default:
      let share =
        (time - entry.span.lowerBound) / (entry.span.upperBound - entry.span.lowerBound)
      return (1 - abs(2 * share - 1)) * (3 + 5 * entry.strength)
    }
  }
}

/// A meter that reads every ten minutes what follows the hours of the day: see ``FaultKind/Source/meter``.
enum FaultyMeter {
  private static let interval: Int64 = 600_000

  static func record(
    _ configuration: FaultConfiguration, user: Int, into recording: inout FaultRecording
  ) {
    var random = SplitMix64(configuration.seed, user: user, index: 0, purpose: .reading)
    var schedule = FaultSchedule(configuration, user: user)
    let profile = Profile(&random)
    var noise = 2 * random.noise()
    for place in 0..<configuration.duration / interval {
      noise = 0.8 * noise + 1.2 * random.noise()
      let time = configuration.startTime + place * interval
      let fault = schedule.entry(at: Double(place * interval) / 1_000)
      var hour = Double(time % 86_400_000) / 3_600_000
      var swing = profile.swing(at: time)
      var detail = ""
      if let entry = fault?.entry {
        switch entry.variant {
        case ..<0.34:
          hour += 4 + 8 * entry.strength
          detail = "shifted"
        case ..<0.67:
          swing = 0
          detail = "flat"
        default:
          swing *= 0.5
          detail = "half"
        }
      }
      let value = 50 + swing * profile.shape(at: hour) + noise
      recording.add(
        time: time, value: (value * 100).rounded() / 100, fault: fault?.number, detail)
    }
  }

  /// What the days are like.
  private struct Profile {
    private let amplitude: Double
    private let second: Double
    private let peak: Double
    private let evening: Double
    /// What weekends have of it.
    private let weekend: Double

    init(_ random: inout SplitMix64) {
      amplitude = random.uniform(8, 15)
      second = random.uniform(0.2, 0.4)
      peak = random.uniform(10, 16)
      evening = random.uniform(17, 21)
      weekend = random.uniform(0.5, 1)
    }

    func swing(at time: Int64) -> Double {
      // 1 January 1970 was a Thursday: 0 is Monday.
      let weekday = (time / 86_400_000 + 3) % 7
      return weekday < 5 ? amplitude : amplitude * weekend
    }

    /// About −1 … 1.
    func shape(at hour: Double) -> Double {
      let turn = 2 * Double.pi / 24
      return cos(turn * (hour - peak)) + second * cos(2 * turn * (hour - evening))
    }
  }
}

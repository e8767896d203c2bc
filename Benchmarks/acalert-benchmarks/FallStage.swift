import Detection
import Events
import Glibc
import ModelFiles

/// The engine with the detectors of falls: samples of 50 Hz with their axes, as wearables send them.
///
/// Half of the wearers rest, a quarter walks and a quarter runs: those pass the trigger at every step, and each
/// gives a candidate every 0.7 s.
enum FallStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let impact = StreamRules(falls: FallRules(impact: ImpactRules()))
    if workload.wants("detect/zscore+impact") {
      result(try bursts(workload, "detect/zscore+impact", impact))
    }
    let standard = StreamRules(falls: .standard)
    if workload.wants("detect/default") {
      result(try bursts(workload, "detect/default", standard))
    }
    if workload.wants("detect/features") { result(features(workload)) }
    if workload.wants("detect/model") {
      result(windows("detect/model", StandardModels.fall, workload))
    }
    if workload.wants("detect/model-100") {
      result(windows("detect/model-100", try FirstTrees.of(StandardModels.fallFile, 100), workload))
    }
  }

  private static let perRecord = 50

  private static func bursts(
    _ workload: Workload, _ name: String, _ rules: StreamRules
  ) throws -> Measurement {
    let seconds = 20
    // Rings are full before the time counts.
    let warmUp = 20
    let names = Names(count: workload.users)
    var samples: [Sample] = []
    var axes: [AxisSample] = []
    for index in 0..<(seconds + warmUp) * workload.users * perRecord {
      let second = index / (workload.users * perRecord)
      let user = index / perRecord % workload.users
      let time = Double(second) + Double(index % perRecord) / Double(perRecord)
      let value = gait(user, at: time)
      samples.append(
        Sample(
          time: Workload.startTime + Int64(second * 1_000 + index % perRecord * 20),
          value: Int32(value * 1_000_000)))
      axes.append(AxisSample(x: 0, y: 0, z: Int16(value * 1_000)))
    }
    var candidates = 0
    var measured = try Meter.measure(
      name, unit: "samples", count: seconds * workload.users * perRecord,
      rounds: workload.rounds,
      prepare: {
        let run = try EngineRun(names, rules)
        for second in 0..<warmUp { run.ingest(samples, axes, perRecord, second) }
        run.candidates = 0
        return run
      },
      { run in
        for second in warmUp..<warmUp + seconds { run.ingest(samples, axes, perRecord, second) }
        candidates = run.candidates
      })
    measured.remark = "\(candidates) candidates kept"
    return measured
  }

  /// The magnitude for somebody who rests, walks (as many again) or, each fourth, runs with steps of 2.1 g; each
  /// hundredth sits down hard every ten seconds.
  private static func gait(_ user: Int, at time: Double) -> Double {
    let phase = Double(user) * 0.37
    if user % 100 == 7, (time + phase).truncatingRemainder(dividingBy: 10) < 0.04 { return 2.9 }
    switch user % 4 {
    case 0: return 1 + 0.9 * sin(2 * .pi * (2.7 * time + phase)) + 0.2 * sin(2 * .pi * 5.4 * time)
    case 1: return 1 + 0.25 * sin(2 * .pi * (1.8 * time + phase))
    default: return 1 + 0.01 * sin(37 * time + phase)
    }
  }

  /// A candidate's features, of windows that are wholly known: what it takes to ask `model`. The axes are
  /// those of somebody who walks and falls.
  private static func features(_ workload: Workload) -> Measurement {
    let count = 50_000
    let windows = (0..<64).map(window)
    var values = [Double](repeating: 0, count: FallFeature.allCases.count)
    var sum = 0.0
    var measured = Meter.measure(
      "detect/features", unit: "windows", count: count, rounds: workload.rounds, prepare: {},
      { _ in
        values.withUnsafeMutableBufferPointer { values in
          for number in 0..<count {
            FallFeature.values(of: windows[number % windows.count], into: values)
            sum += values[number % values.count]
          }
        }
      })
    let mean = Figures.fixed(sum / Double(count * workload.rounds), 2)
    measured.remark = "\(FallFeature.allCases.count) features, mean \(mean)"
    return measured
  }

  /// Steps, a blow at the peak, and lying on the side.
  private static func window(_ number: Int) -> FallWindow {
    var window = FallWindow()
    for index in 0..<FallWindow.length {
      let time = Double(index - FallWindow.peakIndex) / Double(FallWindow.rate)
      let phase = Double(number) * 0.37
      let step = 0.25 * sin(2 * .pi * (1.8 * time + phase))
      let blow = 3 * exp(-abs(time) / 0.05)
      let turn = min(1, max(0, time + 0.5)) * 1.4
      let length = (time < 0 ? 1 + step : 1) + blow
      window.x[index] = length * sin(turn) + 0.02 * sin(31 * time + phase)
      window.y[index] = 0.1 * step + 0.02 * sin(37 * time + phase)
      window.z[index] = length * cos(turn)
      let square =
        window.x[index] * window.x[index] + window.y[index] * window.y[index]
        + window.z[index] * window.z[index]
      window.magnitude[index] = square.squareRoot()
    }
    window.known = 0..<FallWindow.length
    return window
  }

  /// One model, features given: what a candidate costs beyond its features.
  private static func windows(
    _ name: String, _ model: Model, _ workload: Workload
  ) -> Measurement {
    let count = 200_000
    var walk = Walk()
    let rows = 256
    let values = (0..<rows * model.features.count).map { _ in
      Double(walk.next(isRunning: true)) / 1_000_000
    }
    var sum = 0.0
    var measured = Meter.measure(
      name, unit: "windows", count: count, rounds: workload.rounds, prepare: {},
      { _ in
        values.withUnsafeBufferPointer { values in
          for number in 0..<count {
            let start = number % rows * model.features.count
            sum += model.probability(
              UnsafeBufferPointer(rebasing: values[start..<start + model.features.count]))
          }
        }
      })
    // Of all rounds.
    let mean = Figures.fixed(sum / Double(count * workload.rounds), 2)
    measured.remark = "\(model.kind), mean \(mean)"
    return measured
  }
}

import Detection
import Events
import ModelFiles

/// The engine with the detectors of falls: samples of 50 Hz with their axes, as wearables send them.
///
/// Wearers stand, walk and run as in the stage without falls; those who run pass the trigger at every step.
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
    if workload.wants("detect/model") { result(try windows(workload)) }
  }

  private static let perRecord = 50

  private static func bursts(
    _ workload: Workload, _ name: String, _ rules: StreamRules
  ) throws -> Measurement {
    let seconds = 20
    // Rings are full before the time counts.
    let warmUp = 20
    let names = Names(count: workload.users)
    var values = Walk()
    var samples: [Sample] = []
    var axes: [AxisSample] = []
    for index in 0..<(seconds + warmUp) * workload.users * perRecord {
      let second = index / (workload.users * perRecord)
      let value = values.next(isRunning: index / perRecord % 4 == 0)
      samples.append(
        Sample(
          time: Workload.startTime + Int64(second * 1_000 + index % perRecord * 20), value: value))
      axes.append(AxisSample(x: 0, y: 0, z: Int16(clamping: value / 1_000)))
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

  /// One model, features given: what a candidate costs beyond its features.
  private static func windows(_ workload: Workload) throws -> Measurement {
    let model = StandardModels.fall
    let count = 200_000
    var walk = Walk()
    let rows = 256
    let values = (0..<rows * model.features.count).map { _ in
      Double(walk.next(isRunning: true)) / 1_000_000
    }
    var sum = 0.0
    var measured = try Meter.measure(
      "detect/model", unit: "windows", count: count, rounds: workload.rounds, prepare: {},
      { _ in
        values.withUnsafeBufferPointer { values in
          for number in 0..<count {
            let start = number % rows * model.features.count
            sum += model.probability(
              UnsafeBufferPointer(rebasing: values[start..<start + model.features.count]))
          }
        }
      })
    measured.remark = "\(model.kind), mean \(Figures.fixed(sum / Double(count), 2))"
    return measured
  }
}

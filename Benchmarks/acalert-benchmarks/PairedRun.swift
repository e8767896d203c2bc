/// The plain C program and the service in turn on the same broker: what the machine does meanwhile
/// meets both, and the best of one is compared with the best of the other.
struct PairedRun {
  var load: Load
  var rounds: Int
  var processes: StageProcess
  /// Whether the service is measured, or the C program alone.
  var includesService: Bool

  func measure(brokers: String) throws -> [Measurement] {
    let references = load.references.map { (Stage.reference, "c/\($0.rawValue)") }
    let cases = load.cases.map { (Stage.whole, $0.name(load)) }
    let turn = includesService ? references + cases : references
    var runs: [[Measurement]] = turn.map { _ in [] }
    for _ in 0..<rounds {
      for (place, (stage, only)) in turn.enumerated() {
        runs[place] += try processes.measure(
          stage, load: load, only: only, rounds: 1, brokers: brokers)
      }
    }
    let best = runs.compactMap(Measurement.best)
    let limits = Array(best.prefix(references.count))
    return try limits + best.dropFirst(references.count).map { try compare($0, with: limits) }
  }

  /// Says what share of the C program's rate a case has reached.
  private func compare(
    _ measured: Measurement, with limits: [Measurement]
  ) throws -> Measurement {
    var result = measured
    var words: [String] = []
    for (kind, limit) in zip(load.references, limits).reversed() {
      let name = "c/\(kind.rawValue)"
      let share = measured.perSecond / limit.perSecond
      let times = measured.nanoseconds / limit.nanoseconds
      result.shares[name] = share
      words.append(
        "\(Figures.whole(share * 100)) % of \(name) (\(Figures.fixed(times, 1)) times its CPU)")
      if load == .original, let theirs = limit.anomalies, let ours = measured.anomalies {
        // Both judge by the same rule: a difference would mean that one of them does other work.
        guard abs(ours - theirs) <= max(10, theirs / 100) else {
          throw BenchmarkError(
            "\(measured.name) flagged \(ours) samples, \(limit.name) \(theirs)")
        }
      }
    }
    result.remark = (words + [measured.remark]).joined(separator: ", ")
    return result
  }
}

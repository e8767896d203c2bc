import Detection
import Events

/// What a store would hold: everything that was handed out, up to a commit.
struct StoredDecisions {
  var identities: [SubjectIdentity] = []
  var rows: [Int: StatusRow] = [:]
  var windows: [String] = []
  var anomalies: [String] = []
  var late: [String] = []
  var threats: [String] = []
  var faults: [String] = []
  /// By subject, in the order in which they were told.
  var causes: [Int: [CauseChange]] = [:]
  var candidates: [String] = []
  /// The newest saved state of a subject's detectors.
  var detectors: [Int: [UInt8]] = [:]
  /// By hour and class.
  var unmatched: [String: Int] = [:]
  var next: Int64 = 0
  var rewind: Int64 = 0

  /// `map` turns the engine's indices into ours, which outlive it.
  mutating func apply(_ decisions: Decisions, _ map: inout [UInt32: Int]) {
    for subject in decisions.subjects {
      if let known = identities.firstIndex(of: subject.identity) {
        map[subject.index] = known
      } else {
        map[subject.index] = identities.count
        identities.append(subject.identity)
      }
    }
    for row in decisions.rows { rows[map[row.subject] ?? -1] = row }
    for window in decisions.windows {
      windows.append(
        "\(map[window.subject] ?? -1) \(window.start) \(window.count) \(window.mean) "
          + "\(window.std) \(window.flagged) \(decisions.packedSamples[window.packed])")
    }
    for anomaly in decisions.anomalies {
      anomalies.append(
        "\(map[anomaly.subject] ?? -1) \(anomaly.time) \(anomaly.score) \(anomaly.origin)")
    }
    for sample in decisions.lateSamples {
      late.append("\(map[sample.subject] ?? -1) \(sample.time) \(sample.origin)")
    }
    for threat in decisions.threats {
      threats.append(
        "\(map[threat.subject] ?? -1) \(threat.time) \(threat.rule) \(threat.objects) "
          + "\(threat.reason) \(threat.origin)")
    }
    for fault in decisions.equipmentFaults {
      faults.append(
        "\(map[fault.subject] ?? -1) \(fault.time) \(fault.kind) \(fault.reason) "
          + "\(String(describing: fault.origin))")
    }
    for change in decisions.causes {
      causes[map[change.subject] ?? -1, default: []].append(change)
    }
    for candidate in decisions.fallCandidates {
      candidates.append(
        "\(map[candidate.subject] ?? -1) \(candidate.time) \(candidate.decided) \(candidate.outcome) "
          + "\(candidate.scores) \(candidate.features) \(candidate.origin)")
    }
    for state in decisions.detectorStates { detectors[map[state.subject] ?? -1] = state.bytes }
    for sum in decisions.unmatched {
      unmatched["\(sum.hour) \(sum.className)", default: 0] += sum.count
    }
    for progress in decisions.progress {
      next = progress.next
      rewind = progress.rewind
    }
  }

  /// What is wrong with the order of the causes: something was over that had not begun, or is not over
  /// though the row says that its subject is well.
  var disorder: [String] {
    var wrong: [String] = []
    for (place, changes) in causes {
      var open: Set<Cause> = []
      for change in changes {
        if change.level != nil {
          open.insert(change.cause)
        } else if open.remove(change.cause) == nil {
          wrong.append("\(identities[place]): \(change.cause) was over, but had not begun")
        }
      }
      let state = rows[place]?.state ?? .unknown
      if open.contains(.stale) != (state == .stale) || state == .safe && !open.isEmpty {
        wrong.append("\(identities[place]) is \(state): \(open)")
      }
      if state == .warning || state == .danger, open.isEmpty {
        wrong.append("\(identities[place]) is \(state), and no cause is open")
      }
    }
    return wrong
  }

  /// All that must be the same, as text.
  var facts: [String] {
    windows.sorted() + candidates.sorted() + anomalies.sorted() + late.sorted() + threats.sorted()
      + faults.sorted()
      + unmatched.map { "\($0.key) \($0.value)" }.sorted()
      + causes.sorted { $0.key < $1.key }.flatMap { place, changes in
        changes.enumerated().map { number, change in
          // What the clock lowers is told with the place known when that is noticed, which is a matter of
          // batches.
          let site = change.level == nil ? "" : change.site
          return
            "\(identities[place]) \(number): \(change.cause) \(String(describing: change.level)) "
            + "\(change.time) \(change.reason) \(change.ruleName) \(site) "
            + "\(String(describing: change.value)) \(String(describing: change.origin))"
        }
      }
      + rows.sorted { $0.key < $1.key }.map { place, row in
        "\(identities[place]) \(row.state) \(row.previousState) \(row.since) "
          + "\(row.lastSeen) \(row.lastArrival) \(String(describing: row.value)) "
          + "\(String(describing: row.mean)) \(String(describing: row.std)) "
          + "\(String(describing: row.score)) \(row.reason) "
          + "\(String(describing: row.cause)) \(row.evidence) "
          + "\(String(describing: row.location)) \(row.timeZone) \(row.site)"
      }
  }
}

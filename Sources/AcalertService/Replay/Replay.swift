import Detection
import Events
import Foundation

/// Judges a file of records with the engine of the service, without Kafka or a database.
///
/// NDJSON files hold one record a line, in any of the wire formats; CSV files a header and one record a
/// line (see ``CSVRecords``). The order in the file is the order of arrival. Silence is not judged: a
/// file has no time of day.
public struct Replay: ~Copyable {
  /// What a replay found, as it goes.
  public enum Finding: Sendable {
    case anomaly(SubjectIdentity, Anomaly, line: Int)
    case transition(SubjectIdentity, StatusRow)
    case window(SubjectIdentity, WindowAggregate)
    case late(SubjectIdentity, LateSample, line: Int)
    case threat(SubjectIdentity, Threat, line: Int)
    case fault(SubjectIdentity, EquipmentFault)
    case invalid(line: Int, reason: String, detail: String)
  }

  /// What a replay came to.
  public struct Summary: Equatable, Sendable {
    /// Records read, invalid ones included.
    public var records = 0
    public var samples = 0
    public var subjects = 0
    public var anomalies = 0
    public var windows = 0
    public var dangers = 0
    public var threats = 0
    public var lateSamples = 0
    public var invalid: [String: Int] = [:]
  }

  public private(set) var summary = Summary()
  private var engine: Engine
  private let reader: RecordReader
  private var identities: [SubjectIdentity] = []

  /// - Parameters:
  ///   - stream: how the records are read and judged.
  ///   - rules: the threat rules for a stream of cameras.
  public init(stream: StreamSettings, rules: RuleSet = .standard) throws {
    let names = FrameNames()
    let timeZones = TimeZoneTable.system()
    engine = try Engine(streams: [stream.rules], names: names, timeZones: timeZones)
    if stream.camera != nil { engine.install(rules, stream: 0) }
    engine.assign(0, rewind: 0, next: 0)
    reader = RecordReader(stream, names: names, timeZones: timeZones)
  }

  /// Judges one line of the file and hands what it led to to `found`.
  public mutating func take(
    _ record: UnsafeRawBufferPointer, line: Int, found: (Finding) -> Void
  ) {
    // A record's offset is its line; nothing is measured against a clock.
    let origin = RecordOrigin(partition: 0, offset: Int64(line))
    guard engine.admit(origin, arrival: 0) else { return }
    summary.records += 1
    do {
      switch reader {
      case .samples(let decoder):
        try decoder.decode(record, arrival: -1)
        if let place = decoder.place {
          engine.ingest(
            stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
            axes: decoder.axes,
            place: place, origin: origin, arrival: 0)
        } else {
          engine.ingest(
            stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
            axes: decoder.axes,
            origin: origin, arrival: 0)
        }
      case .frames(let decoder):
        try decoder.decode(record, arrival: -1)
        engine.ingest(stream: 0, frames: decoder.batch, origin: origin, arrival: 0)
      }
    } catch {
      note(line: line, reason: error.reason.rawValue, detail: error.description, found)
    }
    report(engine.takeDecisions(), found)
  }

  /// Takes a line that is no record, because it breaks the rules of its file's format.
  mutating func reject(line: Int, reason: String, detail: String, found: (Finding) -> Void) {
    summary.records += 1
    note(line: line, reason: reason, detail: detail, found)
  }

  private mutating func note(
    line: Int, reason: String, detail: String, _ found: (Finding) -> Void
  ) {
    summary.invalid[reason, default: 0] += 1
    found(.invalid(line: line, reason: reason, detail: detail))
  }

  private mutating func report(_ decisions: Decisions, _ found: (Finding) -> Void) {
    summary.samples += decisions.sampleCount
    for subject in decisions.subjects {
      identities.append(subject.identity)
      summary.subjects += 1
    }
    for anomaly in decisions.anomalies {
      summary.anomalies += 1
      found(
        .anomaly(identities[Int(anomaly.subject)], anomaly, line: Int(anomaly.origin.offset)))
    }
    for threat in decisions.threats {
      summary.threats += 1
      found(.threat(identities[Int(threat.subject)], threat, line: Int(threat.origin.offset)))
    }
    for fault in decisions.equipmentFaults {
      found(.fault(identities[Int(fault.subject)], fault))
    }
    for row in decisions.rows where row.isTransition {
      if row.state == .danger { summary.dangers += 1 }
      found(.transition(identities[Int(row.subject)], row))
    }
    for window in decisions.windows {
      summary.windows += 1
      found(.window(identities[Int(window.subject)], window))
    }
    for sample in decisions.lateSamples {
      summary.lateSamples += 1
      found(.late(identities[Int(sample.subject)], sample, line: Int(sample.origin.offset)))
    }
  }
}

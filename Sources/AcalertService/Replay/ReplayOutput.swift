import Detection
import Events
import Foundation

/// Prints what a replay finds, as text or as JSON, to standard output unless told otherwise.
public struct ReplayOutput {
  public enum Format: Sendable { case text, json }

  private let format: Format
  private let includesAll: Bool
  private let isSummaryOnly: Bool
  private let unit: String
  private let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()
  private var pending = Data()
  private let destination: (Data) -> Void

  public init(format: Format, includesAll: Bool, isSummaryOnly: Bool, unit: String) {
    self.init(format: format, includesAll: includesAll, isSummaryOnly: isSummaryOnly, unit: unit) {
      try? FileHandle.standardOutput.write(contentsOf: $0)
    }
  }

  init(
    format: Format, includesAll: Bool, isSummaryOnly: Bool, unit: String,
    destination: @escaping (Data) -> Void
  ) {
    self.destination = destination
    self.format = format
    self.includesAll = includesAll
    self.isSummaryOnly = isSummaryOnly
    self.unit = unit.isEmpty ? "" : " \(unit)"
  }

  /// One finding as a line of JSON.
  private struct Line: Encodable {
    var type: String
    var user: String?
    var device: String?
    var line: Int?
    var time: String?
    var end: String?
    var value: Double?
    var mean: Double?
    var std: Double?
    var score: Double?
    var min: Double?
    var max: Double?
    var count: Int?
    var flagged: Int?
    var state: String?
    var previous: String?
    var reason: String?
    var detail: String?
    var rule: Int?
    var lateness: Int64?
  }

  mutating func write(_ finding: Replay.Finding) {
    guard !isSummaryOnly else { return }
    switch finding {
    case .window, .late: if !includesAll { return }
    default: break
    }
    switch format {
    case .text: append(text(finding))
    case .json: append(line(finding))
    }
    if pending.count > 1 << 16 { flush() }
  }

  mutating func finish(_ summary: Replay.Summary) {
    switch format {
    case .text:
      let invalid = summary.invalid.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      append(
        "\(summary.records) records, \(summary.samples) samples of \(summary.subjects) subjects: "
          + "\(summary.anomalies) flagged, \(summary.dangers) times danger, "
          + (summary.threats > 0 ? "\(summary.threats) threats, " : "")
          + "\(summary.windows) windows, \(summary.lateSamples) late"
          + (invalid.isEmpty ? "" : ", invalid: \(invalid.joined(separator: ", "))"))
    case .json:
      struct Summary: Encodable {
        var type = "summary"
        var records, samples, subjects, anomalies, threats, dangers, windows, late: Int
        var invalid: [String: Int]
      }
      append(
        Summary(
          records: summary.records, samples: summary.samples, subjects: summary.subjects,
          anomalies: summary.anomalies, threats: summary.threats, dangers: summary.dangers,
          windows: summary.windows, late: summary.lateSamples, invalid: summary.invalid))
    }
    flush()
  }

  private func text(_ finding: Replay.Finding) -> String {
    switch finding {
    case .anomaly(let who, let anomaly, _):
      return "\(ReadableTime.text(anomaly.time))  \(who.text)  flagged: \(anomaly.value)\(unit), "
        + "mean \(Self.short(anomaly.mean)), std \(Self.short(anomaly.std)), "
        + "score \(Self.short(anomaly.score))"
    case .transition(let who, let row):
      return "\(ReadableTime.text(row.since))  \(who.text)  "
        + (row.previousState == row.state
          ? "\(row.state.name): \(row.reason)"
          : "\(row.previousState.name) → \(row.state.name): \(row.reason)")
    case .window(let who, let window):
      return "\(ReadableTime.text(window.start))  \(who.text)  window: \(window.count) samples, "
        + "mean \(Self.short(window.mean)), std \(Self.short(window.std)), "
        + "\(window.min) to \(window.max), \(window.flagged) flagged"
    case .late(let who, let sample, let line):
      return "\(ReadableTime.text(sample.time))  \(who.text)  late by \(sample.lateness) ms "
        + "(line \(line))"
    case .threat(let who, let threat, let line):
      return "\(ReadableTime.text(threat.time))  \(who.text)  threat: \(threat.reason) "
        + "(line \(line))"
    case .fault(let who, let fault):
      return "\(ReadableTime.text(fault.time))  \(who.text)  fault: \(fault.reason)"
    case .invalid(let line, let reason, let detail):
      return "line \(line): \(reason): \(detail)"
    }
  }

  private func line(_ finding: Replay.Finding) -> Line {
    func base(_ type: String, _ who: SubjectIdentity, _ time: Int64) -> Line {
      Line(
        type: type, user: who.user, device: who.device, time: ReadableTime.text(time))
    }
    switch finding {
    case .anomaly(let who, let anomaly, let line):
      var result = base("anomaly", who, anomaly.time)
      result.line = line
      result.value = anomaly.value
      result.mean = anomaly.mean
      result.std = anomaly.std
      result.score = anomaly.score.isFinite ? anomaly.score : nil
      return result
    case .transition(let who, let row):
      var result = base("transition", who, row.since)
      result.line = row.cause.map { Int($0.offset) }
      result.state = row.state.name
      result.previous = row.previousState.name
      result.reason = row.reason
      return result
    case .window(let who, let window):
      var result = base("window", who, window.start)
      result.end = ReadableTime.text(window.end)
      result.count = window.count
      result.mean = window.mean
      result.std = window.std
      result.min = window.min
      result.max = window.max
      result.flagged = window.flagged
      return result
    case .late(let who, let sample, let line):
      var result = base("late", who, sample.time)
      result.line = line
      result.value = sample.value
      result.lateness = sample.lateness
      return result
    case .threat(let who, let threat, let line):
      var result = base("threat", who, threat.time)
      result.line = line
      result.rule = threat.rule
      result.state = threat.severity.name
      result.reason = threat.reason
      return result
    case .fault(let who, let fault):
      var result = base("fault", who, fault.time)
      result.detail = fault.kind.rawValue
      result.reason = fault.reason
      return result
    case .invalid(let line, let reason, let detail):
      return Line(type: "invalid", line: line, reason: reason, detail: detail)
    }
  }

  private static func short(_ value: Double) -> String {
    value.isFinite ? String(format: "%.3f", value) : "∞"
  }

  private mutating func append(_ text: String) { pending.append(Data((text + "\n").utf8)) }

  private mutating func append(_ line: some Encodable) {
    guard let data = try? encoder.encode(line) else { return }
    pending.append(data)
    pending.append(UInt8(ascii: "\n"))
  }

  private mutating func flush() {
    destination(pending)
    pending.removeAll(keepingCapacity: true)
  }
}

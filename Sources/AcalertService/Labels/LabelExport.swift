import Detection
import Events
import Foundation
import Store

/// `acalert label`: makes training data of a site's own history, from what people said of its alerts and
/// threats. Reads the database of a service, running or not.
public struct LabelExport {
  /// What was written.
  public struct Summary: Equatable, Sendable {
    /// Windows by label.
    public var windows: [LabelWindow.Label: Int] = [:]
    /// Rows of features, and those of them with the label 1 and 0; the others have none.
    public var rows = 0
    public var falls = 0
    public var normal = 0
  }

  private let reader: StoreReader
  private let from: Int64
  private let to: Int64

  /// - Parameters:
  ///   - database: the file.
  ///   - from, to: only alerts that began, threats and candidates in `from ..< to`, by event time in
  ///     milliseconds since 1970.
  /// - Throws: ``ServiceError`` if there is no such file, `StoreError` if it cannot be read.
  public init(database: String, from: Int64? = nil, to: Int64? = nil) throws {
    guard FileManager.default.fileExists(atPath: database) else {
      throw ServiceError(
        message: "there is no database \(database)",
        hint: "name the service's file with --database, or its configuration with --config")
    }
    reader = try StoreReader(path: database, timeLimit: .seconds(120))
    self.from = from ?? .min
    self.to = to ?? .max
  }

  /// A line of CSV that names the columns of the windows.
  public static let windowHeader = "user,device,kind,start,end,label,alert,author\n"

  /// The columns of `acalert features`.
  public static let featureHeader =
    (["trial", "user", "group", "activity", "label", "time_ms"]
    + FallFeature.allCases.map(\.name)).joined(separator: ",") + "\n"

  /// Hands all windows with a verdict to `write` as CSV, by start, the header first.
  ///
  /// - Parameter features: takes the candidates for falls in the windows of wearers, the header first;
  ///   `nil`: none are read.
  /// - Parameter quiet: whether those of subjects without alerts are to follow, with the label 0.
  public func write(
    windows write: (String) throws -> Void, features: ((String) throws -> Void)? = nil,
    quiet: Bool = false
  ) throws -> Summary {
    var summary = Summary()
    let windows = try reader.labelWindows(from: from, to: to)
    try write(Self.windowHeader)
    for window in windows {
      summary.windows[window.label, default: 0] += 1
      try write(Self.line(window))
    }
    guard let features else { return summary }
    try features(Self.featureHeader)
    for window in windows {
      if case .threat = window.source { continue }
      try writeCandidates(of: window, to: features, &summary)
    }
    if quiet { try writeQuietCandidates(to: features, &summary) }
    return summary
  }

  // MARK: Windows

  private static func line(_ window: LabelWindow) -> String {
    let source =
      switch window.source {
      case .alert(let id): "\(id)"
      case .threat(let id): "threat:\(id)"
      }
    return [
      window.identity.user, window.identity.device, window.identity.kind,
      ReadableTime.text(window.start), ReadableTime.text(window.end), window.label.rawValue, source,
      window.author,
    ].map(quoted).joined(separator: ",") + "\n"
  }

  // MARK: Features

  private func writeCandidates(
    of window: LabelWindow, to write: (String) throws -> Void, _ summary: inout Summary
  ) throws {
    let candidates = try reader.fallCandidates(
      of: window.identity, from: window.start, to: window.end
    ).filter { !$0.features.isEmpty }
    let isTold = candidates.contains { $0.outcome != .none }
    let highest = candidates.map { $0.peak ?? 0 }.max()
    for candidate in candidates {
      let label: Int? =
        switch window.label {
        case .falseAlarm: 0
        // Nobody has said what else was in it.
        case .anomaly: nil
        // It is one fall: that which was told, else the hardest impact.
        case .fall:
          (isTold ? candidate.outcome != .none : candidate.peak ?? 0 == highest) ? 1 : nil
        }
      try write(
        Self.row(
          candidate, trialStart: window.start, activity: window.label.rawValue, label: label,
          &summary))
    }
  }

  private func writeQuietCandidates(
    to write: (String) throws -> Void, _ summary: inout Summary
  ) throws {
    var last: Int64 = 0
    while true {
      // In steps, so that no read transaction lasts long beside the service.
      let page = try reader.quietCandidates(from: from, to: to, after: last)
      guard let end = page.last?.id else { return }
      last = end
      for candidate in page where !candidate.features.isEmpty {
        try write(
          Self.row(
            candidate, trialStart: candidate.time, activity: "quiet", label: 0, &summary))
      }
    }
  }

  private static func row(
    _ candidate: FallRecord, trialStart: Int64, activity: String, label: Int?,
    _ summary: inout Summary
  ) -> String {
    summary.rows += 1
    if label == 1 { summary.falls += 1 }
    if label == 0 { summary.normal += 1 }
    let trial = "\(candidate.identity.text)@\(ReadableTime.text(trialStart))"
    let names = [trial, candidate.identity.user, candidate.identity.kind, activity].map(quoted)
    let values = candidate.features.map { $0.isNaN ? "" : "\($0)" }
    return
      (names + [label.map { "\($0)" } ?? "", "\(candidate.time - trialStart)"] + values)
      .joined(separator: ",") + "\n"
  }

  /// A text as a value of CSV (RFC 4180).
  private static func quoted(_ text: String) -> String {
    let isSpecial = text.unicodeScalars.contains {
      $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
    }
    guard isSpecial else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

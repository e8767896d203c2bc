import Alerting
import Events

/// A file of alerts: who is told of what, how, and when not. docs/ALERTS.md describes each key.
///
/// Secrets do not stand in it: it says where they are, and they are read with it.
public struct AlertsFile: Equatable, Sendable {
  public var settings = AlertSettings()
  /// What can be shown of where each receiver is reached, by its name. No secret is in it.
  public var destinations: [String: String] = [:]

  /// Reads a file of alerts.
  ///
  /// - Throws: ``ConfigurationError`` for a file that cannot be read, is not YAML, has an unknown key, a
  ///   wrong unit, a value out of range, refers to something that is not there, or contradicts itself. No
  ///   error shows a secret.
  public static func read(file: String) throws(ConfigurationError) -> AlertSettings {
    try Self(file: file).settings
  }

  /// Reads a file of alerts; see ``read(file:)``.
  ///
  /// - Parameter surroundings: where its secrets are looked for.
  public init(
    file: String, surroundings: Surroundings = .system
  ) throws(ConfigurationError) {
    try self.init(
      text: StrictNode.contents(of: file), file: file, surroundings: surroundings)
  }

  /// Reads it from its text; `file` names it in errors, and paths in it are seen from the folder of
  /// `file`.
  public init(
    text: String, file: String, surroundings: Surroundings = .system
  ) throws(ConfigurationError) {
    self.init()
    var found = self
    try StrictNode.read(text, file: file) { try found.read($0, surroundings) }
    self = found
  }

  /// Alerts are recorded, and nobody is told.
  init() {}
}

extension Configuration {
  /// What is set about alerts: as in their file, or without one the defaults, by which alerts are
  /// recorded and nobody is told.
  ///
  /// - Throws: ``ConfigurationError`` about that file; see ``AlertsFile/read(file:)``. Also if a
  ///   receiver writes to a topic that a stream reads.
  public func alertSettings() throws(ConfigurationError) -> AlertSettings {
    try alertsFile()?.settings ?? AlertSettings()
  }

  /// The file of alerts, if there is one; see ``alertSettings()``.
  public func alertsFile(
    surroundings: AlertsFile.Surroundings = .system
  ) throws(ConfigurationError) -> AlertsFile? {
    guard let file = alerts.file else { return nil }
    let found = try AlertsFile(file: file, surroundings: surroundings)
    for receiver in found.settings.receivers {
      guard case .kafka(let topic) = receiver.kind else { continue }
      // Alerts that come back as records would be invalid ones, for ever.
      if let stream = streams.first(where: { $0.topics.contains(topic) }) {
        throw ConfigurationError(
          file: file,
          message: "receiver \"\(receiver.name)\" writes to the topic \"\(topic)\", which stream "
            + "\"\(stream.name)\" reads")
      }
    }
    return found
  }
}

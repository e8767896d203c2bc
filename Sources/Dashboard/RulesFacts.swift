import Detection

/// What came of reading the rules files again.
public enum RulesReload: Equatable, Sendable {
  /// The rules in use now: their version's short name, and how many there are in all files.
  /// `changed` says whether they differ from those before.
  case success(version: String, rules: Int, changed: Bool)
  /// Nothing has changed, because of this: a message with file, line and column.
  case failure(message: String)
}

/// The threat rules of one stream of cameras.
public struct RulesSummary: Equatable, Sendable {
  /// The stream's name.
  public var stream: String
  /// The file they were read from, as the configuration names it; empty if they are the built-in ones.
  public var file: String
  /// The short name of the version in use.
  public var version: String
  public var rules: [ThreatRule]

  public init(stream: String, file: String, version: String, rules: [ThreatRule]) {
    self.stream = stream
    self.file = file
    self.version = version
    self.rules = rules
  }
}

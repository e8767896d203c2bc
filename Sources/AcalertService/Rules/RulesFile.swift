import Detection
import Events

/// A rules file: who is to be warned of what, and the tests beside the rules.
public struct RulesFile: Equatable, Sendable {
  /// Valid, as `RuleSet.validate` says.
  public var rules = RuleSet()
  /// Classes that the detectors of this site know, and the usual ones do not.
  public var classes: [String] = []
  public var tests: [RuleTest] = []

  /// Reads a rules file.
  ///
  /// - Parameter labels: classes that the stream's detector knows beside the usual ones.
  /// - Throws: ``ConfigurationError`` for a file that cannot be read, is not YAML, has an unknown key, a
  ///   value out of range, a rule that contradicts itself or asks for a class that no detector knows.
  public init(file: String, labels: some Sequence<String> = []) throws(ConfigurationError) {
    try self.init(text: StrictNode.contents(of: file), file: file, labels: labels)
  }

  /// Reads rules from their text; `file` names it in errors.
  public init(
    text: String, file: String, labels: some Sequence<String> = []
  ) throws(ConfigurationError) {
    let labels = labels.map(\.asciiLowercased)
    var found = Self()
    try StrictNode.read(text, file: file) { root in
      try found.read(root)
      let known = Set(CameraFormat.knownClasses).union(found.classes).union(labels)
      do {
        try found.rules.validate(
          knownClasses: known, isTimeZone: { ZoneOffsets.system($0) != nil })
      } catch let error as RuleSetError {
        throw root.error(error)
      }
    }
    self = found
  }

  /// Nobody is warned of anything.
  init() {}
}

extension RuleSet {
  /// Reads a rules file; see ``RulesFile``.
  public init(file: String) throws(ConfigurationError) {
    self = try RulesFile(file: file).rules
  }

  /// Reads rules from their text; `file` names it in errors.
  public init(text: String, file: String) throws(ConfigurationError) {
    self = try RulesFile(text: text, file: file).rules
  }
}

extension StrictNode {
  /// The place in a rules file that an error of its rules speaks of.
  fileprivate func error(_ error: RuleSetError) -> ConfigurationError {
    let (list, place) =
      switch error.place {
      case .rule(let place): ("rules", place)
      case .assignment(let place): ("assign", place)
      case .exemption(let place): ("ignore", place)
      }
    guard let items = try? child(list)?.sequence(), items.indices.contains(place) else {
      return self.error(error.message)
    }
    var node = items[place]
    for key in error.key.split(separator: ".") {
      guard let child = node.child(String(key)) else { break }
      node = child
    }
    if let item = error.item, let items = try? node.items(), items.indices.contains(item) {
      node = items[item]
    }
    return node.error(error.message)
  }
}

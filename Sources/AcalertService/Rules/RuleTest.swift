import Detection
import Events

/// A test that sits beside its rule in a rules file: events of one camera, and what the rule is to say.
public struct RuleTest: Equatable, Sendable {
  public enum Expectation: String, CaseIterable, Sendable {
    /// The rule holds on at least one of the events.
    case fires
    /// It holds on none.
    case safe
  }

  /// One record in the service's own format.
  public struct Event: Equatable, Sendable {
    /// The JSON object.
    public var text: String
    /// Whether it has no time: it then comes a second after the one before it.
    public var needsTime: Bool
  }

  /// The rule's id.
  public var rule: Int
  public var name: String
  public var expect: Expectation
  public var events: [Event]
  /// Whose camera it is where the events do not say.
  public var camera: CameraTags
  /// The line of the file where it begins, from 1.
  public var line: Int

  /// When the first event is that has no time: a Monday at noon, 2026-01-05T12:00:00Z.
  static let firstTime: Int64 = 1_767_614_400_000
}

extension RuleAssignment {
  /// A camera that it is for: its patterns with something in the place of what may be anything.
  var exampleCamera: CameraTags {
    func example(_ patterns: [String], _ other: String) -> String {
      patterns.first.map { $0.replacing("*", with: "1").replacing("?", with: "1") } ?? other
    }
    return CameraTags(
      user: example(users, "user"), device: example(devices, "camera"),
      site: sites.isEmpty ? nil : example(sites, "site"))
  }
}

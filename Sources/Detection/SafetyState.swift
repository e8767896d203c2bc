/// The safety of one subject.
public enum SafetyState: UInt8, Sendable, CaseIterable {
  /// Not enough data to say.
  case unknown = 0
  case safe = 1
  case warning = 2
  case danger = 3
  /// The subject has fallen silent.
  case stale = 4

  /// The name used in the database, the interface and the dashboard.
  public var name: String {
    switch self {
    case .unknown: "unknown"
    case .safe: "safe"
    case .warning: "warning"
    case .danger: "danger"
    case .stale: "stale"
    }
  }

  /// The more urgent of two states that data led to.
  static func worse(_ one: SafetyState, _ other: SafetyState) -> SafetyState {
    one.rawValue > other.rawValue ? one : other
  }

  public init?(name: some StringProtocol) {
    guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }
}

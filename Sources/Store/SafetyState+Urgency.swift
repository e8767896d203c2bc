import Detection

extension SafetyState {
  /// The state's number in the database: the more urgent, the higher, so that the index on it gives
  /// the order in which people want to read.
  var urgency: Int64 {
    switch self {
    case .danger: 4
    case .warning: 3
    case .stale: 2
    case .unknown: 1
    case .safe: 0
    }
  }

  init(urgency: Int64) {
    self =
      switch urgency {
      case 4: .danger
      case 3: .warning
      case 2: .stale
      case 0: .safe
      default: .unknown
      }
  }
}

import Store

/// The values of all labels of one alert; empty where there is none.
public struct AlertLabels: Equatable, Sendable {
  private var kind = ""
  private var user = ""
  private var device = ""
  private var site = ""
  private var cause = ""
  private var rule = ""
  private var severity = ""

  public init(_ alert: Alert) {
    kind = alert.identity.kind
    user = alert.identity.user
    device = alert.identity.device
    site = alert.site
    cause = alert.cause.name
    rule = alert.cause.rule.map { String($0) } ?? ""
    severity = alert.severity.name
  }

  /// For an alert that is only thought of: `route test`.
  public init(values: [AlertLabel: String]) {
    for (label, value) in values { self[label] = value }
  }

  public subscript(label: AlertLabel) -> String {
    get {
      switch label {
      case .kind: kind
      case .user: user
      case .device: device
      case .site: site
      case .cause: cause
      case .rule: rule
      case .severity: severity
      }
    }
    set {
      switch label {
      case .kind: kind = newValue
      case .user: user = newValue
      case .device: device = newValue
      case .site: site = newValue
      case .cause: cause = newValue
      case .rule: rule = newValue
      case .severity: severity = newValue
      }
    }
  }
}

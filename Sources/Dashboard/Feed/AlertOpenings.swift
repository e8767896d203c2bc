import Store

/// The configurations by which alerts were opened, which their rows in the table keep, for as long as
/// more may be told of them.
struct AlertOpenings {
  private var configurations: [Int64: ConfigurationNumber] = [:]
  /// No alert with a higher id has been seen: such a one is new.
  private var last: Int64

  /// - Parameter last: the newest alert that was opened before there was anybody to note it.
  init(after last: Int64) { self.last = last }

  /// The number of an alert's configuration; `nil` if only the table knows it.
  subscript(alert: Int64) -> ConfigurationNumber? { configurations[alert] }

  /// Alerts as they were written, while this configuration is in use.
  mutating func note(_ alerts: [Alert], configuration: ConfigurationNumber) {
    var newest = last
    for alert in alerts where alert.id > last {
      configurations[alert.id] = configuration
      newest = max(newest, alert.id)
    }
    last = newest
  }

  /// Keeps what the table said.
  mutating func set(_ configuration: ConfigurationNumber, of alert: Alert) {
    configurations[alert.id] = configuration
  }

  /// Forgets those that are over. The little that may still be told of one is worth a look into the
  /// table.
  mutating func forget(_ alerts: [Alert]) {
    for alert in alerts where !alert.isOpen { configurations[alert.id] = nil }
  }
}

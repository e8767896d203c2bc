import Logging
import Observability

/// Begins to log to standard error, one line an entry, from `level` on.
public func startLogging(_ level: LogSettings.Level) {
  LogSetup.start(level: Logger.Level(rawValue: level.rawValue) ?? .info)
}

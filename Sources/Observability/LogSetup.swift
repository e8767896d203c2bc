import Logging
import Synchronization

/// Sets up logging for the whole process: one line an entry, to standard error.
public enum LogSetup {
  private static let isDone = Atomic<Bool>(false)

  /// Begins to log from `level` on. Only the first call in a process counts: swift-log allows no other.
  public static func start(level: Logger.Level) {
    guard !isDone.exchange(true, ordering: .relaxed) else { return }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }
}

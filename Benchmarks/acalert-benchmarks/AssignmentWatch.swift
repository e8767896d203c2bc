import Foundation
import Logging
import Synchronization

/// The clocks at some moment of a run.
struct Moment {
  /// Records stored by then.
  var records: Int
  var time = Meter.now
  var cpu = Meter.cpu
  var threads = ThreadTimes.now()

  init(records: Int) { self.records = records }
}

/// Notes when the service gets its first partition: joining a group takes seconds and is no work. The
/// service's log tells of new partitions before their first records.
final class AssignmentWatch: Sendable {
  private let assigned = Mutex<Moment?>(nil)

  /// Listens to the log of this process from now on. Once in its life.
  static func begin() -> AssignmentWatch {
    let watch = AssignmentWatch()
    LoggingSystem.bootstrap { label in Listener(watch: watch, speaks: label == "acalert") }
    return watch
  }

  var moment: Moment? { assigned.withLock { $0 } }

  func reset() { assigned.withLock { $0 = nil } }

  private struct Listener: LogHandler {
    let watch: AssignmentWatch
    /// Whether warnings are shown: librdkafka's, of what the mock cannot do, are not.
    let speaks: Bool
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(watch: AssignmentWatch, speaks: Bool) {
      self.watch = watch
      self.speaks = speaks
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      if event.metadata?["partitions"] != nil {
        watch.assigned.withLock { $0 = $0 ?? Moment(records: 0) }
      }
      if speaks, event.level >= .warning {
        FileHandle.standardError.write(Data("\(event.level): \(event.message)\n".utf8))
      }
    }
  }
}

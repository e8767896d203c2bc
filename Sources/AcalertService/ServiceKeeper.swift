import Kafka
import Logging
import Synchronization

/// Begins a service anew whose Kafka client cannot go on, for nobody is watched while it stands still.
///
/// librdkafka gives a client up for good in a few cases, above all if the group's coordinator takes it for
/// another member of its name after they had lost sight of each other. A new client is what helps. If one after
/// the other ends like that, something is wrong that only people can mend: two services of one name, say, who
/// would take each other's place for ever.
public final class ServiceKeeper: Sendable {
  private struct Kept: Sendable {
    var service: Service
    /// When it began anew, of late: in seconds of a monotonic clock.
    var renewals: [Double] = []
  }

  private let settings: Configuration
  private let kept: Mutex<Kept>
  /// A service may begin anew so often in so many seconds.
  private static let mostRenewals = 3
  private static let span = 60.0

  /// Starts the service.
  ///
  /// - Throws: what ``Service/start()`` throws.
  public init(_ settings: Configuration) throws {
    self.settings = settings
    kept = Mutex(Kept(service: try Self.start(settings)))
  }

  /// The service that runs now.
  public var service: Service { kept.withLock { $0.service } }

  /// Looks after the service; to be called now and then, by one thread.
  ///
  /// - Throws: why the service cannot go on; it has been stopped.
  public func look() throws { try look(at: WallClock.monotonicSeconds()) }

  /// - Parameter now: seconds of a monotonic clock.
  func look(at now: Double) throws {
    let (service, renewals) = kept.withLock { ($0.service, $0.renewals) }
    guard let failure = service.failure else { return }
    service.stop()
    let lately = renewals.filter { now - $0 <= Self.span }
    guard (failure as? KafkaError)?.isFatal == true, lately.count < Self.mostRenewals else {
      throw failure
    }
    Logger(label: "acalert").critical("\(failure): the service begins anew")
    let next = try Self.start(settings)
    kept.withLock { $0 = Kept(service: next, renewals: lately + [now]) }
  }

  public func stop() { service.stop() }

  private static func start(_ settings: Configuration) throws -> Service {
    let service = Service(settings)
    try service.start()
    return service
  }
}

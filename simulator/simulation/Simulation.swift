import Glibc
import Kafka
import Synchronization

/// What is to be simulated, for how long and how fast.
public struct SimulationConfiguration: Sendable {
  public var population: any StreamConfiguration
  /// Stop after so many records; nil goes on.
  public var count: Int?
  /// Stop after so much event time; nil goes on.
  public var durationMilliseconds: Int64?
  /// true: each message is sent when its event time, counted from the start, has passed on the clock.
  /// false: as fast as the sink takes them, event time then runs ahead by the schedule.
  public var isPaced = true
  /// Whether event time begins when ``Simulation/start()`` is called, by the clock, and not at the population's
  /// start time: so what is sent is as new as it says, whenever that is.
  public var beginsNow = false

  public init(_ population: any StreamConfiguration) {
    self.population = population
  }
}

/// What a simulation has done so far.
public struct SimulationCounters: Hashable, Sendable {
  /// Records and duplicates given to the sink.
  public var sent = 0
  /// Those of them that are safe: acknowledged by the brokers, or written to the file.
  public var acknowledged = 0
  /// Those that were given up.
  public var failed = 0
  public var failures: [String: Int] = [:]
  public var population = PopulationCounters()
}

/// Runs a population of wearers or cameras against a sink, on a thread of its own named `simulation`.
///
/// Life: `init`, `start`, then `wait` for the end that the configuration sets or `stop` at any time; both
/// return when everything sent is accounted for and the thread has been joined.
public final class Simulation: Sendable {
  private let configuration: SimulationConfiguration
  private let sink: SimulationSink
  private let truth: (@Sendable (Truth) -> Void)?
  private let failed: (@Sendable (KafkaError, Int) -> Void)?
  private let shouldStop = Atomic<Bool>(false)
  private let flushTimeout = Atomic<Int>(30_000)
  private let finished = Atomic<Bool>(false)
  private let published = Mutex(SimulationCounters())
  private let failure = Mutex<(any Error)?>(nil)

  private enum Thread {
    case none
    case running(pthread_t)
    case joined
  }
  private let thread = Mutex(Thread.none)

  /// - Parameters:
  ///   - truth: Called on the simulation's thread for whatever is put into the stream on purpose.
  ///   - failed: Called for errors of the Kafka client, rate limited, with the number held back.
  /// - Throws: a setting that is out of its range, or a bad Kafka property.
  public init(
    _ configuration: SimulationConfiguration, sink: SimulationSink,
    truth: (@Sendable (Truth) -> Void)? = nil,
    failed: (@Sendable (_ error: KafkaError, _ suppressed: Int) -> Void)? = nil
  ) throws {
    try configuration.population.validate()
    if case .kafka(let producer, _) = sink { try producer.validate() }
    self.configuration = configuration
    self.sink = sink
    self.truth = truth
    self.failed = failed
  }

  deinit {
    // A running thread holds this object, so it has ended; only its remains are to be collected.
    thread.withLock { thread in
      if case .running(let running) = thread { pthread_detach(running) }
    }
  }

  /// Starts the thread. Later calls do nothing.
  public func start() {
    thread.withLock { thread in
      guard case .none = thread else { return }
      var created = pthread_t()
      let result = pthread_create(
        &created, nil,
        { @Sendable argument in
          guard let argument else { return nil }
          Unmanaged<Simulation>.fromOpaque(argument).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
      if result == 0 {
        thread = .running(created)
      } else {
        Unmanaged.passUnretained(self).release()
        fail(SimulationError("cannot start a thread: \(String(cString: strerror(result)))"))
        finished.store(true, ordering: .releasing)
      }
    }
  }

  /// Ends the simulation: what has been sent is waited for within the time, the rest of it given up.
  public func stop(timeoutMilliseconds: Int = 5_000) {
    flushTimeout.store(timeoutMilliseconds, ordering: .relaxed)
    shouldStop.store(true, ordering: .releasing)
    wait()
  }

  /// Asks the simulation to end and does not wait. May be called from a signal handler.
  public func requestStop() {
    shouldStop.store(true, ordering: .releasing)
  }

  /// Waits until the simulation has ended.
  public func wait() {
    thread.withLock { thread in
      guard case .running(let running) = thread else { return }
      pthread_join(running, nil)
      thread = .joined
    }
  }

  /// Whether the thread has done all that it will do.
  public var isFinished: Bool { finished.load(ordering: .acquiring) }

  /// What has been done, at most a tenth of a second old; exact once the simulation has ended.
  public var counters: SimulationCounters { published.withLock { $0 } }

  /// Why the simulation ended before its time; nil if it did not.
  public var error: (any Error)? { failure.withLock { $0 } }

  private func fail(_ error: any Error) {
    failure.withLock { $0 = $0 ?? error }
  }

  private func run() {
    nameThisThread("simulation")
    defer { finished.store(true, ordering: .releasing) }
    do {
      var source = configuration.population
      let writer = try makeWriter()
      if configuration.beginsNow { source.startTime = wallClockMilliseconds() }
      let population = try source.makeStream()
      let sent = feed(population, from: source.startTime, to: writer)
      publish(sent, population, writer)
      writer.finish(timeoutMilliseconds: flushTimeout.load(ordering: .relaxed))
      publish(sent, population, writer)
    } catch {
      fail(error)
    }
  }

  private func makeWriter() throws -> any MessageWriter {
    switch sink {
    case .kafka(let producer, let topic):
      return try KafkaWriter(
        producer, topic: topic,
        shouldStop: { [shouldStop = Stop(self)] in shouldStop.isRequested }, failed: failed)
    case .file(let descriptor): return FileWriter(descriptor: descriptor)
    }
  }

  /// A way to ask for `shouldStop` that does not keep the simulation alive in a circle.
  private struct Stop: Sendable {
    unowned let simulation: Simulation
    init(_ simulation: Simulation) { self.simulation = simulation }
    var isRequested: Bool { simulation.shouldStop.load(ordering: .acquiring) }
  }

  /// Gives messages to the writer until the end.
  ///
  /// - Parameter origin: event time at which the stream begins.
  /// - Returns: how many it took.
  private func feed(
    _ population: any MessageStream, from origin: Int64, to writer: any MessageWriter
  ) -> Int {
    let start = monotonicMilliseconds()
    let last = configuration.durationMilliseconds.map { origin + $0 } ?? .max
    var sent = 0
    var lastPublished = start
    var broken = false
    func write(_ message: borrowing RecordView) {
      guard !broken else { return }
      do {
        try writer.write(message)
        sent += 1
      } catch {
        broken = true
        // Room that did not come before a stop is no failure of the simulation.
        if !shouldStop.load(ordering: .acquiring) { fail(error) }
      }
    }
    var steps = 0
    while !broken, !shouldStop.load(ordering: .acquiring) {
      let isOver =
        population.counters.records >= configuration.count ?? .max || population.nextDue >= last
      // At the end there is no waiting any more: what was to come late comes now.
      if isOver {
        guard population.nextDelayed(write) else { break }
        continue
      }
      let ahead = population.nextDue - origin - (monotonicMilliseconds() - start)
      if configuration.isPaced, ahead > 0 {
        try? writer.flush()
        publish(sent, population, writer)
        // Short enough to stop at once, long enough to sleep most of the time.
        usleep(useconds_t(min(20, ahead) * 1_000))
        continue
      }
      population.next(write) { truth?($0) }
      steps += 1
      if steps % 1_024 == 0 {
        let now = monotonicMilliseconds()
        if now - lastPublished >= 100 {
          lastPublished = now
          publish(sent, population, writer)
        }
      }
    }
    return sent
  }

  private func publish(_ sent: Int, _ population: any MessageStream, _ writer: any MessageWriter) {
    let outcome = writer.outcome
    published.withLock {
      $0 = SimulationCounters(
        sent: sent, acknowledged: outcome.acknowledged,
        failed: outcome.failures.values.reduce(0, +), failures: outcome.failures,
        population: population.counters)
    }
  }
}

/// Milliseconds of a clock that only goes forward.
func monotonicMilliseconds() -> Int64 { milliseconds(of: CLOCK_MONOTONIC) }

/// Milliseconds since 1970.
private func wallClockMilliseconds() -> Int64 { milliseconds(of: CLOCK_REALTIME) }

private func milliseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

/// Names the running thread through the file system: Glibc's module leaves out `pthread_setname_np`.
private func nameThisThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = write(file, bytes, bytes.count)
  _ = close(file)
}

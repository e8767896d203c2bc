import Dashboard
import Detection
import Logging
import Synchronization

/// The threat rules that the camera streams are judged by, and how they are changed while the service
/// runs: all rules files are read again, and only if every one of them is good do the new rules take
/// effect, all at once.
///
/// May be used from any thread; a second reload waits for the first.
public final class RulesFiles: Sendable {
  private struct State {
    /// By the streams' places in the configuration.
    var sets: [Int: RuleSet]
    var judgement: JudgementVersion
  }

  private let settings: Configuration
  private let log: Logger
  private let now: @Sendable () -> Int64
  private let state: Mutex<State>

  /// Reads the rules file of each camera stream that has one; the others are judged by the standard
  /// rules.
  ///
  /// - Parameter now: the time of day in milliseconds since 1970; the system's if absent.
  /// - Throws: ``ConfigurationError`` about the first file that is not good.
  public init(
    _ settings: Configuration, log: Logger = Logger(label: "acalert.rules"),
    now: (@Sendable () -> Int64)? = nil
  ) throws(ConfigurationError) {
    self.settings = settings
    self.log = log
    let now = now ?? { WallClock.milliseconds() }
    self.now = now
    let sets = try Self.read(settings)
    state = Mutex(State(sets: sets, judgement: settings.judgement(rules: sets, at: now())))
  }

  private static func read(
    _ settings: Configuration
  ) throws(ConfigurationError) -> [Int: RuleSet] {
    var sets: [Int: RuleSet] = [:]
    for (place, stream) in settings.streams.enumerated() {
      guard let camera = stream.camera else { continue }
      guard let file = camera.rulesFile else {
        sets[place] = .standard
        continue
      }
      sets[place] = try RulesFile(file: file, labels: camera.format.labels.values).rules
    }
    return sets
  }

  /// The rules in use of each camera stream, by its place in the configuration's streams.
  public var sets: [(stream: Int, rules: RuleSet)] {
    state.withLock { Self.inOrder($0.sets) }
  }

  /// All that decides now, the rules included.
  public var judgement: JudgementVersion { state.withLock { $0.judgement } }

  /// The rules in use, for people.
  public var summaries: [RulesSummary] {
    let (sets, version) = state.withLock { ($0.sets, $0.judgement.version) }
    return Self.inOrder(sets).map { stream, rules in
      RulesSummary(
        stream: settings.streams[stream].name,
        file: settings.streams[stream].camera?.rulesFile ?? "",
        version: version, rules: rules.rules)
    }
  }

  /// Reads all rules files again. If every one is good, and something in them decides otherwise than
  /// before, `install` is given the streams whose rules are new, with the version they make; it must
  /// not come back to this object.
  ///
  /// A file that is not good changes nothing. Comments and tests decide nothing: a file in which only
  /// they are new has not changed.
  public func reload(
    install: ([(stream: Int, rules: RuleSet)], JudgementVersion) -> Void
  ) -> RulesReload {
    state.withLock { state in
      let sets: [Int: RuleSet]
      do throws(ConfigurationError) {
        sets = try Self.read(settings)
      } catch {
        log.error("the rules stay as they are: \(error)")
        return .failure(message: error.description)
      }
      let count = sets.values.reduce(0) { $0 + $1.rules.count }
      let changed = sets.filter { state.sets[$0.key] != $0.value }
      guard !changed.isEmpty else {
        log.info(
          """
          the rules were read again and have not changed: \(count.counted("rule")), \
          version \(state.judgement.version)
          """)
        return .success(version: state.judgement.version, rules: count, changed: false)
      }
      let old = state.judgement.version
      state.sets = sets
      state.judgement = settings.judgement(rules: sets, at: now())
      install(Self.inOrder(changed), state.judgement)
      let version = state.judgement.version
      let names = changed.keys.sorted().map { settings.streams[$0].name }
      log.notice(
        """
        new rules: \(count.counted("rule")), version \(version) after \(old); changed for \
        \(names.joined(separator: ", "))
        """)
      return .success(version: version, rules: count, changed: true)
    }
  }

  private static func inOrder(_ sets: [Int: RuleSet]) -> [(stream: Int, rules: RuleSet)] {
    sets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

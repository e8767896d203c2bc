import Dashboard
import Detection
import Logging
import Synchronization

/// What of the judgement lies in files of its own, and how it is changed while the service runs: the threat
/// rules of the camera streams and the models that tell falls. All files are read again, and only if every
/// one of them is good does what is new take effect, all at once.
///
/// May be used from any thread; a second reload waits for the first.
public final class RulesFiles: Sendable {
  private struct State {
    /// By the streams' places in the configuration.
    var sets: [Int: RuleSet]
    /// As in the configuration, but for the models that are in use now.
    var streams: [StreamSettings]
    var judgement: JudgementVersion
  }

  private let settings: Configuration
  private let log: Logger
  private let now: @Sendable () -> Int64
  private let state: Mutex<State>

  /// Reads the rules file of each camera stream that has one; the others are judged by the standard
  /// rules. The models have been read with the configuration.
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
    state = Mutex(
      State(
        sets: sets, streams: settings.streams,
        judgement: settings.judgement(rules: sets, at: now())))
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

  /// How each stream is judged now, its models included.
  public var streamRules: [StreamRules] { state.withLock { $0.streams.map(\.rules) } }

  /// All that decides now, the rules and models included.
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

  /// Reads all files again. If every one is good, and something in them decides otherwise than before,
  /// `install` is given what is new, with the version that it makes; it must not come back to this object.
  ///
  /// A file that is not good changes nothing. Comments and tests decide nothing: a rules file in which only
  /// they are new has not changed.
  public func reload(install: (JudgementChange) -> Void) -> RulesReload {
    state.withLock { state in
      let sets: [Int: RuleSet]
      let streams: [StreamSettings]
      do throws(ConfigurationError) {
        sets = try Self.read(settings)
        streams = try Self.withModels(state.streams)
      } catch {
        log.error("rules and models stay as they are: \(error)")
        return .failure(message: error.description)
      }
      let count = sets.values.reduce(0) { $0 + $1.rules.count }
      let old = state.judgement.version
      var changed = JudgementChange(judgement: state.judgement)
      changed.rules = sets.filter { state.sets[$0.key] != $0.value }
      for (place, stream) in streams.enumerated() where stream != state.streams[place] {
        changed.models[place] = stream.rules.models
      }
      guard !changed.isEmpty else {
        log.info(
          """
          rules and models were read again and have not changed: \(count.counted("rule")), \
          version \(old)
          """)
        return .success(version: old, rules: count, changed: false)
      }
      var settings = settings
      settings.streams = streams
      changed.judgement = settings.judgement(rules: sets, at: now())
      state.sets = sets
      state.streams = streams
      state.judgement = changed.judgement
      install(changed)
      log.notice("\(describe(changed, streams)), version \(changed.judgement.version) after \(old)")
      return .success(version: changed.judgement.version, rules: count, changed: true)
    }
  }

  /// The streams with their models as the files have them now.
  private static func withModels(
    _ streams: [StreamSettings]
  ) throws(ConfigurationError) -> [StreamSettings] {
    var streams = streams
    for place in streams.indices { try streams[place].readModels() }
    return streams
  }

  private func describe(_ change: JudgementChange, _ streams: [StreamSettings]) -> String {
    var parts: [String] = []
    if !change.rules.isEmpty {
      let count = change.rules.values.reduce(0) { $0 + $1.rules.count }
      let names = change.rules.keys.sorted().map { streams[$0].name }
      parts.append("new rules: \(count.counted("rule")) for \(names.joined(separator: ", "))")
    }
    for place in change.models.keys.sorted() {
      let stream = streams[place]
      let models = ([stream.rules.falls] + stream.rules.overrides.map(\.falls)).compactMap { $0 }
        .flatMap { falls in
          FallModelRole.allCases.compactMap { falls.models[$0]?.model.description }
        }
      var seen: Set<String> = []
      let names = models.filter { seen.insert($0).inserted }
      parts.append("new models: \(names.joined(separator: ", ")) for \(stream.name)")
    }
    return parts.joined(separator: "; ")
  }

  private static func inOrder(_ sets: [Int: RuleSet]) -> [(stream: Int, rules: RuleSet)] {
    sets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

import Backtesting
import Detection

/// `acalert tune`: a search over the parameters of one stream, and the configuration that comes of it.
public struct TuneRun {
  public enum Method: String, Equatable, Sendable, CaseIterable {
    /// All combinations of the space's values.
    case grid
    /// So many drawn at random.
    case random
  }

  public var method = Method.grid
  /// Sets drawn at random; the most sets of a grid.
  public var trials = 200
  public var search: Search
  /// What the recordings and the labels are, in words for the head of the result.
  public var material: [String] = []

  private let overlay: ConfigurationOverlay

  /// - Parameters:
  ///   - text: the configuration to begin with; empty for the service's own.
  ///   - file: names it in errors; paths in it are seen from its folder.
  ///   - stream: the name of the stream to tune; the first one of samples, if nil.
  public init(
    text: String, file: String, stream: String? = nil, search: Search
  ) throws(ConfigurationError) {
    overlay = try ConfigurationOverlay(text: text, file: file, stream: stream)
    self.search = search
  }

  /// The same from a file; the service's own configuration, if nil.
  public init(
    file: String?, stream: String? = nil, search: Search
  ) throws(ConfigurationError) {
    try self.init(
      text: file.map { path throws(ConfigurationError) in try StrictNode.contents(of: path) } ?? "",
      file: file ?? "the configuration of the service", stream: stream, search: search)
  }

  /// The stream as it is configured.
  public var stream: StreamSettings { overlay.configuration.streams[overlay.stream] }

  /// The sets to try.
  public struct Plan: Equatable, Sendable {
    public var sets: [ParameterSet]
    /// Those that the configuration's reader refuses, such as a `k` of 0: they are listed, not judged.
    public var refused: [TuningReport.Refusal]
  }

  /// Chooses the sets to try from a space.
  ///
  /// - Throws: `TuningError` for a grid that is too large; ``ConfigurationError`` if the reader refuses all
  ///   of the sets, as for an unknown key.
  public func plan(_ space: ParameterSpace) throws -> Plan {
    let sets =
      switch method {
      case .grid: try space.grid(atMost: trials)
      case .random: space.draw(trials, seed: search.seed)
      }
    var plan = Plan(sets: [], refused: [])
    var fault: ConfigurationError?
    for set in sets {
      do throws(ConfigurationError) {
        _ = try overlay.settings(with: set)
        plan.sets.append(set)
      } catch {
        fault = fault ?? error
        plan.refused.append(TuningReport.Refusal(set, reason: error.message))
      }
    }
    if plan.sets.isEmpty, let fault { throw fault }
    return plan
  }

  /// Tries the sets of a plan.
  ///
  /// - Parameters:
  ///   - now: a clock in milliseconds, for the remaining time alone.
  ///   - evaluate: what a stream comes to on the training set, for each user.
  /// - Throws: what `evaluate` throws; `TuningError` if there is nothing to measure by.
  public func run(
    _ plan: Plan, now: () -> Int64, progress: (Search.Progress) -> Void = { _ in },
    evaluate: (StreamSettings) throws -> [String: Tally]
  ) throws -> TuningReport {
    var report = try search.run(plan.sets, now: now, progress: progress) { set in
      try evaluate(try overlay.settings(with: set))
    }
    report.method = method == .grid ? "grid" : "random, \(trials) draws"
    report.refused = plan.refused
    return report
  }

  /// The text of a configuration with the parameters that a search chose, and with where they come from.
  ///
  /// - Parameter target: the file that it will be written to.
  /// - Throws: ``ConfigurationError`` if paths in the configuration cannot be said from there.
  public func tunedText(_ report: TuningReport, for target: String) throws(ConfigurationError)
    -> String
  {
    let text = try overlay.text(with: report.parameters, for: target)
    return TunedHeading(report, stream: stream.name, material: material, was: overlay.written).text
      + TunedHeading.removed(from: text)
  }
}

import Detection
import Events

/// Holds a file of events against rules, and says of each event which rule fires and why the others do
/// not.
public struct RuleEventsRun {
  private let rules: RuleSet
  private let format: CameraFormat
  private let tracks: TrackRules
  private let clearAfter: Int64

  /// - Parameters:
  ///   - rules: valid rules.
  ///   - format: how the events are written.
  ///   - stream: how the cameras are judged beside the rules.
  public init(_ rules: RuleSet, format: CameraFormat, stream: StreamRules = StreamRules()) {
    self.rules = rules
    self.format = format
    tracks = stream.cameras?.tracks ?? TrackRules()
    clearAfter = stream.status.clearAfter
  }

  /// What a run came to.
  public struct Summary: Equatable, Sendable {
    public var records = 0
    public var invalid = 0
    public var frames = 0
    /// By rule: on how many frames it held, and how many threats that made.
    public var rules: [Int: Tally] = [:]

    public struct Tally: Equatable, Sendable {
      public var fires = 0
      public var threats = 0
    }

    /// In one line, and one for each rule that was asked.
    public var text: String {
      var lines = ["\(records.counted("record")), \(invalid) invalid, \(frames.counted("frame"))"]
      for (id, tally) in rules.sorted(by: { $0.key < $1.key }) {
        lines.append(
          "rule \(id): fires on \(tally.fires.counted("frame")), "
            + "\(tally.threats.counted("threat"))")
      }
      return lines.joined(separator: "\n")
    }
  }

  /// Reads the file, one record a line, and hands the lines that it leads to to `print`.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read.
  public func run(
    events: String, print: (String) -> Void
  ) throws(ConfigurationError) -> Summary {
    let names = FrameNames()
    let timeZones = TimeZoneTable.system()
    let trial = RuleTrial(
      rules, tracks: tracks, clearAfter: clearAfter, names: names, timeZones: timeZones)
    let decoder = CameraDecoder(format: format, names: names, timeZones: timeZones)
    var reader = try LineReader(path: events)
    var summary = Summary()
    var line = 1
    while try reader.next({ bytes in
      guard !bytes.isEmpty else { return }
      summary.records += 1
      do throws(InvalidRecord) {
        try decoder.decode(bytes, arrival: -1)
      } catch {
        summary.invalid += 1
        return print("line \(line): invalid: \(error.reason.rawValue): \(error)")
      }
      for frame in trial.take(decoder.batch) {
        summary.frames += 1
        let place = "line \(line): \(ReadableTime.text(frame.time)) \(frame.user)/\(frame.device)"
        if frame.rules.isEmpty { print("\(place): no rule is assigned") }
        for rule in frame.rules {
          summary.rules[rule.id, default: Summary.Tally()].fires += rule.fires ? 1 : 0
          summary.rules[rule.id, default: Summary.Tally()].threats += rule.isThreat ? 1 : 0
          print(
            "\(place): \(rule.isThreat ? "THREAT: " : rule.fires ? "fires: " : "")\(rule.words)")
        }
      }
    }) { line += 1 }
    return summary
  }
}

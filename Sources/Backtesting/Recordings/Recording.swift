import Events

/// What one subject sent without a break in the recording: one trial.
public struct Recording: Sendable {
  /// The trial's name, or the file's path below the folder that was given.
  public var name: String
  /// Whose it is, where the recording itself says so; as a rule the labels do.
  public var user: String?
  public var device: String?
  /// The event time that labels in milliseconds count from.
  public var start: Int64
  /// The resolution of `samples`: 1 means 10^−digits.
  public var digits: Int
  public var samples: [Sample]
  /// As many as samples, or none.
  public var axes: [AxisSample]
  /// The file, for messages.
  public var source: String

  public init(
    name: String, user: String? = nil, device: String? = nil, start: Int64, digits: Int,
    samples: [Sample], axes: [AxisSample] = [], source: String = ""
  ) {
    self.name = name
    self.user = user
    self.device = device
    self.start = start
    self.digits = digits
    self.samples = samples
    self.axes = axes
    self.source = source
  }

  public var hasAxes: Bool { !axes.isEmpty }

  /// From the first sample to the last, by their times; `start` alone without samples.
  public var span: ClosedRange<Int64> {
    guard var first = samples.first?.time, var last = samples.first?.time else {
      return start...start
    }
    for sample in samples {
      first = min(first, sample.time)
      last = max(last, sample.time)
    }
    return first...last
  }
}

/// The clock of recordings whose times count from the start of a trial.
public enum RecordingClock {
  /// Where `t_ms` 0 lies: 2020-01-01T00:00:00Z, a Wednesday.
  public static let base: Int64 = 1_577_836_800_000
}

/// How recordings are read.
public struct RecordingOptions: Sendable {
  /// Unit, resolution and names of the fields: those of the stream.
  public var format: RecordFormat
  /// Whether series without axes are read at the format's resolution where that holds all of their values; if
  /// not, and otherwise, each is read at the finest that does.
  public var keepsResolution: Bool

  public init(format: RecordFormat = .standard, keepsResolution: Bool = false) {
    self.format = format
    self.keepsResolution = keepsResolution
  }
}

/// Lines of recordings that could not be used: they are counted, and the rest is read on.
public struct BadLines: Equatable, Sendable {
  /// So many are kept as texts.
  public static let limit = 20

  public private(set) var count = 0
  /// The first ones, as `file:line: what`.
  public private(set) var examples: [String] = []

  public init() {}

  mutating func add(_ file: String, line: Int, _ what: String) {
    count += 1
    if examples.count < Self.limit { examples.append("\(file):\(line): \(what)") }
  }

  static func += (left: inout BadLines, right: BadLines) {
    left.count += right.count
    left.examples += right.examples.prefix(max(0, limit - left.examples.count))
  }
}

/// What each sample of a wearer's trace was compared with, for drawing.
public enum BaselineTrace {
  /// One point of a trace.
  public struct Point: Equatable, Sendable {
    public var time: Int64
    /// In the stream's unit.
    public var value: Double
    /// Mean and sample standard deviation (not below the floor) of the window before the sample, in
    /// the stream's unit; absent while there were too few samples to judge by.
    public var mean: Double?
    public var std: Double?
    public var isFlagged: Bool
  }

  /// The points of `samples`, which are in order of time; the first ones lack what lies before them.
  public static func points(
    _ samples: [PackedSamples.Element], rules: StreamRules
  ) -> [Point] {
    let unit = DecimalText.unit(digits: rules.digits)
    var cursor = BaselineCursor(length: rules.window.length)
    return samples.map { sample in
      cursor.advance(to: sample.time, of: samples)
      let judged = cursor.sums.count >= Int64(rules.zscore.minSamples)
      let std = max(cursor.sums.standardDeviation, Double(rules.zscore.minStd))
      return Point(
        time: sample.time, value: Double(sample.value) / unit,
        mean: judged ? cursor.sums.mean / unit : nil, std: judged ? std / unit : nil,
        isFlagged: sample.isFlagged)
    }
  }
}

extension [PackedSamples.Element]: TimedSamples {
  func time(at place: Int) -> Int64 { self[place].time }
  func value(at place: Int) -> Int32 { self[place].value }
}

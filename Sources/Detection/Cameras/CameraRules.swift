/// How the cameras of a stream are judged, beside their threat rules. Times in milliseconds.
public struct CameraRules: Equatable, Sendable {
  /// An image of less contrast is void: nothing can be seen in it. Millionths; 0 for no such check.
  public var voidContrast: Int32
  /// So many void images of the last so many, within so long: the camera's equipment is at fault.
  public var voidFrames: ThreatRule.Persistence
  public var tracks: TrackRules
  /// How the numbers of detections are watched; not at all, if absent.
  public var counts: CountRules?

  public init(
    voidContrast: Int32 = 20_000,
    voidFrames: ThreatRule.Persistence = ThreatRule.Persistence(frames: 3, of: 5, within: 30_000),
    tracks: TrackRules = TrackRules(), counts: CountRules? = CountRules()
  ) {
    self.voidContrast = voidContrast
    self.voidFrames = voidFrames
    self.tracks = tracks
    self.counts = counts
  }
}

/// How the number of detections of each class and camera is watched: the count in each bucket of time is
/// a sample of a subject of its own (user, `camera/class`), judged as any other stream of samples.
public struct CountRules: Equatable, Sendable {
  /// The kind of those subjects.
  public var kind: String
  /// Length of a bucket; buckets begin at multiples of it.
  public var bucket: Int64
  /// Detections below do not count. Millionths.
  public var probability: Int32
  /// Only these classes; every class that was seen within the window, if empty.
  public var classes: [String]
  public var window: WindowRules
  public var zscore: ZScoreRules
  public var status: StatusRules

  public init(
    kind: String = "camera-count", bucket: Int64 = 60_000, probability: Int32 = 500_000,
    classes: [String] = [],
    window: WindowRules = WindowRules(
      length: 1_800_000, aggregate: 1_800_000, allowedLateness: 0, maxSamples: 4_096),
    zscore: ZScoreRules = ZScoreRules(thousandthsOfK: 5_000, minSamples: 10, minStd: 10),
    status: StatusRules = StatusRules(
      raiseCount: 5, raiseWithin: 600_000, clearAfter: 300_000, staleAfter: 3_600_000)
  ) {
    self.kind = kind
    self.bucket = bucket
    self.probability = probability
    self.classes = classes
    self.window = window
    self.zscore = zscore
    self.status = status
  }
}

extension [StreamRules] {
  /// These streams, followed by those of the counts of their cameras' detections, in the same order.
  public var withCounts: [StreamRules] {
    self
      + compactMap { stream in
        guard let counts = stream.cameras?.counts else { return nil }
        // They never fall silent by themselves: the bound is only there to be within the rules.
        var status = counts.status
        let window = counts.window
        status.staleAfter = Swift.max(
          status.staleAfter,
          window.allowedLateness + Swift.max(window.length, window.aggregate))
        return StreamRules(
          kind: counts.kind, unit: "", digits: 0, window: counts.window,
          zscore: counts.zscore, status: status)
      }
  }
}

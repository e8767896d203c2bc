/// An object as Frigate judges it: the measure that our own judgement is held against.
///
/// The machine is that of `TrackedObject` in Frigate 0.13, with the padding that its documentation
/// describes (https://docs.frigate.video/configuration/object_filters and …/zones): a score below
/// `min_score` is as good as none, the computed score is the median of the last ten, and an object is a
/// false positive until that has once reached the threshold. It says nothing of how objects are found
/// again from frame to frame; ``TrackRules`` does.
public struct FrigateObject: Sendable {
  /// `min_score` and `threshold`, in millionths.
  public let minScore: Int32
  public let threshold: Int32
  /// `computed_score` and `top_score`, in millionths.
  public private(set) var computedScore: Int32 = 0
  public private(set) var topScore: Int32 = 0
  /// Once false it stays false.
  public private(set) var isFalsePositive = true
  public private(set) var zones: [ZonePresence]
  private var history = ScoreHistory()

  /// An object seen for the first time. Frigate judges it, and looks where it stands, from the second
  /// frame on.
  ///
  /// - Parameters:
  ///   - score: how sure the detector is, in millionths, at least `minScore`.
  ///   - zones: the number of zones.
  ///   - inertia: the frames in a zone that make the object present there.
  public init(
    score: Int32, minScore: Int32 = 500_000, threshold: Int32 = 700_000, zones: Int = 0,
    inertia: Int = 3
  ) {
    self.minScore = minScore
    self.threshold = threshold
    self.zones = Array(repeating: ZonePresence(inertia: inertia), count: zones)
    history.append(score < minScore ? 0 : score)
  }

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - score: in millionths; `nil` if the object was not seen.
  ///   - isInside: whether the lower middle of the object's last known box lies in a zone.
  public mutating func update(score: Int32?, isInside: (Int) -> Bool = { _ in false }) {
    let score = score ?? 0
    history.append(score < minScore ? 0 : score)
    computedScore = history.median()
    topScore = max(topScore, computedScore)
    if computedScore >= threshold { isFalsePositive = false }
    for zone in zones.indices { zones[zone].update(isInside: isInside(zone)) }
  }
}

/// Whether an object is in a zone, with inertia: one odd box does not bring it in.
///
/// As in Frigate 0.13; in later versions the count never falls.
public struct ZonePresence: Equatable, Sendable {
  /// The frames that it takes.
  public let inertia: Int
  /// Frames inside less frames outside, never below 0; from `inertia` on it no longer falls.
  public private(set) var count = 0
  /// Whether it is there in this frame.
  public private(set) var isPresent = false
  /// Whether it has ever been.
  public private(set) var hasEntered = false

  public init(inertia: Int = 3) { self.inertia = inertia }

  /// Takes the next frame.
  public mutating func update(isInside: Bool) {
    if isInside {
      count = min(count + 1, inertia)
    } else if count > 0, count < inertia {
      count -= 1
    }
    isPresent = isInside && count >= inertia
    if isPresent { hasEntered = true }
  }
}

import Events

/// How objects are followed from frame to frame.
public struct TrackRules: Equatable, Sendable {
  /// A track that no frame has confirmed for so long is over. Milliseconds.
  public var timeout: Int64
  /// Boxes of one object in two frames overlap by at least so much of their union (intersection over
  /// union), in millionths.
  public var minOverlap: Int32
  /// A detection below counts as 0 in its track's median. Millionths.
  public var minProbability: Int32

  public init(
    timeout: Int64 = 5_000, minOverlap: Int32 = 200_000, minProbability: Int32 = 500_000
  ) {
    self.timeout = timeout
    self.minOverlap = minOverlap
    self.minProbability = minProbability
  }
}

/// What is known of an object's past, for one detection of it.
public struct TrackFacts: Equatable, Sendable {
  /// Frames of its track in which it was seen, this one included.
  public var frames: Int
  /// The median, in millionths, of the last ten scores of its track (frames of the camera since its
  /// beginning; 0 where it was not seen, or was taken for another class, or was below
  /// `minProbability`), filled up with zeros to three.
  public var median: Int32
  /// The largest median of the same class that the track has had: an object once found true stays true.
  public var topMedian: Int32

  public init(frames: Int, median: Int32, topMedian: Int32) {
    self.frames = frames
    self.median = median
    self.topMedian = topMedian
  }
}

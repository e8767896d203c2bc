import Detection

extension CameraRules {
  /// Reads `void`: when an image shows nothing, and when that is a fault.
  mutating func readVoid(_ node: StrictNode) throws {
    var contrast = voidContrast
    var frames = voidFrames
    try node.mapping([
      "contrast": { contrast = try $0.share() },
      "frames": { frames.frames = try $0.integer(in: ThreatRule.Persistence.counts) },
      "of": { frames.of = try $0.integer(in: ThreatRule.Persistence.counts) },
      "within": { frames.within = try $0.duration(in: 1...86_400_000) },
    ])
    guard frames.frames <= frames.of else {
      throw node.error("\(frames.frames) frames of \(frames.of) can never be")
    }
    voidContrast = contrast
    voidFrames = frames
  }
}

extension ThreatRule.Persistence {
  /// How many frames can be looked back on.
  static let counts = 1...64
}

extension TrackRules {
  mutating func read(_ node: StrictNode) throws {
    var tracks = self
    try node.mapping([
      "timeout": { tracks.timeout = try $0.duration(in: 100...3_600_000) },
      "overlap": { tracks.minOverlap = try $0.share() },
      "speed": { node in
        let speed = try node.fixedPoint(digits: 6, what: "a number")
        guard (0...Int64(TrackRules.maxSpeed)).contains(speed) else {
          throw node.error("is not within 0 to 100")
        }
        tracks.speed = Int32(speed)
      },
      "probability": { tracks.minProbability = try $0.share() },
    ])
    self = tracks
  }
}

extension CountRules {
  /// Reads `counts`; nil if they are not enabled.
  static func read(_ node: StrictNode) throws -> CountRules? {
    var isEnabled = true
    var counts = CountRules()
    try node.mapping([
      "enabled": { isEnabled = try $0.boolean() },
      "kind": { counts.kind = try StreamSettings.readKind($0) },
      "bucket": { counts.bucket = try $0.duration(in: 1_000...86_400_000) },
      "probability": { counts.probability = try $0.share() },
      "classes": { counts.classes = try $0.items().map { try $0.className() } },
      "window": { node in
        try node.mapping([
          "length": { counts.window.length = try $0.duration() },
          "aggregate": { counts.window.aggregate = try $0.duration() },
          "maxSamples": {
            counts.window.maxSamples = try $0.integer(in: 16...WindowSums.maxCount)
          },
        ])
      },
      "zscore": { node in
        try node.mapping([
          "k": { counts.zscore.thousandthsOfK = try $0.fixedPoint(digits: 3, what: "a number") },
          "minSamples": {
            counts.zscore.minSamples = try $0.integer(in: 2...WindowSums.maxCount)
          },
          "minStd": { counts.zscore.minStd = try $0.fixedPoint(digits: 0, what: "a number") },
          "sides": { counts.zscore.sides = try $0.choice() },
        ])
      },
      "status": { node in
        try node.mapping([
          "raise": { node in
            try node.mapping([
              "count": { counts.status.raiseCount = try $0.integer(in: 1...1000) },
              "within": { counts.status.raiseWithin = try $0.duration() },
            ])
          },
          "clear": { try $0.mapping(["after": { counts.status.clearAfter = try $0.duration() }]) },
        ])
      },
    ])
    let buckets = counts.window.length / counts.bucket
    guard buckets >= counts.zscore.minSamples else {
      throw node.error(
        "holds \(buckets) buckets, and zscore.minSamples asks for \(counts.zscore.minSamples): "
          + "nothing would ever be judged", at: "window.length")
    }
    // Counts come as long as the camera's records do: their silence is the camera's own.
    counts.status.staleAfter = max(
      counts.status.staleAfter, counts.window.length, counts.window.aggregate)
    return isEnabled ? counts : nil
  }
}

extension StrictNode {
  /// A duration within bounds, in milliseconds.
  func duration(in bounds: ClosedRange<Int64>) throws -> Int64 {
    let value = try duration()
    guard bounds.contains(value) else {
      throw error(
        "is not within \(Self.text(bounds.lowerBound)) to \(Self.text(bounds.upperBound))")
    }
    return value
  }

  /// A duration as one would write it.
  static func text(_ milliseconds: Int64) -> String {
    let units: [(Int64, String)] = [
      (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"),
    ]
    for (length, name) in units where milliseconds != 0 && milliseconds % length == 0 {
      return "\(milliseconds / length)\(name)"
    }
    return "\(milliseconds)ms"
  }
}

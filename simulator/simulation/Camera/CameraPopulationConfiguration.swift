/// How a camera's records are written.
public enum CameraRecordFormat: String, CaseIterable, Sendable {
  /// One record a frame, also where nothing is seen: `{"user":"c-9","device":"door","site":"s-1","ts":…,
  /// "timezone":"Asia/Tokyo","image":{…},"objects":[{"class":"person","probability":0.93,"box":[x,y,w,h]}]}`;
  /// boxes in shares of the image's width and height.
  case acalert
  /// One record for each change of an object that is being followed, as Frigate's `frigate/events`, with
  /// `user`, `site` and `timezone` added beside `type`; boxes in pixels: left, top, right, bottom.
  case frigate
}

/// Which cameras are simulated, and what is wrong with the stream on purpose.
///
/// Two populations of equal configuration make the same stream, byte for byte. What happens before a
/// camera does not depend on `rate` and `format`, nor on how many users there are.
public struct CameraPopulationConfiguration: StreamConfiguration, Hashable {
  /// Users, 1 to 1,000,000: `c-1`, … Ten of them share a site: `s-1`, …
  public var users = 100
  /// Cameras of each user, 1 to 16: `door`, `yard`, `dock`, `hall`, `door-2`, …
  public var cameras = 2
  /// Frames a second of each camera, 0.01 to 30.
  public var rate = 2.0
  public var format = CameraRecordFormat.acalert
  /// How often somebody or something comes, relative to an ordinary day; 0 to 1,000.
  public var activity = 1.0
  /// How often the detector sees what is not there, relative to an ordinary day; 0 to 1,000.
  public var noise = 1.0
  /// How often a camera's lens is covered for a while, a day; 0 to 1,000.
  public var voids = 0.5
  /// The share of records that say wrongly whose they are, or where.
  public var badTags = 0.0
  public var disturbances = Disturbances()
  public var seed: UInt64 = 1
  /// Event time at which the stream begins: Unix milliseconds, from 1970 to 9987.
  public var startTime: Int64

  public init(startTime: Int64) {
    self.startTime = startTime
  }

  /// - Throws: the first setting that is out of its range.
  public func validate() throws(SimulationError) {
    try require((1...1_000_000).contains(users), "users must be from 1 to 1,000,000")
    try require((1...16).contains(cameras), "a user can have 1 to 16 cameras")
    try require((0.01...30).contains(rate), "the rate must be from 0.01 to 30 frames a second")
    for (name, factor) in [("activity", activity), ("noise", noise), ("voids", voids)] {
      try require((0...1_000).contains(factor), "\(name) must be from 0 to 1000")
    }
    try require((0...1).contains(badTags), "the share of bad tags must be from 0 to 1")
    try disturbances.validate()
    try require(
      (0...253_000_000_000_000).contains(startTime), "the start time must be from 1970 to 9987")
  }

  public func makeStream() throws(SimulationError) -> any MessageStream {
    try CameraPopulation(self)
  }
}

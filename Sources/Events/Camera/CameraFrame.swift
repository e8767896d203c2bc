/// What a camera's object detector said about one image.
///
/// The buffers belong to the decoder: valid until its next `decode`, and only while the record's bytes
/// are.
public struct CameraFrame {
  /// Whose camera it is: 1 to 256 bytes of UTF-8.
  public var user: UnsafeRawBufferPointer
  /// The camera: 1 to 256 bytes of UTF-8.
  public var device: UnsafeRawBufferPointer
  /// Where it is, empty if nobody said.
  public var site: UnsafeRawBufferPointer
  /// When the image was taken: milliseconds since 1970-01-01T00:00:00Z, in `0 ... Sample.maxTime`.
  public var time: Int64
  /// The device's time zone, by its number in the decoder's ``TimeZoneTable``; −1 if nobody said.
  public var timeZone: Int16
  /// Whether the detector itself said that the image could not be read.
  public var isUnreadable: Bool
  /// Whether the objects are all that the detector saw in the image; not so in a record that tells of one
  /// object only.
  public var isWhole: Bool
  public var image: ImageFacts
  /// Its objects' places in ``FrameBatch/objects``.
  public var objects: Range<Int>
  /// The time zone's name as the record spells it, empty if nobody said.
  public var timeZoneName: UnsafeRawBufferPointer
  /// Where the camera is; `nil` if the record does not say.
  public var location: GeoLocation?

  public init(
    user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, site: UnsafeRawBufferPointer,
    time: Int64, timeZone: Int16 = -1, isUnreadable: Bool = false, isWhole: Bool = true,
    image: ImageFacts = ImageFacts(), objects: Range<Int>,
    timeZoneName: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    location: GeoLocation? = nil
  ) {
    self.user = user
    self.device = device
    self.site = site
    self.time = time
    self.timeZone = timeZone
    self.isUnreadable = isUnreadable
    self.isWhole = isWhole
    self.image = image
    self.objects = objects
    self.timeZoneName = timeZoneName
    self.location = location
  }

  /// What the record says of where the camera is.
  @inlinable
  public var place: ReportedPlace {
    ReportedPlace(location: location, timeZone: timeZoneName, site: site)
  }
}

/// What is known of the image itself; −1 for what is not.
public struct ImageFacts: Equatable, Sendable {
  /// Width and height in pixels.
  public var width: Int32
  public var height: Int32
  /// Its size as a file, in bytes.
  public var bytes: Int64
  /// Its contrast (the standard deviation of its brightness, or what the detector calls contrast) in
  /// millionths, 0 … 1,000,000.
  public var contrast: Int32

  public init(width: Int32 = -1, height: Int32 = -1, bytes: Int64 = -1, contrast: Int32 = -1) {
    self.width = width
    self.height = height
    self.bytes = bytes
    self.contrast = contrast
  }
}

/// One object that a detector saw.
public struct DetectedObject: Equatable, Sendable {
  public struct Flags: OptionSet, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `box` holds the object's box.
    public static let hasBox = Flags(rawValue: 1)
    /// The detector itself takes it for a false positive, so far.
    public static let falsePositive = Flags(rawValue: 2)
    /// The object does not move.
    public static let stationary = Flags(rawValue: 4)
    /// The object has left: what is said of it is its last known appearance, not something seen now.
    public static let ended = Flags(rawValue: 8)
  }

  /// Its class, by its number in ``FrameNames/classes``.
  public var classID: UInt16
  public var flags: Flags
  /// How sure the detector is, in millionths: 0 … 1,000,000.
  public var probability: Int32
  public var box: Box
  /// The detector's own track of the object: a hash of its id, 0 if it has none.
  public var track: UInt64
  /// The zones that the detector says the object is in: a range of ``FrameBatch/zoneIDs``.
  public var zones: Range<Int32>

  public init(
    classID: UInt16, probability: Int32, flags: Flags = [], box: Box = Box(), track: UInt64 = 0,
    zones: Range<Int32> = 0..<0
  ) {
    self.classID = classID
    self.flags = flags
    self.probability = probability
    self.box = box
    self.track = track
    self.zones = zones
  }
}

/// A box in an image, in millionths of the image's width and height, from its upper left corner.
public struct Box: Equatable, Sendable {
  public var x: Int32
  public var y: Int32
  public var width: Int32
  public var height: Int32

  public init(x: Int32 = 0, y: Int32 = 0, width: Int32 = 0, height: Int32 = 0) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Where the object stands: the middle of the lower edge.
  public var foot: Point { Point(x: x + width / 2, y: y + height) }
}

/// A point in an image, in millionths of its width and height, from its upper left corner.
public struct Point: Hashable, Sendable {
  public var x: Int32
  public var y: Int32

  public init(x: Int32, y: Int32) {
    self.x = x
    self.y = y
  }
}

/// The frames of one record with their objects, in the decoder's memory.
public struct FrameBatch {
  public var frames: UnsafeBufferPointer<CameraFrame>
  public var objects: UnsafeBufferPointer<DetectedObject>
  /// Numbers in ``FrameNames/zones``.
  public var zoneIDs: UnsafeBufferPointer<UInt16>

  public init(
    frames: UnsafeBufferPointer<CameraFrame>, objects: UnsafeBufferPointer<DetectedObject>,
    zoneIDs: UnsafeBufferPointer<UInt16>
  ) {
    self.frames = frames
    self.objects = objects
    self.zoneIDs = zoneIDs
  }
}

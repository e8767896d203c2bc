/// What the records of a stream, or of some of its devices, must keep to.
public struct CameraLimits: Equatable, Sendable {
  /// Patterns of the users and of the devices that are known; empty: all.
  public var users: [String] = []
  public var devices: [String] = []
  /// The formats of images that are taken, without regard to case, `jpg` and `image/jpeg` being
  /// `jpeg`; empty: any.
  public var imageFormats: [String] = []
  /// Pixels.
  public var width: ClosedRange<Int>?
  public var height: ClosedRange<Int>?
  /// The image's size as a file.
  public var bytes: ClosedRange<Int>?
  /// Images of less contrast are refused. Millionths; 0: no check.
  public var minContrast: Int32 = 0
  /// What a record must say. A user and a device are always needed in the end, but may come from the
  /// stream's defaults. With `image`, every fact of the image that has a limit must be said.
  public var required: Set<CameraTag> = [.user, .device]

  public init() {}

  /// - Parameter setting: where the limits are in the configuration.
  func validate(_ setting: String) throws(RecordFormatError) {
    try CameraFormat.validate(globs: users, "\(setting).users")
    try CameraFormat.validate(globs: devices, "\(setting).devices")
    for format in imageFormats {
      guard (1...CameraFormat.maxImageFormatBytes).contains(format.utf8.count) else {
        throw RecordFormatError(
          setting: "\(setting).formats",
          problem: "a format must have 1 to \(CameraFormat.maxImageFormatBytes) bytes")
      }
    }
    for (name, range, limit) in [
      ("width", width, CameraFormat.maxPixels), ("height", height, CameraFormat.maxPixels),
      ("bytes", bytes, Int(CameraFormat.maxImageBytes)),
    ] {
      guard let range else { continue }
      guard range.lowerBound >= 0, range.upperBound <= limit else {
        throw RecordFormatError(
          setting: "\(setting).\(name)",
          problem: "must be within 0 to \(limit), is \(range.lowerBound) to \(range.upperBound)")
      }
    }
    guard (0...1_000_000).contains(minContrast) else {
      throw RecordFormatError(
        setting: "\(setting).contrast", problem: "must be 0 to 1, is \(minContrast) millionths")
    }
  }
}

/// Limits of their own for some devices.
public struct DeviceLimits: Equatable, Sendable {
  /// Patterns, both of which must match; empty: any.
  public var users: [String]
  public var devices: [String]
  public var limits: CameraLimits

  public init(users: [String] = [], devices: [String] = [], limits: CameraLimits) {
    self.users = users
    self.devices = devices
    self.limits = limits
  }
}

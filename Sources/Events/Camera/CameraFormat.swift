/// What the records of one camera stream look like, and the limits they must keep.
public struct CameraFormat: Equatable, Sendable {
  /// Who wrote the records.
  public enum Shape: String, CaseIterable, Sendable {
    /// Our own: one frame with `objects`.
    case acalert
    /// Frigate's `frigate/events`: https://docs.frigate.video/integrations/mqtt
    case frigate
    /// MegaDetector's batch results:
    /// https://github.com/agentmorris/MegaDetector/blob/main/megadetector/api/batch_processing
    case megadetector
    /// What a model server answers for a model of TensorFlow's object-detection API:
    /// https://www.tensorflow.org/tfx/serving/api_rest
    case tensorflow
  }

  public var shape = Shape.acalert
  /// The names of the tags at the top level.
  public var fields = CameraFieldNames()
  /// Tags for records that do not say them.
  public var defaults = CameraTags()
  /// What the numbers of classes mean that TensorFlow's models give: 0 to 65,535, and names of 1 to 128
  /// bytes.
  public var labels = Self.cocoLabels
  /// The size of the images, for detectors that give boxes in pixels and not the image's size (Frigate:
  /// that of the stream it detects in). 1 to 1,000,000; both or none.
  public var frameWidth: Int?
  public var frameHeight: Int?
  /// What all records must keep to.
  public var limits = CameraLimits()
  /// The first that matches replaces ``limits``, but for their users and devices, which always hold.
  public var deviceLimits: [DeviceLimits] = []
  /// The largest record in bytes, 1 to 64 MiB.
  public var maxRecordBytes = 1 << 20
  /// How far a frame's time may lie after the record's arrival, in milliseconds.
  public var maxFutureSkew: Int64 = 300_000
  /// The most objects of one frame, 1 to 1,000,000.
  public var maxObjects = 1_000
  /// The most frames of one record, 1 to 1,000,000.
  public var maxFrames = 10_000

  public static let standard = CameraFormat()

  public init(shape: Shape = .acalert) { self.shape = shape }

  static let maxPixels = 1_000_000
  static let maxImageBytes: Int64 = 1 << 53
  static let maxImageFormatBytes = 64
  /// The most zones of one object.
  static let maxZones = 64
  /// The most categories that one record may name.
  static let maxCategories = 10_000
  /// From this probability on a classifier's word counts more than the detector's.
  static let minClassification: Int32 = 500_000

  /// - Throws: the first setting that is out of its range or contradicts another.
  public func validate() throws(RecordFormatError) {
    func check(
      _ range: ClosedRange<Int>, _ value: Int?, _ setting: String
    ) throws(RecordFormatError) {
      guard let value, !range.contains(value) else { return }
      throw RecordFormatError(
        setting: setting,
        problem: "must be \(range.lowerBound) to \(range.upperBound), is \(value)")
    }
    try fields.validate(reserved: shape.topLevelNames)
    for (setting, id) in [
      ("user", defaults.user), ("device", defaults.device), ("site", defaults.site),
      ("timezone", defaults.timezone),
    ] {
      guard let id, !(1...ValueReader.maxIDBytes).contains(id.utf8.count) else { continue }
      throw RecordFormatError(
        setting: "defaults.\(setting)", problem: "must have 1 to \(ValueReader.maxIDBytes) bytes")
    }
    for (number, name) in labels.sorted(by: { $0.key < $1.key }) {
      try check(0...Self.maxLabel, number, "labels")
      guard (1...Vocabulary.maxNameBytes).contains(name.utf8.count) else {
        throw RecordFormatError(
          setting: "labels.\(number)", problem: "must have 1 to \(Vocabulary.maxNameBytes) bytes")
      }
    }
    try check(1...Self.maxPixels, frameWidth, "frame.width")
    try check(1...Self.maxPixels, frameHeight, "frame.height")
    guard (frameWidth == nil) == (frameHeight == nil) else {
      throw RecordFormatError(
        setting: frameWidth == nil ? "frame.width" : "frame.height",
        problem: "is missing: give both or neither")
    }
    try check(1...64 << 20, maxRecordBytes, "maxRecordBytes")
    try check(1...1_000_000, maxObjects, "maxObjects")
    try check(1...1_000_000, maxFrames, "maxFrames")
    guard (0...Sample.maxTime).contains(maxFutureSkew) else {
      throw RecordFormatError(
        setting: "maxFutureSkew",
        problem: "must be 0 ms to \(Sample.maxTime) ms, is \(maxFutureSkew) ms")
    }
    try limits.validate("limits")
    for (index, device) in deviceLimits.enumerated() {
      try Self.validate(globs: device.users, "deviceLimits[\(index)].users")
      try Self.validate(globs: device.devices, "deviceLimits[\(index)].devices")
      try device.limits.validate("deviceLimits[\(index)]")
    }
  }

  static let maxLabel = 65_535

  static func validate(globs: [String], _ setting: String) throws(RecordFormatError) {
    for glob in globs where !(1...ValueReader.maxIDBytes).contains(glob.utf8.count) {
      throw RecordFormatError(
        setting: setting, problem: "a pattern must have 1 to \(ValueReader.maxIDBytes) bytes")
    }
  }
}

extension CameraFormat.Shape {
  /// The members that records of this shape have at their top level beside the tags.
  var topLevelFields: [(field: FieldName, name: String)] {
    let fields: [FieldName]
    switch self {
    case .acalert: fields = [.image, .objects]
    case .frigate: fields = [.image, .type, .after]
    case .megadetector: fields = [.images, .detectionCategories, .classificationCategories]
    case .tensorflow:
      fields = [
        .image, .predictions, .outputs, .detectionClasses, .detectionScores, .detectionBoxes,
        .detectionClassNames, .detectionClassEntities, .numDetections,
      ]
    }
    return fields.map { ($0, $0.name) }
  }

  /// The names that no tag may have.
  var topLevelNames: [String] {
    topLevelFields.map(\.name) + (self == .frigate ? ["before"] : [])
  }
}

import Detection
import Events
import Foundation

extension StreamSettings {
  /// The keys that only a camera stream has.
  static let cameraKeys: Set<String> = [
    "format", "rules", "defaults", "labels", "frame", "limits", "deviceLimits", "void", "tracks",
    "counts", "maxObjects", "maxFrames",
  ]
  /// The keys that only a stream of samples has.
  private static let sampleKeys: Set<String> = [
    "unit", "label", "resolution", "maxBurstSamples", "zscore", "detectors", "combine", "falls",
    "overrides",
  ]

  /// Reads an entry of `streams` with `type: camera`.
  init(camera node: StrictNode) throws {
    let rejection = StreamType.camera.rejection
    var camera = CameraSettings()
    var format = camera.format
    var cameras = CameraRules()
    var rules = StreamRules.camera
    var name = ""
    var topics: [String] = []
    // What is usual depends on who writes, and may be said further down.
    let shape: CameraFormat.Shape = try node.child("format")?.choice() ?? .acalert
    rules.status.staleAfter = shape.usualSilence
    cameras.tracks.timeout = shape.usualTrackTimeout
    try node.mapping(
      [
        "type": { _ in },
        "name": { name = try $0.nonEmptyText() },
        "topics": { topics = try Self.readTopics($0) },
        "kind": { rules.kind = try Self.readKind($0) },
        "format": { _ in format.shape = shape },
        "rules": { camera.rulesFile = try $0.filePath() },
        "fields": { format.fields = try CameraFieldNames($0) },
        "defaults": { format.defaults = try CameraTags($0) },
        "labels": { format.labels = try Self.readLabels($0) },
        "frame": { node in
          try node.mapping([
            "width": { format.frameWidth = try $0.integer(in: CameraLimits.pixels) },
            "height": { format.frameHeight = try $0.integer(in: CameraLimits.pixels) },
          ])
          guard (format.frameWidth == nil) == (format.frameHeight == nil) else {
            throw node.error("needs width and height")
          }
        },
        "limits": { format.limits = try CameraLimits($0) },
        "deviceLimits": { place in
          // Each begins with the limits of all, which may come later in the file.
          let limits = try node.child("limits").map { try CameraLimits($0) } ?? CameraLimits()
          format.deviceLimits = try place.sequence().map { try DeviceLimits($0, beginning: limits) }
        },
        "maxRecordBytes": { format.maxRecordBytes = Int(clamping: try $0.size()) },
        "maxFutureSkew": { format.maxFutureSkew = try $0.duration() },
        "maxObjects": { format.maxObjects = try $0.integer(in: 1...1_000_000) },
        "maxFrames": { format.maxFrames = try $0.integer(in: 1...1_000_000) },
        "void": { try cameras.readVoid($0) },
        "tracks": { try cameras.tracks.read($0) },
        "counts": { cameras.counts = try CountRules.read($0) },
        "window": { node in
          try node.mapping([
            "length": { rules.window.length = try $0.duration() },
            "aggregate": { rules.window.aggregate = try $0.duration() },
            "allowedLateness": { rules.window.allowedLateness = try $0.duration() },
            "maxSamples": {
              rules.window.maxSamples = try $0.integer(in: 16...WindowSums.maxCount)
            },
          ])
        },
        "status": { node in
          try node.mapping(
            [
              "clear": {
                try $0.mapping(["after": { rules.status.clearAfter = try $0.duration() }])
              },
              "stale": {
                try $0.mapping(["after": { rules.status.staleAfter = try $0.duration() }])
              },
            ], elsewhere: (["raise"], "\(rejection): its rules say what is a danger"))
        },
      ], elsewhere: (Self.sampleKeys, rejection))
    guard !name.isEmpty else { throw node.error("has no name") }
    guard !topics.isEmpty else { throw node.error("has no topics") }
    rules.cameras = cameras
    var section = ""
    do {
      try format.validate()
      try rules.validate()
      section = "counts."
      for counts in [rules].withCounts.dropFirst() { try counts.validate() }
    } catch let error as RecordFormatError {
      throw node.error(error.problem, at: error.setting)
    } catch let error as RulesError {
      throw node.error(error.message, at: section + error.setting)
    }
    camera.format = format
    self.init()
    self.name = name
    self.topics = topics
    self.rules = rules
    self.camera = camera
  }

  private static func readLabels(_ node: StrictNode) throws -> [Int: String] {
    var labels: [Int: String] = [:]
    for (key, name, value) in try node.entries() {
      guard let number = Int(name), (0...65_535).contains(number) else {
        throw key.error("\"\(name)\" is not the number of a class: 0, 1, 2 … 65535")
      }
      labels[number] = try value.className()
    }
    guard !labels.isEmpty else { throw node.error("names no class") }
    return labels
  }
}

extension StreamRules {
  /// How the cameras of a stream are judged by default. A sample of one is a probability, in millionths.
  static let camera = StreamRules(kind: "camera", unit: "", digits: 6, cameras: CameraRules())
}

extension CameraFormat.Shape {
  /// After so long without a record a camera is at fault. Frigate writes only when something moves, and a
  /// camera trap's images come in batches: their silence is no fault.
  fileprivate var usualSilence: Int64 {
    switch self {
    case .acalert, .tensorflow: 60_000
    case .frigate: 86_400_000
    case .megadetector: 7 * 86_400_000
    }
  }

  /// Frigate writes of an object that stands still about once a minute.
  fileprivate var usualTrackTimeout: Int64 {
    self == .frigate ? 90_000 : TrackRules().timeout
  }
}

extension CameraFieldNames {
  fileprivate init(_ node: StrictNode) throws {
    self.init()
    var names = self
    try node.mapping(
      [
        "user": { names.user = try $0.texts() },
        "device": { names.device = try $0.texts() },
        "site": { names.site = try $0.texts() },
        "time": { names.time = try $0.texts() },
        "timezone": { names.timezone = try $0.texts() },
        "latitude": { names.latitude = try $0.texts() },
        "longitude": { names.longitude = try $0.texts() },
      ],
      elsewhere: (
        ["value", "x", "y", "z", "burstStart", "rate", "samples"], StreamType.camera.rejection
      ))
    self = names
  }
}

extension CameraTags {
  fileprivate init(_ node: StrictNode) throws {
    self.init()
    var tags = self
    try node.mapping([
      "user": { tags.user = try $0.id() },
      "device": { tags.device = try $0.id() },
      "site": { tags.site = try $0.id() },
      "timezone": { node in
        let name = try node.text()
        try node.requireTimeZone(name)
        tags.timezone = name
      },
    ])
    self = tags
  }
}

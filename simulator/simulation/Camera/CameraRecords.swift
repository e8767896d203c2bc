/// What a frame's record says beside its objects.
struct CameraFrameFacts {
  /// Unix milliseconds.
  var time: Int64
  var zone: SiteZone
  var image: ImageFigures
  var badTag: BadTag?
}

/// What is said of an image.
struct ImageFigures {
  var contrast: Double
  var bytes: Int64

  init(_ world: CameraWorld, at time: Double, isVoid: Bool, _ random: inout SplitMix64) {
    if isVoid {
      contrast = random.uniform(0, 0.008)
      bytes = 6_000 + Int64(random.integer(below: 2_000))
    } else {
      let light = world.scene.light(at: world.hour(at: time))
      contrast = world.scene.contrast * (0.4 + 0.6 * light) * (1 + 0.03 * random.noise())
      bytes = 20_000 + Int64(180_000 * contrast) + Int64(random.integer(below: 5_000))
    }
  }
}

/// The tags of all cameras, ready to be written.
struct CameraTagList {
  let cameras: Int
  private let devices: [[UInt8]]
  private let zones: [[UInt8]]

  init(cameras: Int) {
    self.cameras = cameras
    devices = (0..<cameras).map { Array(CameraScene.device($0).utf8) }
    zones = SiteZone.allCases.map { Array($0.rawValue.utf8) }
  }

  func device(_ number: Int) -> [UInt8] { devices[number % cameras] }

  /// Ten users share a site.
  func site(_ number: Int) -> Int64 { Int64(number / cameras / 10 + 1) }

  func zone(_ number: Int) -> [UInt8] {
    zones[number / cameras / 10 % zones.count]
  }
}

extension RecordBuffer {
  /// A frame as one record of our own format.
  mutating func append(
    _ frame: CameraFrameFacts, _ sightings: [Sighting], user: UnsafeRawBufferPointer, number: Int,
    tags: CameraTagList
  ) {
    append("{")
    append(tagsOf: number, user: user, tags: tags, badTag: frame.badTag, withDevice: true)
    append(",\"ts\":")
    append(integer: frame.time)
    append(",\"image\":{\"format\":\"jpeg\",\"width\":")
    append(integer: Int64(CameraScene.width))
    append(",\"height\":")
    append(integer: Int64(CameraScene.height))
    append(",\"bytes\":")
    append(integer: frame.image.bytes)
    append(",\"contrast\":")
    append(decimal: frame.image.contrast)
    append("},\"objects\":[")
    for (place, sighting) in sightings.enumerated() {
      append(place == 0 ? "{\"class\":\"" : ",{\"class\":\"")
      append(sighting.object.label)
      append("\",\"probability\":")
      append(decimal: sighting.score)
      append(",\"box\":[")
      append(decimal: sighting.box.x)
      append(",")
      append(decimal: sighting.box.y)
      append(",")
      append(decimal: sighting.box.width)
      append(",")
      append(decimal: sighting.box.height)
      append("]}")
    }
    append("]}")
  }

  /// `"user":…,"device":…,"site":…,"timezone":…`
  mutating func append(
    tagsOf number: Int, user: UnsafeRawBufferPointer, tags: CameraTagList, badTag: BadTag?,
    withDevice: Bool
  ) {
    append("\"user\":\"")
    if badTag == .unknownUser { append("nobody-") }
    append(user)
    if withDevice, badTag != .missingDevice {
      append("\",\"device\":\"")
      append(device: number, tags: tags, badTag: badTag)
    }
    append("\",\"site\":\"s-")
    append(integer: tags.site(number))
    append("\",\"timezone\":\"")
    if badTag == .unknownTimeZone {
      append("Mars/Olympus_Mons")
    } else {
      append(tags.zone(number))
    }
    append("\"")
  }

  mutating func append(device number: Int, tags: CameraTagList, badTag: BadTag?) {
    switch badTag {
    case .emptyDevice: break
    case .longDevice: append([UInt8](repeating: UInt8(ascii: "d"), count: 300))
    default: append(tags.device(number))
    }
  }
}

extension ObjectClass {
  var label: StaticString {
    switch self {
    case .person: "person"
    case .dog: "dog"
    case .cat: "cat"
    case .raccoon: "raccoon"
    case .rabbit: "rabbit"
    case .car: "car"
    }
  }
}

/// How to break a camera's record: the value is an object's probability.
struct CameraRecordTemplate: RecordTemplate {
  var format: CameraRecordFormat
  var device: String

  var goodValue: String { "0.9" }

  func time(_ milliseconds: Int64) -> String {
    guard format == .frigate else { return String(milliseconds) }
    var buffer = RecordBuffer(capacity: 32)
    buffer.append(seconds: milliseconds)
    return String(decoding: buffer.view, as: UTF8.self)
  }

  func text(user: String?, time: String?, value: String?) -> String {
    switch format {
    case .acalert:
      return object([
        ("user", user), ("device", "\"\(device)\""), ("ts", time),
        ("objects", "[\(object([("class", "\"person\""), ("probability", value)]))]"),
      ])
    case .frigate:
      let after = object([
        ("id", "\"1-1\""), ("camera", "\"\(device)\""), ("label", "\"person\""),
        ("frame_time", time), ("start_time", time), ("end_time", "null"), ("score", value),
        ("top_score", value), ("false_positive", "false"),
      ])
      return object([
        ("user", user), ("type", "\"new\""), ("before", after), ("after", after),
      ])
    }
  }
}

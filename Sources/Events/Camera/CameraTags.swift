/// What a camera record says beside its detections: whose it is, and when and where it was taken.
public enum CameraTag: String, CaseIterable, Sendable {
  case user, device, site, time, timezone, latitude, longitude, image

  /// The tag as faults name it.
  var fieldName: FieldName {
    switch self {
    case .user: .user
    case .device: .device
    case .site: .site
    case .time: .time
    case .timezone: .timezone
    case .latitude: .latitude
    case .longitude: .longitude
    case .image: .image
    }
  }
}

/// Tags for records that do not say them.
public struct CameraTags: Equatable, Sendable {
  /// Ids of 1 to 256 bytes.
  public var user: String?
  public var device: String?
  public var site: String?
  /// The name of a zone of the IANA database.
  public var timezone: String?

  public init(
    user: String? = nil, device: String? = nil, site: String? = nil, timezone: String? = nil
  ) {
    self.user = user
    self.device = device
    self.site = site
    self.timezone = timezone
  }
}

/// The names of the tags at a record's top level. Each may have several, of which a record uses one.
public struct CameraFieldNames: Equatable, Sendable {
  public var user = ["user", "userid"]
  public var device = ["device"]
  public var site = ["site"]
  public var time = ["ts", "time"]
  public var timezone = ["timezone"]
  public var latitude = ["latitude"]
  public var longitude = ["longitude"]

  public init() {}

  /// The names of one tag; none for ``CameraTag/image``, whose name is always `image`.
  public subscript(tag: CameraTag) -> [String] {
    get {
      switch tag {
      case .user: user
      case .device: device
      case .site: site
      case .time: time
      case .timezone: timezone
      case .latitude: latitude
      case .longitude: longitude
      case .image: []
      }
    }
    set {
      switch tag {
      case .user: user = newValue
      case .device: device = newValue
      case .site: site = newValue
      case .time: time = newValue
      case .timezone: timezone = newValue
      case .latitude: latitude = newValue
      case .longitude: longitude = newValue
      case .image: break
      }
    }
  }

  /// Checks that names are usable, and that none means two things.
  func validate(reserved: [String]) throws(RecordFormatError) {
    var owners: [[UInt8]: CameraTag] = [:]
    for tag in CameraTag.allCases {
      let setting = "fields.\(tag.rawValue)"
      guard self[tag].count <= RecordFieldNames.maxNamesPerField else {
        throw RecordFormatError(
          setting: setting, problem: "has more than \(RecordFieldNames.maxNamesPerField) names")
      }
      for name in self[tag] {
        guard (1...RecordFieldNames.maxNameBytes).contains(name.utf8.count) else {
          throw RecordFormatError(
            setting: setting,
            problem: "a name must have 1 to \(RecordFieldNames.maxNameBytes) bytes")
        }
        guard !reserved.contains(name) else {
          throw RecordFormatError(
            setting: setting, problem: "`\(name)` is a name of the record's format")
        }
        if let owner = owners.updateValue(tag, forKey: Array(name.utf8)) {
          let other = owner == tag ? "is listed twice" : "is also a name of `\(owner.rawValue)`"
          throw RecordFormatError(setting: setting, problem: "`\(name)` \(other)")
        }
      }
    }
    guard latitude.isEmpty == longitude.isEmpty else {
      throw RecordFormatError(
        setting: latitude.isEmpty ? "fields.latitude" : "fields.longitude",
        problem: "needs a name: a place has both a latitude and a longitude")
    }
  }
}

/// The JSON names of a stream's fields. Each field may have several names, of which a record uses one;
/// a field without names cannot occur.
public struct RecordFieldNames: Equatable, Sendable {
  public var user = ["user", "userid"]
  public var device = ["device"]
  public var time = ["ts", "time"]
  public var value = ["acc", "value"]
  public var x = ["x"]
  public var y = ["y"]
  public var z = ["z"]
  public var burstStart = ["t0"]
  public var rate = ["hz"]
  public var samples = ["samples"]
  public var latitude = ["latitude"]
  public var longitude = ["longitude"]
  public var timezone = ["timezone"]
  public var site = ["site"]

  /// The longest name in bytes.
  public static let maxNameBytes = 256
  /// The most names that one field may have.
  public static let maxNamesPerField = 16

  public init() {}

  /// The names of one field.
  public subscript(field: RecordField) -> [String] {
    get {
      switch field {
      case .user: user
      case .device: device
      case .time: time
      case .value: value
      case .x: x
      case .y: y
      case .z: z
      case .burstStart: burstStart
      case .rate: rate
      case .samples: samples
      case .latitude: latitude
      case .longitude: longitude
      case .timezone: timezone
      case .site: site
      }
    }
    set {
      switch field {
      case .user: user = newValue
      case .device: device = newValue
      case .time: time = newValue
      case .value: value = newValue
      case .x: x = newValue
      case .y: y = newValue
      case .z: z = newValue
      case .burstStart: burstStart = newValue
      case .rate: rate = newValue
      case .samples: samples = newValue
      case .latitude: latitude = newValue
      case .longitude: longitude = newValue
      case .timezone: timezone = newValue
      case .site: site = newValue
      }
    }
  }

  /// Checks that names are usable, that none means two fields, and that records can be recognised.
  func validate() throws(RecordFormatError) {
    var owners: [[UInt8]: RecordField] = [:]
    for field in RecordField.allCases {
      let setting = "fields.\(field.name)"
      guard self[field].count <= Self.maxNamesPerField else {
        throw RecordFormatError(
          setting: setting, problem: "has more than \(Self.maxNamesPerField) names")
      }
      for name in self[field] {
        guard (1...Self.maxNameBytes).contains(name.utf8.count) else {
          throw RecordFormatError(
            setting: setting, problem: "a name must have 1 to \(Self.maxNameBytes) bytes")
        }
        if let owner = owners.updateValue(field, forKey: Array(name.utf8)) {
          let other = owner == field ? "is listed twice" : "is also a name of `\(owner.name)`"
          throw RecordFormatError(setting: setting, problem: "`\(name)` \(other)")
        }
      }
    }
    try validateShapes()
    guard latitude.isEmpty == longitude.isEmpty else {
      throw RecordFormatError(
        setting: latitude.isEmpty ? "fields.latitude" : "fields.longitude",
        problem: "needs a name: a place has both a latitude and a longitude")
    }
  }

  private func validateShapes() throws(RecordFormatError) {
    func require(_ field: RecordField, _ reason: String) throws(RecordFormatError) {
      guard !self[field].isEmpty else {
        throw RecordFormatError(setting: "fields.\(field.name)", problem: "needs a name: \(reason)")
      }
    }
    try require(.user, "every record must say whose it is")
    let axes: [RecordField] = [.x, .y, .z]
    let hasAxes = axes.contains { !self[$0].isEmpty }
    guard hasAxes || !value.isEmpty || !samples.isEmpty else {
      throw RecordFormatError(
        setting: "fields", problem: "name at least one of `value`, `x` `y` `z`, or `samples`")
    }
    if hasAxes {
      for axis in axes { try require(axis, "a magnitude needs all three axes") }
    }
    if hasAxes || !value.isEmpty { try require(.time, "a single sample needs its time") }
    if !samples.isEmpty {
      try require(.burstStart, "a burst needs the time of its first sample")
      try require(.rate, "a burst needs its samples a second")
    }
  }
}

/// What a field of a record means, whatever its name in the JSON is.
public enum RecordField: UInt8, CaseIterable, Sendable {
  /// Who wears the device: a string of 1 to 256 bytes, or an integer, which is taken as its text.
  case user
  /// The device: a string of at most 256 bytes; may be absent, empty or null.
  case device
  /// The moment of a single sample.
  case time
  /// The value of a record with one number.
  case value
  /// The axes of a record with three numbers; the value judged is √(x² + y² + z²).
  case x, y, z
  /// The moment of a burst's first sample.
  case burstStart
  /// The samples a second in a burst.
  case rate
  /// A burst's samples: an array of numbers, or of arrays `[x, y, z]`.
  case samples
  /// Where the subject is, in degrees of WGS 84; both or neither.
  case latitude, longitude
  /// The time zone that the subject is in: a name of the IANA database.
  case timezone
  /// The site that the subject is at.
  case site

  /// The name used in the configuration and in messages.
  public var name: String { fieldName.name }

  /// The field as faults name it.
  public var fieldName: FieldName {
    switch self {
    case .user: .user
    case .device: .device
    case .time: .time
    case .value: .value
    case .x: .x
    case .y: .y
    case .z: .z
    case .burstStart: .burstStart
    case .rate: .rate
    case .samples: .samples
    case .latitude: .latitude
    case .longitude: .longitude
    case .timezone: .timezone
    case .site: .site
    }
  }

  /// The field's bit in a set of fields.
  @inline(__always)
  var bit: UInt32 { 1 << UInt32(rawValue) }

  /// The bits of the fields that say where the subject is.
  @inline(__always)
  static var placeBits: UInt32 { latitude.bit | longitude.bit | timezone.bit | site.bit }
}

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
    }
  }

  /// The field's bit in a set of fields.
  @inline(__always)
  var bit: UInt32 { 1 << UInt32(rawValue) }
}

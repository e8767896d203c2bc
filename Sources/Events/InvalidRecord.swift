/// Why a record cannot be used: a bounded set, whose raw values label metrics and rows and never change.
public enum InvalidReason: String, CaseIterable, Sendable {
  /// The bytes break the grammar of JSON (RFC 8259).
  case notJSON = "not_json"
  /// The bytes end inside the record.
  case truncated
  /// There are no bytes, or only white space.
  case emptyRecord = "empty_record"
  /// A field that the record's shape or the stream's configuration needs is not there.
  case missingField = "missing_field"
  /// A field holds another kind of value than it must.
  case wrongType = "wrong_type"
  /// NaN or an infinity, as a literal or as a string, or a number of a size that no `Double` can have:
  /// 10³⁰⁹ and more, or below 10⁻³²³ and not zero.
  case notFinite = "not_finite"
  /// A value is larger than ``Sample/maxMagnitude`` units of the stream's resolution, or a latitude or
  /// longitude is none on Earth.
  case outOfBounds = "out_of_bounds"
  /// The user's id has no bytes.
  case emptyUser = "empty_user"
  /// An id (of a user, a device, a site) has more than 256 bytes.
  case userTooLong = "user_too_long"
  /// A string is not UTF-8, or escapes one half of a surrogate pair.
  case badUTF8 = "bad_utf8"
  /// A time cannot be read, or lies outside 1970 … 9999.
  case badTime = "bad_time"
  /// A time lies further after the record's arrival than the stream allows.
  case tooFarAhead = "too_far_ahead"
  /// The record has more bytes than the stream allows.
  case recordTooLarge = "record_too_large"
  /// A field occurs twice, under one of its names or under two of them.
  case duplicateField = "duplicate_field"
  /// The record has more than one of `value`, `x` `y` `z`, and `samples`.
  case ambiguousShape = "ambiguous_shape"
  /// A burst has no samples.
  case emptyBurst = "empty_burst"
  /// A burst has more samples than the stream allows.
  case burstTooLong = "burst_too_long"
  /// A burst's rate is not above 0, above 100,000, or has more than 18 digits.
  case badRate = "bad_rate"
  /// Arrays and objects are nested more than 128 deep.
  case tooDeep = "too_deep"
  /// The time zone is none of the IANA database.
  case badTimezone = "bad_timezone"

  // Camera records only:

  /// The user is none that the stream knows.
  case unknownUser = "unknown_user"
  /// The device is none that the stream knows.
  case unknownDevice = "unknown_device"
  /// The image's format is none that the stream takes.
  case imageFormat = "image_format"
  /// The image's width or height is outside its limits, or no number of pixels.
  case imageResolution = "image_resolution"
  /// The image's size in bytes is outside its limits, or no number of bytes.
  case imageSize = "image_size"
  /// The image's contrast is not in 0 … 1.
  case badContrast = "bad_contrast"
  /// The image's contrast is below its limit.
  case lowContrast = "low_contrast"
  /// A detection's probability is not in 0 … 1.
  case badProbability = "bad_probability"
  /// A detection's box is not four numbers, lies outside of the image or has a negative size, or is in
  /// pixels of an image of unknown size.
  case badBox = "bad_box"
  /// The class of an object is empty or too long, or one class too many.
  case badClass = "bad_class"
  /// The name of a zone is empty or too long, or one zone too many.
  case badZone = "bad_zone"
  /// The type of a Frigate event is neither `new` nor `update` nor `end`.
  case unknownType = "unknown_type"
  /// A class is given as a number or a category that has no name.
  case unknownLabel = "unknown_label"
  /// A frame has more objects than the stream allows.
  case tooManyObjects = "too_many_objects"
  /// An object is in more than 64 zones.
  case tooManyZones = "too_many_zones"
  /// A record has more frames than the stream allows.
  case tooManyFrames = "too_many_frames"
  /// Arrays that belong together are of different lengths.
  case lengthMismatch = "length_mismatch"
  /// A CloudEvents envelope that cannot be opened: another version than 1.0, or binary data.
  case badEnvelope = "bad_envelope"
}

/// What is wrong with a record, and where.
public struct InvalidRecord: Error, Equatable, Sendable {
  public var reason: InvalidReason
  /// The field at fault, if it is one.
  public var field: FieldName?
  /// Offset in bytes from the record's start to where the fault was seen.
  public var offset: Int

  @inline(__always)
  public init(_ reason: InvalidReason, field: FieldName? = nil, offset: Int) {
    self.reason = reason
    self.field = field
    self.offset = offset
  }
}

extension InvalidRecord: CustomStringConvertible {
  /// A sentence: what, where, and what to do.
  public var description: String {
    let place = field.map { "field `\($0.name)`, byte \(offset)" } ?? "byte \(offset)"
    return "\(fault) (\(place)): \(advice)."
  }

  private var fault: String {
    switch reason {
    case .notJSON: "not JSON"
    case .truncated: "the record ends too early"
    case .emptyRecord: "the record is empty"
    case .missingField: "a field is missing"
    case .wrongType: "a value has the wrong type"
    case .notFinite: "a number is not finite"
    case .outOfBounds: "a value is out of bounds"
    case .emptyUser: "the user's id is empty"
    case .userTooLong: "an id is too long"
    case .badUTF8: "a string is not UTF-8"
    case .badTime: "a time cannot be used"
    case .tooFarAhead: "a time is too far in the future"
    case .recordTooLarge: "the record is too large"
    case .duplicateField: "a field occurs twice"
    case .ambiguousShape: "the record has more than one shape"
    case .emptyBurst: "a burst has no samples"
    case .burstTooLong: "a burst has too many samples"
    case .badRate: "a burst's rate cannot be used"
    case .tooDeep: "values are nested too deep"
    case .unknownUser: "the user is not known"
    case .unknownDevice: "the device is not known"
    case .badTimezone: "the time zone is not known"
    case .imageFormat: "the image's format is not allowed"
    case .imageResolution: "the image's resolution is not allowed"
    case .imageSize: "the image's size is not allowed"
    case .badContrast: "the image's contrast cannot be used"
    case .lowContrast: "the image's contrast is too low"
    case .badProbability: "a probability cannot be used"
    case .badBox: "a box cannot be used"
    case .badClass: "an object's class cannot be used"
    case .badZone: "a zone's name cannot be used"
    case .unknownType: "the event's type is not known"
    case .unknownLabel: "a class has no name"
    case .tooManyObjects: "a frame has too many objects"
    case .tooManyZones: "an object is in too many zones"
    case .tooManyFrames: "the record has too many frames"
    case .lengthMismatch: "arrays that belong together have different lengths"
    case .badEnvelope: "the CloudEvents envelope cannot be opened"
    }
  }

  private var advice: String {
    switch reason {
    case .notJSON: "send one JSON object a message, as RFC 8259 has it"
    case .truncated: "look for a size limit or a cut between the device and the topic"
    case .emptyRecord: "send one JSON object a message"
    case .missingField: "send the field, or map its name in the stream's `fields`"
    case .wrongType: "see the record formats for what the field may hold"
    case .notFinite: "leave the record out when the sensor has no value"
    case .outOfBounds where field == .latitude || field == .longitude:
      "send degrees, a latitude from -90 to 90 and a longitude from -180 to 180"
    case .outOfBounds:
      "at most \(Sample.maxMagnitude) units of the stream's resolution; check `unit` and `resolution`"
    case .emptyUser: "send an id of 1 to 256 bytes"
    case .userTooLong: "send at most 256 bytes of UTF-8"
    case .badUTF8: "encode strings as UTF-8 and characters beyond U+FFFF as surrogate pairs"
    case .badTime: "send Unix milliseconds or RFC 3339 with its offset, from 1970 to 9999"
    case .tooFarAhead: "set the device's clock, or raise `maxFutureSkew`"
    case .recordTooLarge: "send smaller bursts, or raise `maxRecordBytes`"
    case .duplicateField: "send each field once, under one of its names"
    case .ambiguousShape: "send only one of `value`, `x` `y` `z`, or `samples`"
    case .emptyBurst: "send at least one sample, or no record"
    case .burstTooLong: "send shorter bursts, or raise `maxBurstSamples`"
    case .badRate: "send samples a second, above 0 and at most 100000, with at most 18 digits"
    case .tooDeep: "send at most 128 levels of arrays and objects"
    case .unknownUser: "correct the id, or add it to the stream's `limits.users`"
    case .unknownDevice: "correct the id, or add it to the stream's `limits.devices`"
    case .badTimezone: "send a name of the IANA database, such as America/New_York"
    case .imageFormat: "set the camera's format, or add it to `limits.formats`"
    case .imageResolution:
      "set the camera's resolution, or change `limits.width` and `limits.height`"
    case .imageSize: "set the camera's quality, or change `limits.bytes`"
    case .badContrast: "send a number from 0 to 1"
    case .lowContrast: "clean or light the camera, or lower `limits.contrast`"
    case .badProbability: "send a number from 0 to 1"
    case .badBox: "send four numbers as the format has them, and the image's size with pixels"
    case .badClass:
      "send 1 to \(Vocabulary.maxNameBytes) bytes of UTF-8, and no more than \(Vocabulary.limit) classes"
    case .badZone:
      "send 1 to \(Vocabulary.maxNameBytes) bytes of UTF-8, and no more than \(Vocabulary.limit) zones"
    case .unknownType: "send `new`, `update` or `end`"
    case .unknownLabel: "name the class in the record, or its number in the stream's `labels`"
    case .tooManyObjects: "let the detector leave out what it is unsure of, or raise `maxObjects`"
    case .tooManyZones: "send at most 64 zones an object"
    case .tooManyFrames: "send smaller batches, or raise `maxFrames`"
    case .lengthMismatch: "send one element of each array for each detection"
    case .badEnvelope: "send CloudEvents 1.0 with a JSON object as `data`"
    }
  }
}

import Events

/// A record as the decoder under test gave it, copied out.
struct Decoded: Equatable {
  var user: String
  var device: String
  var samples: [Sample]
  var axes: [AxisSample] = []
  var location: GeoLocation?
  var timeZone = ""
  var site = ""
}

extension RecordDecoder {
  /// Decodes bytes that end exactly where their allocation ends, so that a read beyond is found by the
  /// address sanitizer.
  func decoded(_ bytes: [UInt8], arrival: Int64 = -1) throws(InvalidRecord) -> Decoded {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try decode(UnsafeRawBufferPointer(copy), arrival: arrival)
    var decoded = Decoded(
      user: String(decoding: user, as: UTF8.self), device: String(decoding: device, as: UTF8.self),
      samples: Array(samples), axes: Array(axes))
    if let place {
      decoded.location = place.location
      decoded.timeZone = String(decoding: place.timeZone, as: UTF8.self)
      decoded.site = String(decoding: place.site, as: UTF8.self)
    }
    return decoded
  }
}

func decode(
  _ text: String, _ format: RecordFormat = .standard, arrival: Int64 = -1
) throws(InvalidRecord) -> Decoded {
  try RecordDecoder(format: format).decoded(Array(text.utf8), arrival: arrival)
}

/// The fault of a record, or `nil` if it is valid.
func fault(
  _ bytes: [UInt8], _ format: RecordFormat = .standard, arrival: Int64 = -1
) -> InvalidRecord? {
  do {
    _ = try RecordDecoder(format: format).decoded(bytes, arrival: arrival)
    return nil
  } catch {
    return error
  }
}

func reason(
  _ text: String, _ format: RecordFormat = .standard, arrival: Int64 = -1
) -> InvalidReason? {
  fault(Array(text.utf8), format, arrival: arrival)?.reason
}

/// A record with one number, in the text given for it.
func scalar(_ value: String, time: String = "1795255200123") -> String {
  #"{"user":"u-17","ts":\#(time),"value":\#(value)}"#
}

/// The SplitMix64 generator (Steele, Lea and Flood 2014): seeded, so that every run sees the same input.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

import Foundation

extension AlertMessage {
  /// The message as a row of the outbox keeps it, and as commands and Kafka get it: keys in order, numbers
  /// that JSON does not have as the texts `inf`, `-inf` and `nan`.
  public var json: [UInt8] { JSONText.bytes(of: self) }

  /// - Throws: `DecodingError`, if it is no message.
  public init(json: some Sequence<UInt8>) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(AlertMessage.self, from: Data(json))
  }
}

/// Values as JSON.
enum JSONText {
  /// Always the same bytes for the same value, which a signature and a test need.
  static func bytes(of value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Encoding fails only for values that say so, or for numbers without a strategy: neither is here.
    return (try? encoder.encode(value)).map(Array.init) ?? []
  }
}

import HTTPServer
import Store

/// `GET /api/v1/invalid`: records that could not be used, newest first.
extension Dashboard {
  func invalid(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["limit", "cursor"])
    let limit = try parameters.integer("limit", in: 1...1_000) ?? 100
    let page = try readers.withReader {
      try $0.invalidPage(limit: limit, cursor: parameters["cursor"])
    }
    var writer = JSONWriter(capacity: 512 + page.items.count * 512)
    writer.literal("{\"total\":")
    writer.integer(page.total)
    writer.literal(",\"reasons\":{")
    for (place, reason) in page.reasons.sorted(by: { $0.key < $1.key }).enumerated() {
      writer.comma(unless: place == 0)
      writer.string(reason.key)
      writer.byte(UInt8(ascii: ":"))
      writer.integer(reason.value)
    }
    writer.literal("},\"items\":[")
    for (place, item) in page.items.enumerated() {
      writer.comma(unless: place == 0)
      writer.invalid(item)
    }
    writer.literal("],\"next\":")
    writer.optional(page.next)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }
}

extension JSONWriter {
  fileprivate mutating func invalid(_ record: InvalidRecord) {
    literal("{\"id\":")
    integer(record.id)
    literal(",\"time\":")
    time(record.time)
    if let cause = record.place {
      place(topic: cause.topic, partition: cause.partition)
      integer(cause.offset)
    } else {
      noPlace()
    }
    literal(",\"reason\":")
    string(record.reason)
    literal(",\"detail\":")
    string(record.detail)
    literal(",\"first_bytes\":")
    string(EscapedBytes.text(record.firstBytes))
    byte(UInt8(ascii: "}"))
  }
}

/// Bytes of any kind as text from which they can be read back: UTF-8 as it is, a backslash doubled,
/// line feed, carriage return and tab as in C, every other control character and every byte that is not
/// UTF-8 as `\xNN`.
enum EscapedBytes {
  static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0x09: text += "\\t"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        if byte >= 0xC2, let (scalar, length) = scalar(bytes[place...]) {
          text.unicodeScalars.append(scalar)
          place += length
          continue
        }
        text += byte < 16 ? "\\x0" : "\\x"
        text += String(byte, radix: 16)
      }
      place += 1
    }
    return text
  }

  /// The character of several bytes at the beginning of `bytes`, other than the control characters
  /// U+0080 … U+009F.
  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator), scalar.value > 0x9F else {
      return nil
    }
    return (scalar, UTF8.width(scalar))
  }
}

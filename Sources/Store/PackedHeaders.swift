import Detection

/// A record's headers as one blob: for each the length of its name and the name, then the length of its
/// value (all ones for none) and the value; lengths are 32 bits, little-endian.
enum PackedHeaders {
  private static let none = UInt32.max

  static func pack(_ headers: [RecordHeader]) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ part: some Collection<UInt8>) {
      withUnsafeBytes(of: UInt32(part.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: part)
    }
    for header in headers {
      append(header.name.utf8)
      if let value = header.value {
        append(value)
      } else {
        withUnsafeBytes(of: none) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// The headers that `pack` made the bytes of; those before the place where they are damaged.
  static func unpack(_ bytes: [UInt8]) -> [RecordHeader] {
    var headers: [RecordHeader] = []
    var rest = bytes[...]
    func length() -> UInt32? {
      guard rest.count >= 4 else { return nil }
      defer { rest = rest.dropFirst(4) }
      return rest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    func part(_ length: UInt32) -> ArraySlice<UInt8>? {
      guard length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(Int(length)) }
      return rest.prefix(Int(length))
    }
    while let nameLength = length(), let name = part(nameLength), let valueLength = length() {
      if valueLength == none {
        headers.append(RecordHeader(name: String(decoding: name, as: UTF8.self), value: nil))
      } else if let value = part(valueLength) {
        headers.append(
          RecordHeader(name: String(decoding: name, as: UTF8.self), value: Array(value)))
      }
    }
    return headers
  }
}

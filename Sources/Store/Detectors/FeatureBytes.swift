import Detection

/// A candidate's features as they lie in the database: little-endian 64-bit floats, one after the other.
enum FeatureBytes {
  /// The names of the features that this program measures, one a line.
  static var names: String { FallFeature.allCases.map(\.name).joined(separator: "\n") }

  static func pack(_ values: [Double]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 8)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// `nil` if these are not whole numbers of eight bytes.
  static func unpack(_ bytes: UnsafeRawBufferPointer) -> [Double]? {
    guard bytes.count % 8 == 0 else { return nil }
    return stride(from: 0, to: bytes.count, by: 8).map { place in
      let bits = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      return Double(bitPattern: UInt64(littleEndian: bits))
    }
  }
}

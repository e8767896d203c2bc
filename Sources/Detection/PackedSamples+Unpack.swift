extension PackedSamples {
  /// The samples of a pack that belongs to the window beginning at `start`, or `nil` if the bytes are
  /// not a whole pack.
  public static func unpack(_ bytes: some Collection<UInt8>, start: Int64) -> [Element]? {
    var reader = Reader(bytes: Array(bytes))
    let elements =
      reader.bytes.count > 1 && reader.bytes[0] == 0
      ? reader.pack(start: start) : reader.pairs(start: start)
    return reader.isAtEnd ? elements : nil
  }

  /// Reads from the front; everything is `nil` once a byte is missing.
  private struct Reader {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    private mutating func byte() -> UInt8? {
      guard place < bytes.count else { return nil }
      defer { place += 1 }
      return bytes[place]
    }

    private mutating func varint() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = byte() {
        guard shift < 64 else { return nil }
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }

    private mutating func count() -> Int? {
      varint().flatMap { $0 <= 1 << 20 ? Int($0) : nil }
    }

    mutating func pack(start: Int64) -> [Element]? {
      place = 1
      guard let exponent = byte(), exponent <= PackedSamples.largestExponent, let count = count(),
        var elements = times(count, start: start), values(into: &elements, exponent: exponent)
      else { return nil }
      return elements
    }

    private mutating func times(_ count: Int, start: Int64) -> [Element]? {
      var elements: [Element] = []
      elements.reserveCapacity(count)
      var time = start
      var step: Int64 = 0
      while elements.count < count {
        guard let token = varint() else { return nil }
        if token & 1 == 1 {
          guard token >> 1 <= UInt64(count - elements.count) else { return nil }
          for _ in 0..<token >> 1 {
            time &+= step
            elements.append(Element(time: time, value: 0, isFlagged: false))
          }
        } else {
          step &+= PackedSamples.unzigzag(token >> 2)
          time &+= step
          elements.append(Element(time: time, value: 0, isFlagged: token & 2 == 2))
        }
      }
      return elements
    }

    private mutating func values(into elements: inout [Element], exponent: UInt8) -> Bool {
      guard !elements.isEmpty else { return true }
      guard let first = varint(), let k = byte(), k < 32 else { return false }
      var power: Int64 = 1
      for _ in 0..<exponent { power *= 10 }
      var value = PackedSamples.unzigzag(first)
      var bits = BitReader(bytes: bytes, place: place * 8)
      for index in elements.indices {
        if index > 0 {
          guard let word = bits.rice(UInt64(k)) else { return false }
          value &+= PackedSamples.unzigzag(word)
        }
        let (whole, overflow) = value.multipliedReportingOverflow(by: power)
        guard !overflow, let small = Int32(exactly: whole) else { return false }
        elements[index].value = small
      }
      guard bits.restIsZero() else { return false }
      place = (bits.place + 7) / 8
      return true
    }

    /// The pairs of a pack of the first kind.
    mutating func pairs(start: Int64) -> [Element]? {
      guard let count = count() else { return nil }
      var elements: [Element] = []
      elements.reserveCapacity(count)
      var time = start
      var step: Int64 = 0
      var value: Int64 = 0
      for _ in 0..<count {
        guard let timeWord = varint(), let valueWord = varint() else { return nil }
        step &+= PackedSamples.unzigzag(timeWord >> 1)
        time &+= step
        value &+= PackedSamples.unzigzag(valueWord)
        guard let small = Int32(exactly: value) else { return nil }
        elements.append(Element(time: time, value: small, isFlagged: timeWord & 1 == 1))
      }
      return elements
    }
  }

  /// Reads bits, from each byte's lowest on.
  private struct BitReader {
    let bytes: [UInt8]
    /// In bits.
    var place: Int

    private mutating func bit() -> UInt64? {
      guard place < bytes.count * 8 else { return nil }
      defer { place += 1 }
      return UInt64(bytes[place >> 3] >> UInt8(place & 7) & 1)
    }

    private mutating func bits(_ count: UInt64) -> UInt64? {
      var value: UInt64 = 0
      for shift in 0..<count {
        guard let bit = bit() else { return nil }
        value |= bit << shift
      }
      return value
    }

    mutating func rice(_ k: UInt64) -> UInt64? {
      var ones: UInt64 = 0
      while ones < PackedSamples.longestRun {
        guard let bit = bit() else { return nil }
        if bit == 0 { return bits(k).map { ones << k | $0 } }
        ones += 1
      }
      return bits(32)
    }

    /// Whether the byte that was begun ends with zeros.
    mutating func restIsZero() -> Bool {
      while place & 7 != 0 {
        if bit() != 0 { return false }
      }
      return true
    }
  }
}

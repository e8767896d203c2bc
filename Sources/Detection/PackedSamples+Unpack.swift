extension PackedSamples {
  /// The samples of a pack that belongs to the window beginning at `start`, or `nil` if the bytes are
  /// not a whole pack.
  public static func unpack(_ bytes: some Collection<UInt8>, start: Int64) -> [Element]? {
    var elements: [Element] = []
    let isWhole = bytes.withContiguousStorageIfAvailable {
      unpack(UnsafeRawBufferPointer($0), start: start, into: &elements)
    }
    guard let isWhole else { return unpack(Array(bytes), start: start) }
    return isWhole ? elements : nil
  }

  /// Appends the samples of a pack that belongs to the window beginning at `start`.
  ///
  /// - Returns: whether the bytes are a whole pack; if not, nothing has been appended.
  public static func unpack(
    _ bytes: UnsafeRawBufferPointer, start: Int64, into elements: inout [Element]
  ) -> Bool {
    let before = elements.count
    var reader = Reader(bytes)
    let isPack =
      bytes.count > 1 && bytes[0] == 0
      ? reader.pack(start: start, into: &elements) : reader.pairs(start: start, into: &elements)
    if isPack, reader.isAtEnd { return true }
    elements.removeLast(elements.count - before)
    return false
  }

  /// Appends samples with the times and flags that ``packTimes(_:start:into:)`` wrote, all values zero.
  ///
  /// - Returns: whether the bytes are those of `count` samples; if not, nothing has been appended.
  public static func unpackTimes(
    _ bytes: UnsafeRawBufferPointer, count: Int, start: Int64, into elements: inout [Element]
  ) -> Bool {
    let before = elements.count
    var reader = Reader(bytes)
    if reader.times(count, start: start, into: &elements), reader.isAtEnd { return true }
    elements.removeLast(elements.count - before)
    return false
  }

  /// Reads from the front; everything is `nil` or false once a byte is missing.
  private struct Reader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    @inline(__always)
    private mutating func byte() -> UInt8? {
      guard place < bytes.count else { return nil }
      defer { place += 1 }
      return bytes[place]
    }

    @inline(__always)
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

    mutating func pack(start: Int64, into elements: inout [Element]) -> Bool {
      place = 1
      guard let exponent = byte(), exponent <= PackedSamples.largestExponent, let count = count()
      else { return false }
      let first = elements.count
      elements.reserveCapacity(first + count)
      guard times(count, start: start, into: &elements) else { return false }
      return elements.withUnsafeMutableBufferPointer {
        values(of: UnsafeMutableBufferPointer(rebasing: $0[first...]), exponent: exponent)
      }
    }

    mutating func times(_ count: Int, start: Int64, into elements: inout [Element]) -> Bool {
      var left = count
      var time = start
      var step: Int64 = 0
      while left > 0 {
        guard let token = varint() else { return false }
        if token & 1 == 1 {
          guard token >> 1 <= UInt64(left) else { return false }
          for _ in 0..<token >> 1 {
            time &+= step
            elements.append(Element(time: time, value: 0, isFlagged: false))
          }
          left -= Int(token >> 1)
        } else {
          step &+= PackedSamples.unzigzag(token >> 2)
          time &+= step
          elements.append(Element(time: time, value: 0, isFlagged: token & 2 == 2))
          left -= 1
        }
      }
      return true
    }

    private mutating func values(
      of elements: UnsafeMutableBufferPointer<Element>, exponent: UInt8
    ) -> Bool {
      guard !elements.isEmpty else { return true }
      guard let first = varint(), let k = byte(), k < 32 else { return false }
      var power: Int64 = 1
      for _ in 0..<exponent { power *= 10 }
      var value = PackedSamples.unzigzag(first)
      var bits = BitReader(bytes, place: place * 8)
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
    mutating func pairs(start: Int64, into elements: inout [Element]) -> Bool {
      guard let count = count() else { return false }
      var time = start
      var step: Int64 = 0
      var value: Int64 = 0
      for _ in 0..<count {
        guard let timeWord = varint(), let valueWord = varint() else { return false }
        step &+= PackedSamples.unzigzag(timeWord >> 1)
        time &+= step
        value &+= PackedSamples.unzigzag(valueWord)
        guard let small = Int32(exactly: value) else { return false }
        elements.append(Element(time: time, value: small, isFlagged: timeWord & 1 == 1))
      }
      return true
    }
  }

  /// Reads bits, from each byte's lowest on.
  private struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    /// In bits.
    private(set) var place: Int

    init(_ bytes: UnsafeRawBufferPointer, place: Int) {
      self.bytes = bytes
      self.place = place
    }

    /// The next bits, 57 of them at least; zeros behind the last byte.
    @inline(__always)
    private var upcoming: UInt64 {
      let first = place >> 3
      var word: UInt64 = 0
      if first + 8 <= bytes.count {
        word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: first, as: UInt64.self))
      } else {
        for place in stride(from: bytes.count - 1, through: first, by: -1) {
          word = word << 8 | UInt64(bytes[place])
        }
      }
      return word &>> UInt64(place & 7)
    }

    @inline(__always)
    mutating func rice(_ k: UInt64) -> UInt64? {
      let bits = upcoming
      let ones = UInt64((~bits).trailingZeroBitCount)
      let length: UInt64
      let word: UInt64
      if ones < PackedSamples.longestRun {
        length = ones &+ 1 &+ k
        word = ones &<< k | bits &>> (ones &+ 1) & (1 &<< k &- 1)
      } else {
        length = PackedSamples.longestRun &+ 32
        word = bits &>> PackedSamples.longestRun & 0xffff_ffff
      }
      place &+= Int(length)
      return place <= bytes.count * 8 ? word : nil
    }

    /// Whether the byte that was begun ends with zeros.
    func restIsZero() -> Bool {
      place & 7 == 0 || bytes[place >> 3] >> UInt8(place & 7) == 0
    }
  }
}

/// The compact form in which a window's samples are kept: sorted by time, differences as variable
/// length integers (LEB128, signed ones zigzag-mapped first).
///
/// Layout: the number of samples; then for each sample `zigzag(Δ²time) << 1 | flagged` and
/// `zigzag(Δvalue)`, where Δ²time is the difference between this step in time and the step before it.
/// The first sample's step is counted from the window's start, its value from zero. A steady 50 Hz
/// stream costs one byte a sample for the time and two to three for the value.
public enum PackedSamples {
  /// One sample as the pack keeps it.
  public struct Element: Equatable, Sendable {
    public var time: Int64
    public var value: Int32
    public var isFlagged: Bool

    public init(time: Int64, value: Int32, isFlagged: Bool) {
      self.time = time
      self.value = value
      self.isFlagged = isFlagged
    }
  }

  /// A writer that appends one pack to a buffer of bytes.
  public struct Writer {
    private var encoder: Encoder

    /// Starts a pack of `count` samples that belong to the window beginning at `start`.
    public init(start: Int64, count: Int, into bytes: inout [UInt8]) {
      encoder = Encoder(start: start)
      Self.append(to: &bytes) { [encoder] in encoder.begin(count: count, at: &$0) }
    }

    /// Appends one sample. Times must not decrease.
    public mutating func append(
      time: Int64, value: Int32, isFlagged: Bool, to bytes: inout [UInt8]
    ) {
      Self.append(to: &bytes) {
        encoder.append(time: time, value: value, isFlagged: isFlagged, at: &$0)
      }
    }

    private static func append(
      to bytes: inout [UInt8], _ body: (inout UnsafeMutablePointer<UInt8>) -> Void
    ) {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Encoder.bytesOfSample) { buffer in
        guard let start = buffer.baseAddress else { return }
        var end = start
        body(&end)
        bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
      }
    }
  }

  /// Writes a pack into memory that is large enough.
  struct Encoder {
    /// The most bytes of one sample: ten for the time and five for the value; or of the count.
    static let bytesOfSample = 15

    private var lastTime: Int64
    private var lastStep: Int64 = 0
    private var lastValue: Int64 = 0

    init(start: Int64) { lastTime = start }

    /// Writes what precedes the samples.
    @inline(__always)
    func begin(count: Int, at end: inout UnsafeMutablePointer<UInt8>) {
      Self.write(UInt64(count), at: &end)
    }

    @inline(__always)
    mutating func append(
      time: Int64, value: Int32, isFlagged: Bool, at end: inout UnsafeMutablePointer<UInt8>
    ) {
      let step = time - lastTime
      Self.write(Self.zigzag(step - lastStep) << 1 | (isFlagged ? 1 : 0), at: &end)
      Self.write(Self.zigzag(Int64(value) - lastValue), at: &end)
      lastTime = time
      lastStep = step
      lastValue = Int64(value)
    }

    @inline(__always)
    private static func zigzag(_ value: Int64) -> UInt64 {
      UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inline(__always)
    private static func write(_ value: UInt64, at end: inout UnsafeMutablePointer<UInt8>) {
      var rest = value
      while rest >= 0x80 {
        end.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
        end += 1
        rest >>= 7
      }
      end.pointee = UInt8(truncatingIfNeeded: rest)
      end += 1
    }
  }

  /// The samples of a pack that belongs to the window beginning at `start`, or `nil` if the bytes are
  /// not a whole pack.
  public static func unpack(_ bytes: some Sequence<UInt8>, start: Int64) -> [Element]? {
    var iterator = bytes.makeIterator()
    func next() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = iterator.next() {
        guard shift < 64 else { return nil }
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    func unzigzag(_ value: UInt64) -> Int64 {
      Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
    guard let count = next(), count <= 1 << 20 else { return nil }
    var elements: [Element] = []
    elements.reserveCapacity(Int(count))
    var time = start
    var step: Int64 = 0
    var value: Int64 = 0
    for _ in 0..<count {
      guard let timeWord = next(), let valueWord = next() else { return nil }
      step &+= unzigzag(timeWord >> 1)
      time &+= step
      value &+= unzigzag(valueWord)
      guard let small = Int32(exactly: value) else { return nil }
      elements.append(Element(time: time, value: small, isFlagged: timeWord & 1 == 1))
    }
    return iterator.next() == nil ? elements : nil
  }
}

/// Bytes under construction, and the few kinds of numbers that records hold. Nothing here allocates
/// once the buffer has grown to the largest record.
struct RecordBuffer: ~Copyable {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 4_096) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity)
  }

  deinit {
    bytes.deallocate()
  }

  var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

  mutating func removeAll() { count = 0 }

  mutating func removeLast(_ number: Int) { count -= min(number, count) }

  private mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    let larger = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = moved
    capacity = larger
  }

  mutating func append(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    (bytes + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  mutating func append(_ buffer: UnsafeRawBufferPointer) {
    guard let start = buffer.baseAddress else { return }
    reserve(buffer.count)
    UnsafeMutableRawPointer(bytes + count).copyMemory(from: start, byteCount: buffer.count)
    count += buffer.count
  }

  mutating func append(_ array: [UInt8]) {
    array.withUnsafeBytes { append($0) }
  }

  mutating func append(byte: UInt8) {
    reserve(1)
    bytes[count] = byte
    count += 1
  }

  /// A whole number, which is not negative.
  mutating func append(integer value: Int64) {
    reserve(20)
    var digits = 1
    var rest = value / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    write(value, digits: digits)
  }

  /// A whole number with leading zeros.
  mutating func append(_ value: Int64, digits: Int) {
    reserve(digits)
    write(value, digits: digits)
  }

  /// A decimal with four places, rounded; ±100,000 at most.
  mutating func append(decimal value: Double) {
    reserve(16)
    var scaled = Int64((value * 10_000).rounded())
    if scaled < 0 {
      append(byte: UInt8(ascii: "-"))
      scaled = -scaled
    }
    append(integer: scaled / 10_000)
    append(byte: UInt8(ascii: "."))
    write(scaled % 10_000, digits: 4)
  }

  private mutating func write(_ value: Int64, digits: Int) {
    var rest = value
    var position = count + digits
    while position > count {
      position -= 1
      bytes[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }
}

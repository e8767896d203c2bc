/// Flat memory for the rings of all subjects of one engine.
///
/// Blocks come in classes of 4, 8, 12, 16, 24, 32, 48, … samples (powers of two and half-way
/// between), cut from chunks of one mebibyte that never move; a block that a growing ring leaves goes
/// to its class's free list. A block is named by its place in units of four samples, which fits 32
/// bits for 128 GiB.
struct RingSlab: ~Copyable {
  /// One sample of a ring: the low 32 bits of its time, and its value shifted left by one, with the
  /// flag in the lowest bit.
  struct Slot {
    var time: UInt32
    var word: Int32

    @inline(__always)
    init(time: Int64, value: Int32, isFlagged: Bool) {
      self.time = UInt32(truncatingIfNeeded: time)
      word = value << 1 | (isFlagged ? 1 : 0)
    }

    @inline(__always) var value: Int32 { word >> 1 }
    @inline(__always) var isFlagged: Bool { word & 1 == 1 }
  }

  static let largestClass = Self.sizeClass(holding: WindowSums.maxCount)

  /// Stands for the block of a ring that has none; never read or written.
  let none: UnsafeMutablePointer<Slot>

  private static let slotsPerUnit = 4
  private static let unitsPerChunk = 1 << 15
  private var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Slot>>
  private var chunkCount = 0
  private var chunkCapacity = 64
  private var unitsUsedOfLast = Self.unitsPerChunk
  /// First free block of each class; a free block's first four bytes name the next.
  private var free: [UInt32]

  init() {
    none = .allocate(capacity: 1)
    chunks = .allocate(capacity: chunkCapacity)
    free = Array(repeating: .max, count: Self.largestClass + 1)
  }

  deinit {
    for index in 0..<chunkCount { chunks[index].deallocate() }
    chunks.deallocate()
    none.deallocate()
  }

  /// Bytes taken from the system.
  var bytes: Int {
    chunkCount * Self.unitsPerChunk * Self.slotsPerUnit * MemoryLayout<Slot>.stride
  }

  /// Samples in a block of class `index`: 4, 8, 12, 16, 24, 32, 48, 64, …
  @inline(__always)
  static func capacity(ofClass index: Int) -> Int {
    if index < 2 { return 4 << index }
    let power = 8 << ((index - 1) >> 1)
    return index & 1 == 1 ? power : power / 2 * 3
  }

  /// The smallest class whose blocks hold `count` samples.
  static func sizeClass(holding count: Int) -> Int {
    var index = 0
    while capacity(ofClass: index) < count { index += 1 }
    return index
  }

  @inline(__always)
  func slots(of block: UInt32) -> UnsafeMutablePointer<Slot> {
    let unit = Int(block)
    return chunks[unit >> 15] + (unit & (Self.unitsPerChunk - 1)) * Self.slotsPerUnit
  }

  mutating func allocate(class index: Int) -> UInt32 {
    let head = free[index]
    if head != .max {
      free[index] = slots(of: head).pointee.time
      return head
    }
    let units = Self.capacity(ofClass: index) / Self.slotsPerUnit
    if unitsUsedOfLast + units > Self.unitsPerChunk { addChunk() }
    let block = UInt32((chunkCount - 1) * Self.unitsPerChunk + unitsUsedOfLast)
    unitsUsedOfLast += units
    return block
  }

  mutating func release(_ block: UInt32, class index: Int) {
    slots(of: block).pointee.time = free[index]
    free[index] = block
  }

  private mutating func addChunk() {
    // What is left of the last chunk goes to the smallest class, so that it is not lost.
    if chunkCount > 0 {
      while unitsUsedOfLast < Self.unitsPerChunk {
        release(UInt32((chunkCount - 1) * Self.unitsPerChunk + unitsUsedOfLast), class: 0)
        unitsUsedOfLast += 1
      }
    }
    if chunkCount == chunkCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Slot>>.allocate(
        capacity: chunkCapacity * 2)
      larger.moveInitialize(from: chunks, count: chunkCount)
      chunks.deallocate()
      chunks = larger
      chunkCapacity *= 2
    }
    let slots = Self.unitsPerChunk * Self.slotsPerUnit
    let chunk = UnsafeMutablePointer<Slot>.allocate(capacity: slots)
    chunks[chunkCount] = chunk
    chunkCount += 1
    unitsUsedOfLast = 0
  }
}

/// Flat memory for the rings of all subjects of one engine whose samples take a `Cell` each.
///
/// Blocks come in classes of 2, 4, 6, … 16 samples and from there in four steps a doubling (20, 24, 28,
/// 32, 40, …), so that at most a fifth of a block is air; those that keep sums (see `RingBlock`) have room for
/// these behind the samples. They are cut from chunks of 32,768 samples that never move. A chunk holds blocks of one class; when the last of them is released,
/// because rings have grown, the chunk is free for any other class. So the small blocks that every ring
/// begins with cost nothing once the rings are large. A block is named by its place in units of two
/// samples, which fits 32 bits for 64 GiB.
struct RingSlab<Cell: BitwiseCopyable>: ~Copyable {
  private static var samplesPerUnit: Int { 2 }
  private static var chunkShift: Int { 14 }
  private static var unitsPerChunk: Int { 1 << chunkShift }
  private static var samplesPerChunk: Int { unitsPerChunk * samplesPerUnit }
  private static var nothing: UInt32 { .max }

  /// What is known of a chunk besides where it is.
  private struct Chunk {
    var sizeClass = 0
    /// Blocks in use.
    var used = 0
    /// Units that have been cut into blocks, from the beginning.
    var cut = 0
    /// The first released block; a released block's first four bytes name the next.
    var free = UInt32.max
    /// Its neighbours in the list of chunks of its class that have room.
    var previous = UInt32.max
    var next = UInt32.max
  }

  /// Where the chunks are: apart from `chunks`, because the way of every sample leads through it.
  private var bases: UnsafeMutablePointer<UnsafeMutablePointer<Cell>>
  private var baseCapacity = 64
  private var chunks: [Chunk] = []
  /// Chunks that were allocated for themselves, as against the second half of a large block.
  private var allocated: [UInt32] = []
  /// For each class the first chunk that has room.
  private var roomy: [UInt32]
  private var cellCount = 0
  /// Chunks without a block.
  private var empty: [UInt32] = []

  init() {
    bases = .allocate(capacity: baseCapacity)
    roomy = Array(repeating: Self.nothing, count: RingClass.largest + 1)
  }

  deinit {
    for index in allocated { bases[Int(index)].deallocate() }
    bases.deallocate()
  }

  /// Bytes taken from the system.
  var bytes: Int { cellCount * MemoryLayout<Cell>.stride }

  @inline(__always)
  func cells(of block: UInt32) -> UnsafeMutablePointer<Cell> {
    let unit = Int(block)
    return bases[unit >> Self.chunkShift]
      + (unit & (Self.unitsPerChunk - 1)) * Self.samplesPerUnit
  }

  mutating func allocate(class index: Int) -> UInt32 {
    let units = Self.units(ofClass: index)
    if roomy[index] == Self.nothing { addChunk(class: index) }
    let place = Int(roomy[index])
    var block = chunks[place].free
    if block == Self.nothing {
      block = UInt32(place << Self.chunkShift + chunks[place].cut)
      chunks[place].cut += units
    } else {
      chunks[place].free = next(after: block).pointee
    }
    chunks[place].used += 1
    if !hasRoom(chunks[place]) { unlist(place) }
    return block
  }

  mutating func release(_ block: UInt32, class index: Int) {
    let place = Int(block) >> Self.chunkShift
    if !hasRoom(chunks[place]) { list(place) }
    next(after: block).pointee = chunks[place].free
    chunks[place].free = block
    chunks[place].used -= 1
    // A chunk of one large block stays with its class, which alone has use for its size.
    if chunks[place].used == 0, Self.chunksPerBlock(ofClass: index) == 1 {
      unlist(place)
      empty.append(UInt32(place))
    }
  }

  /// Where a released block names the next one.
  private func next(after block: UInt32) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(cells(of: block)).assumingMemoryBound(to: UInt32.self)
  }

  /// What a block takes.
  private static func units(ofClass index: Int) -> Int {
    let capacity = RingClass.capacity(index)
    var bytes = capacity * MemoryLayout<Cell>.stride
    if capacity > RingClass.maxSummedAnew { bytes += RingBlock.sumBytes }
    let unit = samplesPerUnit * MemoryLayout<Cell>.stride
    return (bytes + unit - 1) / unit
  }

  private static func chunksPerBlock(ofClass index: Int) -> Int {
    (units(ofClass: index) + unitsPerChunk - 1) / unitsPerChunk
  }

  private func hasRoom(_ chunk: Chunk) -> Bool {
    let units = Self.units(ofClass: chunk.sizeClass)
    return chunk.free != Self.nothing || chunk.cut == 0
      || chunk.cut + units <= Self.unitsPerChunk
  }

  /// Gives the class a chunk with room: an empty one, or a new one.
  private mutating func addChunk(class index: Int) {
    let count = Self.chunksPerBlock(ofClass: index)
    let place: Int
    if count == 1, let used = empty.popLast() {
      place = Int(used)
    } else {
      place = chunks.count
      let size =
        count == 1 ? Self.samplesPerChunk : Self.units(ofClass: index) * Self.samplesPerUnit
      let base = UnsafeMutablePointer<Cell>.allocate(capacity: size)
      cellCount += size
      allocated.append(UInt32(place))
      for part in 0..<count {
        chunks.append(Chunk())
        if chunks.count > baseCapacity { growBases() }
        bases[place + part] = base + part * Self.samplesPerChunk
      }
    }
    chunks[place] = Chunk(sizeClass: index)
    list(place)
  }

  private mutating func growBases() {
    let larger = UnsafeMutablePointer<UnsafeMutablePointer<Cell>>.allocate(
      capacity: baseCapacity * 2)
    larger.moveInitialize(from: bases, count: baseCapacity)
    bases.deallocate()
    bases = larger
    baseCapacity *= 2
  }

  private mutating func list(_ place: Int) {
    let index = chunks[place].sizeClass
    let first = roomy[index]
    chunks[place].previous = Self.nothing
    chunks[place].next = first
    if first != Self.nothing { chunks[Int(first)].previous = UInt32(place) }
    roomy[index] = UInt32(place)
  }

  private mutating func unlist(_ place: Int) {
    let (previous, next) = (chunks[place].previous, chunks[place].next)
    if previous == Self.nothing {
      roomy[chunks[place].sizeClass] = next
    } else {
      chunks[Int(previous)].next = next
    }
    if next != Self.nothing { chunks[Int(next)].previous = previous }
  }
}

/// The sizes of blocks.
enum RingClass {
  /// Of the most samples whose sums are not kept.
  static let maxSummedAnew = 16
  /// The class that a ring begins with: 4 samples.
  static let first = 1
  static let largest = Self.holding(WindowSums.maxCount)
  /// What the largest block holds: places in a ring are numbers of 16 bits, and so is their count.
  static let maxSamples = Int(UInt16.max)

  /// Samples in a block of class `index`.
  @inline(__always)
  static func capacity(_ index: Int) -> Int {
    if index < 8 { return 2 &* (index &+ 1) }
    return min(maxSamples, (5 &+ (index & 3)) &<< ((index &- 8) &>> 2 &+ 2))
  }

  /// The smallest class whose blocks hold `count` samples.
  static func holding(_ count: Int) -> Int {
    var index = 0
    while capacity(index) < min(count, maxSamples) { index += 1 }
    return index
  }
}

/// All subjects of one engine, by dense index, in chunks that never move.
struct SubjectTable: ~Copyable {
  private static let chunkShift = 10
  private static let chunkSize = 1 << chunkShift
  private var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Subject>>
  private var chunkCapacity = 64
  private var chunkCount = 0
  private(set) var count = 0

  init() { chunks = .allocate(capacity: chunkCapacity) }

  deinit {
    for index in 0..<chunkCount { chunks[index].deallocate() }
    chunks.deallocate()
  }

  var bytes: Int { chunkCount * Self.chunkSize * MemoryLayout<Subject>.stride }

  @inline(__always)
  subscript(index: UInt32) -> UnsafeMutablePointer<Subject> {
    chunks[Int(index) >> Self.chunkShift] + (Int(index) & (Self.chunkSize - 1))
  }

  mutating func append(_ subject: Subject) -> UInt32 {
    if count == chunkCount << Self.chunkShift { addChunk() }
    let index = UInt32(count)
    count += 1
    self[index].initialize(to: subject)
    return index
  }

  private mutating func addChunk() {
    if chunkCount == chunkCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Subject>>.allocate(
        capacity: chunkCapacity * 2)
      larger.moveInitialize(from: chunks, count: chunkCount)
      chunks.deallocate()
      chunks = larger
      chunkCapacity *= 2
    }
    // Each subject in one line of the processor's cache.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Self.chunkSize * MemoryLayout<Subject>.stride, alignment: 64)
    chunks[chunkCount] = memory.bindMemory(to: Subject.self, capacity: Self.chunkSize)
    chunkCount += 1
  }
}

/// Memory that grows by doubling and is kept. Elements are trivial types.
struct GrowingBuffer<Element> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  func deallocate() { base.deallocate() }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
}

/// What has been read of a camera record so far.
struct CameraDraft {
  var frames = GrowingBuffer<CameraFrame>(capacity: 64)
  var objects = GrowingBuffer<DetectedObject>(capacity: 256)
  var zoneIDs = GrowingBuffer<UInt16>(capacity: 256)
  /// How much of the memory for unescaped texts is in use.
  var textUsed = 0

  @inline(__always)
  mutating func removeAll() {
    frames.removeAll()
    objects.removeAll()
    zoneIDs.removeAll()
    textUsed = 0
  }

  func deallocate() {
    frames.deallocate()
    objects.deallocate()
    zoneIDs.deallocate()
  }
}

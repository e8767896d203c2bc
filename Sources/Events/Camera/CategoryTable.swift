/// The categories that a MegaDetector record names: the class that each key stands for.
///
/// Open addressing, at most half full. Keys and names point into the record or the decoder's memory.
struct CategoryTable {
  struct Entry {
    var key: UnsafeRawBufferPointer
    var name: UnsafeRawBufferPointer
    /// Its number in the vocabulary, −1 as long as nobody has asked.
    var classID: Int32 = -1
  }

  private(set) var isRead = false
  private var entries = GrowingBuffer<Entry>(capacity: 16)
  private var slots = UnsafeMutablePointer<UInt32>.allocate(capacity: 32)
  private var slotCount = 32

  /// How many there are.
  var count: Int { entries.count }

  func deallocate() {
    entries.deallocate()
    slots.deallocate()
  }

  /// Makes room for the categories of another record.
  mutating func removeAll() {
    isRead = false
    guard entries.count > 0 else { return }
    entries.removeAll()
  }

  /// Begins to take categories.
  mutating func begin() {
    isRead = true
    slots.initialize(repeating: 0, count: slotCount)
  }

  /// Adds a category; `false` if its key is there.
  mutating func add(_ key: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) -> Bool {
    guard find(key) == nil else { return false }
    entries.append(Entry(key: key, name: name))
    if 2 * entries.count > slotCount {
      slots.deallocate()
      slotCount *= 2
      slots = .allocate(capacity: slotCount)
      slots.initialize(repeating: 0, count: slotCount)
      for index in 0..<entries.count { place(index) }
    } else {
      place(entries.count - 1)
    }
    return true
  }

  /// The place of a key's entry.
  func find(_ key: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Entry>? {
    var slot = home(key)
    while slots[slot] != 0 {
      let entry = entries.base + Int(slots[slot] - 1)
      if entry.pointee.key.count == key.count, entry.pointee.key.elementsEqual(key) {
        return entry
      }
      slot = (slot + 1) & (slotCount - 1)
    }
    return nil
  }

  private func place(_ index: Int) {
    var slot = home(entries.base[index].key)
    while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
    slots[slot] = UInt32(index + 1)
  }

  private func home(_ key: UnsafeRawBufferPointer) -> Int {
    let hash = IDHash.hash(key)
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & (slotCount - 1)
  }
}

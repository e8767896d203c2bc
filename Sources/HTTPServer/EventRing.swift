import Glibc

/// The shared circular log of encoded events, belonging to the I/O thread.
///
/// Every event has a sequence number (from 1, without gaps) and a place in a stream of bytes without
/// end, of which the ring holds the newest part. A watcher is one sequence number: behind
/// `firstSequence` it has fallen off. Watchers send straight from the ring's memory, which stays
/// valid until the next `append`, so an event is copied once however many watch.
final class EventRing {
  struct Entry {
    /// Place in the endless stream of bytes.
    var start: UInt64
    var length: Int
    var id: UInt64?
    var key: UInt64?
    /// The sequence of the next newer entry with the same key; 0 while there is none.
    var successor: UInt64 = 0
    var tag: EventTag
  }

  let byteCapacity: Int
  let entryCapacity: Int
  /// The oldest entry held.
  private(set) var firstSequence: UInt64 = 1
  /// One past the newest.
  private(set) var endSequence: UInt64 = 1
  private var endByte: UInt64 = 0
  private let bytes: UnsafeMutableRawPointer
  /// Sequence s lives at index s mod capacity; grows to its capacity, then wraps.
  private var entries: [Entry] = []
  /// The newest sequence of each key; no more keys than entries.
  private var newest: [UInt64: UInt64] = [:]

  init(byteCapacity: Int, entryCapacity: Int) {
    self.byteCapacity = byteCapacity
    self.entryCapacity = entryCapacity
    bytes = .allocate(byteCount: byteCapacity, alignment: 64)
  }

  deinit { bytes.deallocate() }

  /// - Precondition: `sequence` is in `firstSequence ..< endSequence`.
  subscript(sequence: UInt64) -> Entry {
    _read { yield entries[index(sequence)] }
    _modify { yield &entries[index(sequence)] }
  }

  private func index(_ sequence: UInt64) -> Int { Int((sequence - 1) % UInt64(entryCapacity)) }

  /// Appends one encoded event; the oldest give way.
  ///
  /// An event larger than the whole ring cannot be kept: it is passed over and everybody falls off.
  func append(_ event: UnsafeRawBufferPointer, as entry: EventBatch.Entry) {
    guard event.count <= byteCapacity else {
      skip()
      return
    }
    while firstSequence < endSequence
      && (endSequence - firstSequence == UInt64(entryCapacity)
        || endByte + UInt64(event.count) - self[firstSequence].start > UInt64(byteCapacity))
    {
      dropFirst()
    }
    copy(event)
    let sequence = endSequence
    if let key = entry.key, let older = newest.updateValue(sequence, forKey: key) {
      self[older].successor = sequence
    }
    let stored = Entry(
      start: endByte, length: event.count, id: entry.id, key: entry.key, tag: entry.tag)
    if index(sequence) == entries.count {
      entries.append(stored)
    } else {
      entries[index(sequence)] = stored
    }
    endByte += UInt64(event.count)
    endSequence += 1
  }

  /// Leaves a gap that every present watcher falls into.
  func skip() {
    while firstSequence < endSequence { dropFirst() }
    // The gap takes a sequence number, and the number's index must exist.
    let gap = Entry(start: endByte, length: 0, tag: EventTag())
    if index(endSequence) == entries.count {
      entries.append(gap)
    } else {
      entries[index(endSequence)] = gap
    }
    endSequence += 1
    firstSequence = endSequence
  }

  private func dropFirst() {
    if let key = self[firstSequence].key, newest[key] == firstSequence {
      newest[key] = nil
    }
    firstSequence += 1
  }

  private func copy(_ event: UnsafeRawBufferPointer) {
    guard let source = event.baseAddress else { return }
    let offset = Int(endByte % UInt64(byteCapacity))
    let atEnd = min(event.count, byteCapacity - offset)
    memcpy(bytes + offset, source, atEnd)
    memcpy(bytes, source + atEnd, event.count - atEnd)
  }

  /// Adds the memory of a stretch of the byte stream to `list`: two pieces where it wraps, and one
  /// with its predecessor where it goes on from there.
  func appendMemory(from start: UInt64, count: Int, to list: inout [iovec]) {
    let offset = Int(start % UInt64(byteCapacity))
    let atEnd = min(count, byteCapacity - offset)
    appendPiece(bytes + offset, atEnd, to: &list)
    if count > atEnd { appendPiece(bytes, count - atEnd, to: &list) }
  }

  private func appendPiece(
    _ base: UnsafeMutableRawPointer, _ count: Int, to list: inout [iovec]
  ) {
    if let last = list.indices.last, let lastBase = list[last].iov_base,
      lastBase + list[last].iov_len == base
    {
      list[last].iov_len += count
    } else {
      list.append(iovec(iov_base: base, iov_len: count))
    }
  }
}

import CBytes
import Events

/// Judging a group of records that follow each other, of very many subjects.
///
/// Of a million subjects hardly one is in the processor's cache when its turn comes, and each step of the way to
/// it (slot, index, subject, ring) waits for memory as long as the whole judgement takes. Taken for a group at
/// once, one step after the other, the waits are one wait.
extension Engine {
  /// Whether there are so many subjects that groups are worth their while: with 256 bytes each they exceed the
  /// second-level cache of one processor.
  @inline(__always)
  public var exceedsCache: Bool { subjects.count > 8_192 }

  /// The first step, to be taken as soon as a record's key is known: as long before its judgement as possible.
  @inline(__always)
  public func prefetch(_ key: SubjectKey) {
    interner.prefetchSlot(key)
  }

  /// Admits and judges the records of a group in their order, and empties it: the outcome is that of
  /// ``admit(_:arrival:)`` and ``ingest(stream:user:device:samples:axes:origin:arrival:)`` for one after the
  /// other.
  public mutating func ingest(_ records: inout RecordGroup) {
    let group = records.take()
    for place in group.indices {
      guard let index = interner.guess(group[place].key), index < subjects.count else { continue }
      group[place].guess = index
      cbytes_prefetch(subjects[index])
    }
    for record in group {
      guard let index = record.guess else { continue }
      interner.prefetchKey(of: index)
      prefetchRing(of: subjects[index])
    }
    for record in group {
      guard admit(record.origin, arrival: record.arrival) else { continue }
      withUnsafePointer(to: record.sample) { sample in
        let samples = UnsafeBufferPointer(start: sample, count: 1)
        if let axes = record.axes {
          withUnsafePointer(to: axes) { axes in
            ingest(
              record.key, samples, UnsafeBufferPointer(start: axes, count: 1),
              origin: record.origin, arrival: record.arrival)
          }
        } else {
          ingest(
            record.key, samples, UnsafeBufferPointer(start: nil, count: 0), origin: record.origin,
            arrival: record.arrival)
        }
      }
    }
  }

  /// Those samples of a ring that the next one will be held against.
  @inline(__always)
  private func prefetchRing(of subject: UnsafeMutablePointer<Subject>) {
    let block = block(of: subject)
    guard block.capacity > 0 else { return }
    let count = Int(subject.pointee.count)
    block.prefetch(block.position(subject, 0))
    block.prefetch(
      block.position(subject, max(0, count &- Int(subject.pointee.windowCount) &- 1)))
    block.prefetch(block.position(subject, min(count, block.capacity &- 1)))
  }
}

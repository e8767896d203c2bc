import Glibc
import Testing

@testable import HTTPServer

/// The ring and a watcher's way through it, without sockets.
@Suite struct WatcherTests {
  private struct Event {
    var id: UInt64
    var key: UInt64?
    var bits: UInt64
    var size: Int
  }

  private func append(_ event: Event, to ring: EventRing) {
    // The content tells which event each byte belongs to.
    let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: event.id), count: event.size)
    bytes.withUnsafeBytes {
      ring.append(
        $0,
        as: .init(length: event.size, id: event.id, key: event.key, tag: .init(bits: event.bits)))
    }
  }

  /// Sends up to `limit` bytes and returns those that "went over the wire".
  private func send(_ watcher: inout Watcher, _ ring: EventRing, limit: Int) -> [UInt8] {
    var plan = Watcher.Plan()
    watcher.plan(from: ring, into: &plan)
    var bytes: [UInt8] = []
    for piece in plan.memory {
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: piece.iov_base, count: piece.iov_len))
    }
    #expect(bytes.count == plan.byteCount)
    let sent = min(limit, bytes.count)
    _ = watcher.advance(sent, of: plan)
    if bytes.isEmpty && plan.endCursor == ring.endSequence { watcher.noteCaughtUp() }
    return Array(bytes.prefix(sent))
  }

  @Test func supersededEvent_isSkippedOnlyIfTheNewerOnePasses() {
    let ring = EventRing(byteCapacity: 10_000, entryCapacity: 100)
    var watcher = Watcher(EventStream(filter: { $0.bits & 1 != 0 }), cursor: 1)
    watcher.noteRefusal()
    for event in [
      Event(id: 1, key: 7, bits: 1, size: 3),  // replaced by 2
      Event(id: 2, key: 7, bits: 1, size: 3),  // not by 3, which the watcher would not get
      Event(id: 3, key: 7, bits: 2, size: 3),
      Event(id: 4, key: 8, bits: 1, size: 3),  // replaced by 6, beyond 5
      Event(id: 5, key: 8, bits: 2, size: 3),
      Event(id: 6, key: 8, bits: 1, size: 3),
      Event(id: 7, key: nil, bits: 1, size: 3),
      Event(id: 8, key: nil, bits: 1, size: 3),
    ] { append(event, to: ring) }
    #expect(send(&watcher, ring, limit: 100) == [2, 2, 2, 6, 6, 6, 7, 7, 7, 8, 8, 8])
  }

  @Test func begunEvent_isFinishedThoughReplaced() {
    let ring = EventRing(byteCapacity: 10_000, entryCapacity: 100)
    var watcher = Watcher(EventStream(), cursor: 1)
    append(Event(id: 1, key: 7, bits: 0, size: 5), to: ring)
    #expect(send(&watcher, ring, limit: 2) == [1, 1])
    append(Event(id: 2, key: 7, bits: 0, size: 2), to: ring)
    append(Event(id: 3, key: 7, bits: 0, size: 2), to: ring)
    #expect(send(&watcher, ring, limit: 1) == [1])
    #expect(send(&watcher, ring, limit: 9) == [1, 1, 3, 3])
  }

  @Test func watcherThatKeepsUp_seesEveryEvent() {
    let ring = EventRing(byteCapacity: 10_000, entryCapacity: 100)
    var watcher = Watcher(EventStream(), cursor: 1)
    for id in 1...5 as ClosedRange<UInt64> {
      append(Event(id: id, key: 1, bits: 0, size: 1), to: ring)
    }
    #expect(send(&watcher, ring, limit: 100) == [1, 2, 3, 4, 5])
  }

  @Test func ring_keepsTheNewestWithinBothCapacities() {
    let ring = EventRing(byteCapacity: 100, entryCapacity: 10)
    for id in 1...50 as ClosedRange<UInt64> {
      append(Event(id: id, key: id, bits: 0, size: 3), to: ring)
    }
    #expect(ring.endSequence - ring.firstSequence == 10)
    for id in 51...60 as ClosedRange<UInt64> {
      append(Event(id: id, key: id, bits: 0, size: 30), to: ring)
    }
    #expect(ring.endSequence - ring.firstSequence == 3)
    #expect(Watcher(EventStream(), cursor: 58).hasFallenOff(ring) == false)
    #expect(Watcher(EventStream(), cursor: 57).hasFallenOff(ring))
    append(Event(id: 61, key: 1, bits: 0, size: 101), to: ring)
    #expect(ring.firstSequence == ring.endSequence)
    append(Event(id: 62, key: 1, bits: 0, size: 100), to: ring)
    #expect(ring.endSequence - ring.firstSequence == 1)
  }

  /// Any mix of sizes, keys, filters and short sends: what arrives is whole events in order; of each
  /// key the last one that the filter lets pass arrives; without refusals everything does.
  @Test(arguments: 0..<200)
  func randomTraffic_neverLosesTheNewestOfAKey(_ seed: Int) {
    var random = Random(state: UInt64(seed) &* 0x9E37_79B9 &+ 1)
    let ring = EventRing(byteCapacity: 4_000, entryCapacity: 300)
    var watcher = Watcher(EventStream(filter: { $0.bits & 1 != 0 }), cursor: ring.endSequence)
    var wire: [UInt8] = []
    var wanted: [Event] = []
    var id: UInt64 = 0
    for _ in 0..<120 {
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        id += 1
        let event = Event(
          id: id, key: Bool.random(using: &random) ? UInt64.random(in: 0...4, using: &random) : nil,
          bits: UInt64.random(in: 0...3, using: &random),
          size: Int.random(in: 1...20, using: &random))
        if id > 250 { break }
        append(event, to: ring)
        if event.bits & 1 != 0 { wanted.append(event) }
      }
      let limit = Int.random(in: 0...40, using: &random)
      wire += send(&watcher, ring, limit: limit)
    }
    while true {
      let more = send(&watcher, ring, limit: Int.random(in: 1...60, using: &random))
      if more.isEmpty { break }
      wire += more
    }
    var arrived: Set<UInt64> = []
    var rest = wire[...]
    for event in wanted where rest.first == UInt8(truncatingIfNeeded: event.id) {
      let bytes = rest.prefix(event.size)
      #expect(bytes.count == event.size && bytes.allSatisfy { $0 == bytes.first })
      rest = rest.dropFirst(event.size)
      arrived.insert(event.id)
    }
    #expect(rest.isEmpty)
    var newest: [UInt64: UInt64] = [:]
    for event in wanted {
      if let key = event.key { newest[key] = event.id } else { #expect(arrived.contains(event.id)) }
    }
    for id in newest.values { #expect(arrived.contains(id)) }
  }

  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
  }
}

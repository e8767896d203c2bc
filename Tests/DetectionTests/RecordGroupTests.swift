import Events
import Testing

@testable import Detection

/// Records that are judged together come to what they come to one by one.
struct RecordGroupTests {
  private struct Single {
    var user: String
    var sample: Sample
    var axes: AxisSample?
    var offset: Int64
    var arrival: Int64
  }

  private static func log(_ generator: inout SplitMix64) -> [Single] {
    var singles: [Single] = []
    var offset: Int64 = 0
    for record in RestartTests.log(&generator) {
      for sample in record.samples {
        // Now and then the same record twice, which is not admitted again.
        if Int.random(in: 0..<20, using: &generator) != 0 { offset += 1 }
        let axes =
          Bool.random(using: &generator)
          ? AxisSample(x: 10, y: -20, z: Int16(sample.value / 1_000)) : nil
        singles.append(
          Single(
            user: record.user, sample: sample, axes: axes, offset: offset,
            arrival: record.arrival))
      }
    }
    return singles
  }

  private static func feed(_ single: Single, to engine: inout Engine) {
    let origin = RecordOrigin(partition: 0, offset: single.offset)
    guard engine.admit(origin, arrival: single.arrival) else { return }
    var user = single.user
    user.withUTF8 { user in
      withUnsafePointer(to: single.sample) { sample in
        (single.axes.map { [$0] } ?? []).withUnsafeBufferPointer { axes in
          engine.ingest(
            stream: 0, user: UnsafeRawBufferPointer(user),
            device: UnsafeRawBufferPointer(start: nil, count: 0),
            samples: UnsafeBufferPointer(start: sample, count: 1), axes: axes, origin: origin,
            arrival: single.arrival)
        }
      }
    }
  }

  /// Keys have to outlive their group: the users' bytes lie in `names`.
  private static func feed(
    _ singles: ArraySlice<Single>, _ names: [String: UnsafeRawBufferPointer],
    to engine: inout Engine
  ) {
    var group = RecordGroup()
    for single in singles {
      let key = SubjectKey(
        stream: 0, user: names[single.user]!,
        device: UnsafeRawBufferPointer(start: nil, count: 0))
      engine.prefetch(key)
      group.append(
        SingleRecord(
          key, single.sample, axes: single.axes,
          origin: RecordOrigin(partition: 0, offset: single.offset), arrival: single.arrival))
      if group.isFull { engine.ingest(&group) }
    }
    if !group.isEmpty { engine.ingest(&group) }
  }

  @Test(arguments: 0..<20) func together_OrOneByOne(seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    let log = Self.log(&generator)
    var names: [String: UnsafeRawBufferPointer] = [:]
    for single in log where names[single.user] == nil {
      let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: single.user.utf8.count, alignment: 1)
      bytes.copyBytes(from: single.user.utf8)
      names[single.user] = UnsafeRawBufferPointer(bytes)
    }
    defer { for name in names.values { name.deallocate() } }
    var alone = try Engine(streams: [RestartTests.rules])
    var grouped = try Engine(streams: [RestartTests.rules])
    alone.assign(0, rewind: 0, next: 0)
    grouped.assign(0, rewind: 0, next: 0)
    var first = 0
    while first < log.count {
      let end = min(log.count, first + Int.random(in: 1...60, using: &generator))
      for single in log[first..<end] { Self.feed(single, to: &alone) }
      Self.feed(log[first..<end], names, to: &grouped)
      first = end
      let share = Double.random(in: 0...0.3, using: &generator)
      let (one, other) = (alone.takeDecisions(sweep: share), grouped.takeDecisions(sweep: share))
      #expect(one.rows.map { "\($0)" } == other.rows.map { "\($0)" })
      #expect(one.recordCount == other.recordCount && one.sampleCount == other.sampleCount)
      #expect(one.progress == other.progress)
      #expect(one.packedSamples == other.packedSamples)
      var (oneMap, otherMap): ([UInt32: Int], [UInt32: Int]) = ([:], [:])
      var (oneStored, otherStored) = (StoredDecisions(), StoredDecisions())
      for index in 0..<UInt32(alone.subjectCount) { oneMap[index] = Int(index) }
      otherMap = oneMap
      oneStored.apply(one, &oneMap)
      otherStored.apply(other, &otherMap)
      #expect(oneStored.windows == otherStored.windows)
      #expect(oneStored.anomalies == otherStored.anomalies)
      #expect(oneStored.late == otherStored.late)
      #expect(oneStored.causes == otherStored.causes)
    }
  }
}

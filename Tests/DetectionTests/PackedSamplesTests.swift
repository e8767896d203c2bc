import Events
import Testing

@testable import Detection

@Suite struct PackedSamplesTests {
  typealias Element = PackedSamples.Element

  private func packed(_ samples: [Element], start: Int64) -> [UInt8] {
    var bytes: [UInt8] = [9]
    PackedSamples.pack(samples, start: start, into: &bytes)
    #expect(bytes.first == 9)
    return Array(bytes.dropFirst())
  }

  /// Times with steps between 0 and `jitter` around a rhythm, values with noise and spikes.
  private func stream(
    _ count: Int, step: Int64, jitter: Int64, noise: Int64, unit: Int32,
    _ generator: inout SplitMix64
  ) -> [Element] {
    var time: Int64 = 1_700_000_000_000 + Int64.random(in: 0..<1_000, using: &generator)
    return (0..<count).map { _ in
      time += max(0, step + Int64.random(in: -jitter...jitter, using: &generator))
      let isSpike = Int.random(in: 0..<50, using: &generator) == 0
      let range = isSpike ? Int64(Sample.maxMagnitude) / Int64(unit) : noise
      let value = Int32(Int64.random(in: -range...range, using: &generator)) * unit
      return Element(
        time: time, value: value, isFlagged: Int.random(in: 0..<9, using: &generator) == 0)
    }
  }

  @Test func whatIsPackedComesBack() {
    var generator = SplitMix64(state: 7)
    for round in 0..<2_000 {
      let count = [0, 1, 2, 3, 10, 100, 500][round % 7]
      let samples = stream(
        count, step: [1, 20, 1_000][round % 3], jitter: [0, 3, 500][round / 3 % 3],
        noise: [0, 1, 40, 5_000, 1_000_000][round % 5], unit: [1, 100, 1_000][round / 7 % 3],
        &generator)
      let start = (samples.first?.time ?? 0) - Int64(round % 2) * 700
      let bytes = packed(samples, start: start)
      #expect(PackedSamples.unpack(bytes, start: start) == samples)
      #expect(PackedSamples.unpack(bytes + [1], start: start) == nil)
      #expect(PackedSamples.unpack(bytes.dropLast(), start: start) == nil || count == 0)
    }
  }

  @Test func timesAloneComeBack() {
    var generator = SplitMix64(state: 11)
    for round in 0..<500 {
      let samples = stream(
        [0, 1, 2, 40, 640][round % 5], step: [1, 20, 1_000][round % 3],
        jitter: [0, 3, 500][round / 3 % 3], noise: 0, unit: 1, &generator)
      let start = (samples.first?.time ?? 0) - 7
      var bytes: [UInt8] = []
      PackedSamples.packTimes(samples[...], start: start, into: &bytes)
      func unpack(_ bytes: some Sequence<UInt8>, _ count: Int) -> [Element]? {
        var elements = [Element(time: 1, value: 2, isFlagged: true)]
        let isWhole = Array(bytes).withUnsafeBytes {
          PackedSamples.unpackTimes($0, count: count, start: start, into: &elements)
        }
        #expect(elements[0].value == 2 && (isWhole || elements.count == 1))
        return isWhole ? Array(elements[1...]) : nil
      }
      let expected = samples.map { Element(time: $0.time, value: 0, isFlagged: $0.isFlagged) }
      #expect(unpack(bytes, samples.count) == expected)
      #expect(unpack(bytes, samples.count + 1) == nil)
      #expect(unpack(bytes + [2], samples.count) == nil)
      if !samples.isEmpty {
        #expect(unpack(bytes.dropLast(), samples.count) == nil)
        #expect(unpack(bytes, samples.count - 1) == nil)
      }
    }
  }

  @Test func extremesComeBack() {
    let most = Sample.maxMagnitude
    for values in [[most, -most, most], [-most], [0, 0, 0], [most, 0], [1, most, most - 1]] {
      let samples = values.enumerated().map {
        Element(time: Int64($0) * 86_400_000, value: Int32($1), isFlagged: true)
      }
      #expect(PackedSamples.unpack(packed(samples, start: 0), start: 0) == samples)
    }
  }

  @Test func anyBytesAreTakenOrRefused() {
    var generator = SplitMix64(state: 3)
    for round in 0..<20_000 {
      var bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if round % 2 == 0, bytes.count > 3 {
        bytes[0] = 0
        bytes[1] %= 12
        bytes[2] %= 16
      }
      _ = PackedSamples.unpack(bytes, start: 0)
    }
  }

  /// The promise of size: what a steady sensor's samples take.
  @Test func steadyStreamsAreSmall() {
    var generator = SplitMix64(state: 5)
    func bytes(_ count: Int, step: Int64, noise: Int64, unit: Int32) -> Double {
      var samples = stream(count, step: step, jitter: 0, noise: 0, unit: unit, &generator)
      for place in samples.indices {
        samples[place].isFlagged = false
        samples[place].value =
          1_000_000 + Int32(Int64.random(in: -noise...noise, using: &generator)) * unit
      }
      let start = samples[0].time
      return Double(packed(samples, start: start).count) / Double(count)
    }
    // Four decimals, ± 0.02 g: nine bits of entropy at least.
    #expect(bytes(500, step: 20, noise: 200, unit: 100) < 1.35)
    #expect(bytes(10, step: 1_000, noise: 200, unit: 100) < 2.5)
    // Six decimals.
    #expect(bytes(500, step: 20, noise: 20_000, unit: 1) < 2.2)
  }

  /// Written by hand from the description of the first kind.
  @Test func packsOfTheFirstKindAreRead() {
    #expect(PackedSamples.unpack([0], start: 5) == [])
    let bytes: [UInt8] = [2, 40 << 1 & 0x7f | 0x80, 0, 0xd0, 0x0f, 1 | 2, 3]
    #expect(
      PackedSamples.unpack(bytes, start: 1_000) == [
        Element(time: 1_000 + 20, value: 1_000, isFlagged: false),
        Element(time: 1_000 + 39, value: 998, isFlagged: true),
      ])
    #expect(PackedSamples.unpack(bytes + [0], start: 1_000) == nil)
    #expect(PackedSamples.unpack(bytes.dropLast(), start: 1_000) == nil)
  }
}

import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Dashboard

private typealias Element = PackedSamples.Element

/// What the engine's ring would hold.
private final class Ring: Sendable {
  let samples = Mutex<[PackedSamples.Element]>([])
}

@Suite struct TraceTests {
  private static let rules = StreamRules(
    digits: 6, window: WindowRules(length: 4_000, aggregate: 3_000),
    zscore: ZScoreRules(minSamples: 3))
  /// A multiple of the windows' length.
  private static let start: Int64 = 1_795_236_000_000

  /// Random samples over a minute, at times more than one in a millisecond, with gaps.
  private static func randomSamples(_ random: inout Seeded) -> [Element] {
    var samples: [Element] = []
    var time = start
    while time < start + 60_000 {
      samples.append(
        Element(
          time: time, value: Int32.random(in: -2_000_000...2_000_000, using: &random),
          isFlagged: Int.random(in: 0..<20, using: &random) == 0))
      time +=
        Int.random(in: 0..<30, using: &random) == 0
        ? 7_000 : Int64.random(in: 0...120, using: &random)
    }
    return samples
  }

  /// A room whose store has the windows that end by `closed`, and whose ring has the samples from
  /// `ring` on; they overlap.
  private static func room(
    _ samples: [Element], closed: Int64, ring from: Int64, rules: StreamRules = rules
  ) throws -> Room {
    let ring = Ring()
    ring.samples.withLock { $0 = samples.filter { $0.time >= from } }
    let room = try Room(
      wearers(1),
      facts: ServiceFacts(
        streams: { [rules] },
        liveSamples: { identity in
          identity.user == "u-0" ? ring.samples.withLock { $0 } : nil
        }))
    var decisions = Decisions()
    for begin in stride(from: start, to: closed, by: 3_000) {
      let inside = samples.filter { $0.time >= begin && $0.time < begin + 3_000 }
      guard !inside.isEmpty else { continue }
      let first = decisions.packedSamples.count
      PackedSamples.pack(inside, start: begin, into: &decisions.packedSamples)
      decisions.windows.append(
        WindowAggregate(
          subject: 0, start: begin, end: begin + 3_000, count: inside.count, mean: 0, std: 0,
          min: 0,
          max: 0, flagged: 0, digits: 6, packed: first..<decisions.packedSamples.count))
    }
    decisions.rows = [row(0, lastSeen: samples.last?.time ?? start)]
    try room.apply(decisions)
    return room
  }

  /// One point as the interface must show it, by the plainest arithmetic.
  private static func expected(_ place: Int, of samples: [Element]) -> (m: Double?, s: Double?) {
    let time = samples[place].time
    let window = samples.filter { $0.time >= time - 4_000 && $0.time < time }
      .map { Double($0.value) / 1e6 }
    guard window.count >= 3 else { return (nil, nil) }
    let mean = window.reduce(0, +) / Double(window.count)
    let squares = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, max((squares / Double(window.count - 1)).squareRoot(), 0.1))
  }

  private func check(_ answer: Answer, _ samples: [Element], _ places: some Collection<Int>) {
    #expect(answer.status == 200)
    let points = answer.json["points"] as? [[String: Any]] ?? []
    #expect(points.count == places.count)
    for (point, place) in zip(points, places) {
      let sample = samples[place]
      #expect((point["t"] as? NSNumber)?.int64Value == sample.time)
      #expect(point["v"] as? Double == Double(sample.value) / 1e6)
      #expect(point["f"] as? Int == (sample.isFlagged ? 1 : 0))
      let (mean, std) = Self.expected(place, of: samples)
      #expect((point["m"] is NSNull) == (mean == nil))
      if let mean, let std, let m = point["m"] as? Double, let s = point["s"] as? Double {
        #expect(abs(m - mean) < 2e-9)
        #expect(abs(s - std) < 2e-9)
      }
    }
  }

  @Test(arguments: 1...12)
  func mergesStoreAndRing(_ seed: UInt64) throws {
    var random = Seeded(state: seed)
    let samples = Self.randomSamples(&random)
    let closed = Self.start + Int64.random(in: 0...19, using: &random) * 3_000
    // The ring still holds samples of windows that have been closed, perhaps only part of one.
    let ring = closed - Int64.random(in: 0...7_000, using: &random)
    let room = try Self.room(samples, closed: closed, ring: ring)
    let all = try room.get("/api/v1/wearers/u-0/trace?from=\(Self.start)")
    check(all, samples, samples.indices)
    #expect(all.json["truncated"] as? Bool == false)
    #expect(all.json["k"] as? Int == 4)
    #expect(all.json["unit"] as? String == "g")

    let from = Self.start + Int64.random(in: 0...50_000, using: &random)
    let to = from + Int64.random(in: 0...20_000, using: &random)
    let inside = samples.indices.filter { samples[$0].time >= from && samples[$0].time <= to }
    check(
      try room.get("/api/v1/subjects/wearer/u-0/watch/trace?from=\(from)&to=\(to)"), samples, inside
    )
    let limit = Int.random(in: 1...60, using: &random)
    let cut = try room.get("/api/v1/wearers/u-0/watch/trace?from=\(from)&to=\(to)&limit=\(limit)")
    check(cut, samples, inside.suffix(limit))
    #expect(cut.json["truncated"] as? Bool == (inside.count > limit))
  }

  @Test func theLastMinuteIfNotToldOtherwise() throws {
    var samples: [Element] = []
    for second in 0..<200 {
      samples.append(
        Element(time: Self.start + Int64(second) * 1_000, value: Int32(second), isFlagged: false))
    }
    let room = try Self.room(samples, closed: Self.start + 180_000, ring: Self.start + 170_000)
    check(try room.get("/api/v1/wearers/u-0/trace"), samples, 139...199)
    check(try room.get("/api/v1/wearers/u-0/trace?to=\(Self.start + 100_000)"), samples, 40...100)
    let text = "2026-11-21T04:43:00Z"
    let time = try #require(QueryTime.parse(text))
    let first = Int((time - Self.start) / 1_000)
    check(try room.get("/api/v1/wearers/u-0/trace?from=\(text)"), samples, first...199)
  }

  @Test func aKindWithoutRulesIsShownUnjudged() throws {
    var random = Seeded(state: 99)
    let samples = Self.randomSamples(&random)
    let room = try Self.room(
      samples, closed: Self.start + 60_000, ring: .max, rules: StreamRules(kind: "other"))
    let json = try room.get("/api/v1/wearers/u-0/trace").json
    let points = try #require(json["points"] as? [[String: Any]])
    #expect(!points.isEmpty)
    #expect(points.allSatisfy { $0["m"] is NSNull && $0["s"] is NSNull })
    #expect(json["k"] is NSNull)
  }

  @Test func unknownSubjectsHaveNoTrace() throws {
    let room = try Room(wearers(1))
    #expect(try room.get("/api/v1/wearers/u-9/trace").status == 404)
    #expect(try room.get("/api/v1/subjects/truck/u-0/trace").status == 404)
  }

  @Test func samplesOfAnotherResolutionAreRescaled() {
    let sample = Element(time: 1, value: 1_234_567, isFlagged: true)
    #expect(TraceSamples.rescaled(sample, from: 6, to: 3).value == 1_235)
    #expect(TraceSamples.rescaled(sample, from: 6, to: 8).value == 123_456_700)
    #expect(TraceSamples.rescaled(sample, from: 0, to: 9).value == Sample.maxMagnitude)
  }
}

import Events
import Testing

@testable import Detection

/// The tracker against the brute-force reference and against its own restart, on random scenes.
@Suite struct TrackerPropertyTests {
  @Test(arguments: TrackerScene.Kind.allCases, 0..<6)
  func randomScenes_GiveTheFactsOfTheReference(kind: TrackerScene.Kind, seed: UInt64) {
    var generator = SplitMix64(state: 77 + seed)
    let rules = TrackRules(
      timeout: Int64.random(in: 1...4, using: &generator) * 20_000,
      minOverlap: .random(in: 0...6, using: &generator) * 100_000,
      speed: .random(in: 0...3, using: &generator) * 300_000,
      minProbability: .random(in: 30...60, using: &generator) * 10_000)
    // Boxes grow the less the closer the frames are.
    let spacing = Int64.random(in: 1...3, using: &generator)
    let frames = TrackerScene.frames(
      kind == .crowd ? 10 : 200, kind, spacing: spacing * spacing * spacing * 550, &generator)
    var tracker = Tracker(rules)
    var reference = TrackReference(rules)
    for (place, frame) in frames.enumerated() {
      let (found, expected) = (tracker.take(frame), reference.take(frame))
      guard found == expected else {
        Issue.record("frame \(place): \(found) where \(expected) was expected")
        return
      }
    }
  }

  @Test(arguments: TrackerScene.Kind.allCases, 0..<4)
  func restartThatFeedsTheMemory_GivesTheSameFacts(kind: TrackerScene.Kind, seed: UInt64) {
    var generator = SplitMix64(state: 7_000 + seed)
    let rules = TrackRules(timeout: 15_000, minOverlap: 150_000)
    let frames = TrackerScene.frames(
      kind == .crowd ? 300 : 1_200, kind, spacing: kind == .crowd ? 10_000 : 3_000, &generator)
    #expect(frames.contains { $0.objects.count > Tracker.maxTracks } == (kind == .crowd))
    var whole = Tracker(rules)
    let expected = frames.map { whole.take($0) }
    var checked = 0
    for _ in 0..<(kind == .crowd ? 2 : 6) {
      let cut = Int.random(in: frames.count / 2..<frames.count, using: &generator)
      let from = frames[cut].time - Tracker.memory(rules)
      var again = Tracker(rules)
      for (place, frame) in frames.enumerated() where frame.time >= from {
        let facts = again.take(frame)
        if place >= cut, facts != expected[place] {
          Issue.record("cut at \(cut): frame \(place) differs")
          return
        }
        if place >= cut { checked += facts.count }
      }
    }
    #expect(checked > 100)
  }

  /// The property above is no accident of quiet scenes: a quarter of the memory is not enough.
  @Test func restartThatFeedsLess_GivesOtherFacts() {
    var generator = SplitMix64(state: 5)
    let rules = TrackRules(timeout: 60_000)
    let frames = TrackerScene.frames(800, .numbers, spacing: 5_000, &generator)
    var whole = Tracker(rules)
    let expected = frames.map { whole.take($0) }
    let differs = (500..<800).contains { cut in
      var again = Tracker(rules)
      let last = frames[cut].time
      let fed = frames.prefix(cut + 1).filter { $0.time >= last - Tracker.memory(rules) / 4 }
      return fed.map { again.take($0) }.last != expected[cut]
    }
    #expect(differs)
  }

  /// Two tracks, and one object that goes to and fro between where they were: were the nearest track
  /// to take it, however old, both would live for ever, and a restart would know only one.
  @Test func objectThatGoesToAndFro_IsOneTrackAfterARestartToo() {
    let rules = TrackRules(minOverlap: 200_000)
    var whole = Tracker(rules)
    var again = Tracker(rules)
    let places: [Int32] = [400_000, 440_000]
    _ = whole.take(
      0, .box(DetectedObject.person, 800_000, x: places[0]),
      .box(DetectedObject.person, 800_000, x: places[1]))
    for frame in 1..<60 {
      let sight = DetectedObject.box(DetectedObject.person, 800_000, x: places[frame % 2])
      let facts = whole.take(Int64(frame) * 200, sight)
      if frame >= 20 {
        let other = again.take(Int64(frame) * 200, sight)
        if frame >= 30 { #expect(other[0].median == facts[0].median) }
      }
      if frame >= 3 { #expect(facts[0].median == 800_000) }
    }
  }
}

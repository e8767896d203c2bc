import Events
import Testing

@testable import Detection

/// What happens to objects in front of a camera, frame by frame.
@Suite struct TrackerTimelineTests {
  let person = DetectedObject.person
  let raccoon = DetectedObject.raccoon

  @Test func approach_IsOneTrackWhoseMedianRises() {
    var tracker = Tracker(TrackRules())
    var medians: [Int32] = []
    // Comes nearer: the box grows and the score with it.
    for frame in 0..<6 {
      let step = Int32(frame)
      let facts = tracker.take(
        Int64(frame) * 200,
        .box(
          person, 600_000 + step * 50_000, x: 400_000 - step * 5_000,
          width: 100_000 + step * 10_000, height: 200_000 + step * 20_000))
      #expect(facts[0].frames == frame + 1)
      medians.append(facts[0].median)
    }
    #expect(medians == [0, 600_000, 650_000, 675_000, 700_000, 725_000])
  }

  /// Somebody who goes one and a half of their widths a second.
  @Test(arguments: [500, 1_000, 2_000] as [Int64])
  func walkerAtFewFramesASecond_IsOneTrack(spacing: Int64) {
    var tracker = Tracker(TrackRules())
    var strict = Tracker(TrackRules(speed: 0))
    for frame in 0..<5 {
      let time = Int64(frame) * spacing
      let sight = DetectedObject.box(person, 900_000, x: Int32(time) * 150, height: 250_000)
      #expect(tracker.take(time, sight)[0].frames == frame + 1)
      #expect(strict.take(time, sight)[0].frames == (spacing == 500 ? frame + 1 : 1))
    }
  }

  @Test func oneFrameMore_IsNoReasonToJumpFartherThanInTwoSeconds() {
    // Grown by twice their height, boxes are 0.5 wide: 0.45 apart they overlap by a nineteenth.
    for (apart, frames) in [(450_000, 2), (460_000, 1)] as [(Int32, Int)] {
      for pause: Int64 in [2_000, 3_000, 5_000] {
        var tracker = Tracker(TrackRules())
        _ = tracker.take(0, .box(person, 900_000, x: 0))
        #expect(tracker.take(pause, .box(person, 900_000, x: apart))[0].frames == frames)
      }
    }
  }

  @Test func twoWhoWalkApart_KeepTheirTracksAtOneFrameASecond() {
    var tracker = Tracker(TrackRules())
    for frame in 0..<4 {
      let facts = tracker.take(
        Int64(frame) * 1_000, .box(person, 900_000, x: 300_000 - Int32(frame) * 90_000),
        .box(raccoon, 800_000, x: 500_000 + Int32(frame) * 90_000))
      #expect(facts.map(\.frames) == [frame + 1, frame + 1])
      if frame > 1 { #expect(facts.map(\.median) == [900_000, 800_000]) }
    }
  }

  @Test func oneLuckyFrame_HasNoMedian() {
    var tracker = Tracker(TrackRules())
    let facts = tracker.take(0, .box(person, 990_000, x: 0))
    #expect(facts == [TrackFacts(frames: 1, median: 0, topMedian: 0)])
  }

  @Test func raccoonThatFlickersToPerson_IsOneTrackAndNoPerson() {
    var tracker = Tracker(TrackRules())
    var facts: [TrackFacts] = []
    for frame in 0..<12 {
      let isFlicker = frame % 4 == 3
      facts = tracker.take(
        Int64(frame) * 200,
        .box(isFlicker ? person : raccoon, 900_000, x: 400_000 + Int32(frame) * 10_000))
      #expect(facts[0].frames == frame + 1)
      if isFlicker { #expect(facts[0].topMedian == 0) }
      if !isFlicker && frame >= 2 { #expect(facts[0].median == 900_000) }
    }
  }

  @Test func crossingObjects_KeepTheirTracks() {
    var tracker = Tracker(TrackRules())
    var last: [TrackFacts] = []
    // A dark one goes right and a pale one left; the detector names them in changing order.
    for frame in 0...20 {
      let right = DetectedObject.box(person, 900_000, x: 200_000 + Int32(frame) * 20_000)
      let left = DetectedObject.box(
        raccoon, 700_000, x: 610_000 - Int32(frame) * 20_000, y: 420_000)
      last =
        frame % 2 == 0
        ? tracker.take(Int64(frame) * 200, right, left)
        : tracker.take(Int64(frame) * 200, left, right).reversed()
    }
    #expect(last.map(\.frames) == [21, 21])
    // They are a raccoon and a person to the end only if nobody was taken for the other.
    #expect(last.map(\.median) == [900_000, 700_000])
  }

  @Test func hiddenObject_LeavesItsTrackToNobodyNearby() {
    var tracker = Tracker(TrackRules())
    for frame in 0..<5 {
      _ = tracker.take(
        Int64(frame) * 200, .box(person, 900_000, x: 400_000), .box(raccoon, 800_000, x: 460_000))
    }
    // The raccoon walks to where the person was, who is hidden: it stays the raccoon's track.
    for frame in 5..<8 {
      let facts = tracker.take(
        Int64(frame) * 200, .box(raccoon, 800_000, x: 460_000 - Int32(frame - 4) * 20_000))
      #expect(facts[0].frames == frame + 1)
    }
    let back = tracker.take(
      1_600, .box(raccoon, 800_000, x: 380_000), .box(person, 900_000, x: 440_000))
    #expect(back.map(\.frames) == [9, 6])
  }

  @Test(arguments: [(5_000, 4), (5_001, 1)] as [(Int64, Int)])
  func returnAfterAMiss_IsTheSameTrackWithinTheTimeout(pause: Int64, frames: Int) {
    var tracker = Tracker(TrackRules(timeout: 5_000))
    for frame in 0..<3 { _ = tracker.take(Int64(frame) * 200, .box(person, 800_000, x: 0)) }
    let facts = tracker.take(400 + pause, .box(person, 800_000, x: 0))
    #expect(facts[0].frames == frames)
    #expect(facts[0].topMedian == (frames == 1 ? 0 : 800_000))
  }

  @Test func framesWithoutTheObject_CountAsZero() {
    var tracker = Tracker(TrackRules())
    for frame in 0..<4 { _ = tracker.take(Int64(frame) * 200, .box(person, 800_000, x: 0)) }
    for frame in 4..<8 { #expect(tracker.take(Int64(frame) * 200).isEmpty) }
    // Ten scores: 0.8 four times, 0 four times, 0.8: the fifth of nine is 0.8.
    let back = tracker.take(1_600, .box(person, 800_000, x: 0))
    #expect(back == [TrackFacts(frames: 5, median: 800_000, topMedian: 800_000)])
    _ = tracker.take(1_800)
    let again = tracker.take(2_000, .box(person, 900_000, x: 0))
    // Of the last ten, five are 0: the mean of 0 and 0.8.
    #expect(again == [TrackFacts(frames: 6, median: 400_000, topMedian: 800_000)])
  }

  @Test func recordOfOneObject_SaysNothingOfTheOthers() {
    var tracker = Tracker(TrackRules())
    var facts: [TrackFacts] = []
    for frame in 0..<10 {
      facts = tracker.take(
        TestFrame(
          time: Int64(frame) * 200, objects: [.id(UInt64(1 + frame % 2), 800_000)],
          isWhole: false))
    }
    #expect(facts == [TrackFacts(frames: 5, median: 800_000, topMedian: 800_000)])
  }

  @Test func unsureDetection_NeitherOpensATrackNorKeepsItOpen() {
    var tracker = Tracker(TrackRules(timeout: 1_000))
    let unsure = DetectedObject.box(person, 490_000, x: 0)
    #expect(tracker.take(0, unsure)[0].frames == 0)
    for frame in 1..<4 { _ = tracker.take(Int64(frame) * 200, .box(person, 800_000, x: 0)) }
    // It is judged by the past of the track that it overlaps, where it counts as 0.
    #expect(
      tracker.take(800, unsure) == [TrackFacts(frames: 3, median: 800_000, topMedian: 800_000)])
    #expect(tracker.take(1_600, unsure)[0].frames == 3)
    #expect(tracker.take(1_601, unsure)[0].frames == 0)
  }

  @Test func objectThatHasEnded_ClosesItsTrack() {
    var tracker = Tracker(TrackRules())
    for frame in 0..<3 { _ = tracker.take(Int64(frame) * 200, .id(7, 800_000)) }
    let end = tracker.take(600, .id(7, 800_000, flags: .ended))
    #expect(end == [TrackFacts(frames: 3, median: 800_000, topMedian: 800_000)])
    #expect(tracker.take(800, .id(7, 800_000))[0].frames == 1)
    // The end of what nobody knows is nothing.
    #expect(tracker.take(1_000, .id(8, 800_000, flags: .ended))[0].frames == 0)
  }

  @Test func detectorsOwnNumbers_OutweighBoxesAndClasses() {
    var tracker = Tracker(TrackRules())
    var facts: [TrackFacts] = []
    for frame in 0..<4 {
      var one = DetectedObject.box(frame == 2 ? raccoon : person, 800_000, x: 0)
      one.track = 5
      one.box.x = Int32(frame) * 300_000
      facts = tracker.take(Int64(frame) * 200, .box(person, 700_000, x: 900_000), one)
    }
    #expect(facts.map(\.frames) == [4, 4])
    #expect(facts.map(\.median) == [700_000, 800_000])
  }

  @Test func objectsWithoutBoxes_AreOneTrackAClass() {
    var tracker = Tracker(TrackRules())
    var facts: [TrackFacts] = []
    for frame in 0..<3 {
      facts = tracker.take(
        Int64(frame) * 200, DetectedObject(classID: person, probability: 600_000),
        DetectedObject(classID: person, probability: 800_000),
        DetectedObject(classID: raccoon, probability: 700_000))
    }
    #expect(facts.map(\.frames) == [3, 3, 3])
    // The surest of a class counts.
    #expect(facts.map(\.median) == [800_000, 800_000, 700_000])
  }

  @Test func onceTrue_StaysTrueForTenMinutesAtLeast() {
    var tracker = Tracker(TrackRules(timeout: 60_000))
    let start: Int64 = 600_000 * 1_000 + 540_000
    for frame in 0..<10 { _ = tracker.take(start + Int64(frame), .id(1, 950_000)) }
    var tops: [Int32] = []
    for minute in 1...25 {
      for _ in 0..<10 { _ = tracker.take(start + Int64(minute) * 60_000, .id(1, 600_000)) }
      tops.append(tracker.facts(0).topMedian)
    }
    // The last good scores reach into the slot that begins with minute 1; minute 21 begins the one after
    // the next.
    #expect(tops == Array(repeating: 950_000, count: 20) + Array(repeating: 600_000, count: 5))
  }

  @Test func tooManyTracks_LetTheOneNotSeenLongestGo() {
    var tracker = Tracker(TrackRules())
    for number in 0..<UInt64(Tracker.maxTracks) {
      _ = tracker.take(Int64(number), .id(number + 1, 800_000))
    }
    _ = tracker.take(100, .id(1, 800_000))
    _ = tracker.take(101, .id(1_000, 800_000))
    #expect(tracker.take(102, .id(1, 800_000))[0].frames == 3)
    #expect(tracker.take(103, .id(3, 800_000))[0].frames == 2)
    #expect(tracker.take(104, .id(2, 800_000))[0].frames == 1)
  }

  @Test func overlapIsExact() {
    func overlap(_ x: Int32) -> Overlap {
      Overlap(Box(width: 1_000_000, height: 7), Box(x: x, width: 1_000_000, height: 7))
    }
    // 2/3 apart: a fifth of the union, neither more nor less.
    let third = Overlap(
      Box(width: 300_000, height: 100_000), Box(x: 200_000, width: 300_000, height: 100_000))
    #expect(third.reaches(200_000))
    #expect(!third.reaches(200_001))
    #expect(overlap(1).compare(overlap(2)) > 0)
    #expect(overlap(-3).compare(overlap(3)) == 0)
    #expect(!overlap(1_000_000).reaches(0))
    // Grown by half of their longer side, they are 450 by 250 thousandths: 5/9 stay common, of 13/9.
    let grown = Overlap(
      Box(width: 300_000, height: 100_000), Box(x: 200_000, width: 300_000, height: 100_000),
      growth: 500_000)
    #expect(grown.reaches(384_615))
    #expect(!grown.reaches(384_616))
    // The largest boxes that can be written down.
    let all = Box(x: .min, y: .min, width: .max, height: .max)
    #expect(Overlap(all, all).reaches(1_000_000))
    #expect(Overlap(all, all, growth: 1 << 32 - 1).reaches(1_000_000))
    #expect(!Overlap(Box(), Box(), growth: 1_000_000).reaches(0))
    #expect(!Overlap(Box(), Box()).reaches(0))
    #expect(!Overlap(Box(width: -5, height: -5), all).reaches(0))
  }
}

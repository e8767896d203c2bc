import Foundation
import Testing

@testable import simulation

@Suite struct CameraWorldTests {
  /// A day, or less, of four cameras, read once.
  private struct Day {
    var frames: [String: [ReadFrame]] = [:]
    var truths: [String: [Truth]] = [:]
    var counters = PopulationCounters()

    init(
      seconds: Double = 86_400, _ change: (inout CameraPopulationConfiguration) -> Void
    ) throws {
      let stream = try StreamRecording(cameraSeconds: seconds) {
        $0.users = 1
        $0.cameras = 4
        $0.rate = 1
        change(&$0)
      }
      for message in stream.messages {
        // Most frames are empty, and reading them is slow.
        guard !message.value.suffix(3).elementsEqual("[]}".utf8) else { continue }
        let frame = try #require(ReadFrame(message.value, .acalert))
        frames[frame.camera, default: []].append(frame)
      }
      truths = Dictionary(grouping: stream.truths) { "\($0.user)/\($0.device)" }
      counters = stream.counters
    }

    var visits: [(camera: String, truth: Truth)] {
      truths.flatMap { camera, truths in
        truths.filter { $0.visit != nil }.map { (camera, $0) }
      }
    }

    func frames(of camera: String, _ truth: Truth) -> [ReadFrame] {
      (frames[camera] ?? []).filter { $0.time >= truth.start && $0.time <= truth.end }
    }

    func isAlone(_ camera: String, _ truth: Truth) -> Bool {
      (truths[camera] ?? []).count { $0.start <= truth.end && $0.end >= truth.start } == 1
    }
  }

  private static func hour(_ time: Int64, _ zone: SiteZone) -> Double {
    zone.hour(at: Double(time) / 1_000)
  }

  @Test func whatHappensDependsOnNeitherRateNorFormatNorTheOthers() throws {
    func visits(
      _ change: (inout CameraPopulationConfiguration) -> Void
    ) throws -> [Truth] {
      try StreamRecording(cameraSeconds: 7_200) {
        $0.activity = 5
        $0.voids = 50
        change(&$0)
      }
      .truths.filter { $0.user == "c-1" }.sorted { ($0.start, $0.device) < ($1.start, $1.device) }
    }
    let ordinary = try visits { _ in }
    #expect(ordinary.count > 20 && ordinary.contains { $0.kind == .void })
    #expect(try visits { $0.rate = 5 } == ordinary)
    #expect(try visits { $0.users = 20 } == ordinary)
    #expect(try visits { $0.format = .frigate } == ordinary)
  }

  @Test func everyVisitIsSeenAndWithoutNoiseNothingElse() throws {
    let seconds = 43_200
    let day = try Day(seconds: Double(seconds)) {
      $0.noise = 0
      $0.voids = 0
      $0.activity = 3
    }
    #expect(day.visits.count == day.counters.visits && day.visits.count > 200)
    let end = StreamRecording.start + Int64(seconds * 1_000)
    for (camera, truth) in day.visits where truth.end < end {
      #expect(!day.frames(of: camera, truth).isEmpty, "\(truth)")
    }
    for (camera, frames) in day.frames {
      for frame in frames {
        let isVisited = (day.truths[camera] ?? []).contains {
          $0.start <= frame.time && frame.time <= $0.end + 1
        }
        #expect(isVisited, "\(camera) \(frame.time)")
      }
    }
  }

  @Test func nobodyComingAndNoNoiseIsNothingSeen() throws {
    let day = try Day(seconds: 21_600) {
      $0.noise = 0
      $0.activity = 0
    }
    #expect(day.frames.isEmpty && day.counters.visits == 0)
    let noisy = try Day(seconds: 43_200) { $0.activity = 0 }
    #expect(noisy.counters.visits == 0)
    // Most of what is not there is there for a single frame.
    let (lone, all) = noisy.frames.values.reduce(into: (0, 0)) { sum, frames in
      let times = Set(frames.map(\.time))
      sum.0 += frames.count { !times.contains($0.time - 1_000) && !times.contains($0.time + 1_000) }
      sum.1 += frames.count
    }
    #expect(all > 500 && lone > all / 3)
  }

  @Test func visitorsMoveSmoothlyAndAreMostlySeenForWhatTheyAre() throws {
    let day = try Day(seconds: 43_200) {
      $0.noise = 0
      $0.activity = 3
    }
    var right: [String: (right: Int, all: Int)] = [:]
    for (camera, truth) in day.visits where day.isAlone(camera, truth) {
      var last: ReadFrame?
      for frame in day.frames(of: camera, truth) {
        let object = try #require(frame.objects.first)
        let name = truth.visit?.className ?? ""
        right[name, default: (0, 0)].all += 1
        if object.name == name { right[name]?.right += 1 }
        if let last, frame.time - last.time <= 1_000, let before = last.objects.first {
          let step = hypot(object.foot.x - before.foot.x, object.foot.y - before.foot.y)
          #expect(step < 0.45, "\(truth) \(frame.time)")
        }
        last = frame
      }
    }
    func share(_ name: String) -> Double {
      let (right, all) = right[name] ?? (0, 1)
      return Double(right) / Double(all)
    }
    #expect(share("person") > 0.96 && share("person") < 1)
    #expect((0.7...0.97).contains(share("raccoon")))
    #expect(share("car") > 0.9)
  }

  @Test func aThreatIsSomebodyInTheRestrictedZoneAtNight() throws {
    // From 17:00 to 7:00 by the cameras' clock.
    let day = try Day(seconds: 50_400) {
      $0.noise = 0
      $0.voids = 0
      $0.activity = 5
    }
    var threats = 0
    for (camera, truth) in day.visits where truth.kind == .person {
      let isNight = [truth.start, truth.end].contains {
        let hour = Self.hour($0, .phoenix)
        return hour >= 22 || hour < 6
      }
      #expect(truth.visit?.isThreat == (isNight && truth.visit?.zone != nil))
      guard truth.visit?.isThreat == true, day.isAlone(camera, truth) else { continue }
      threats += 1
      let isSeenThere = day.frames(of: camera, truth).contains { frame in
        frame.objects.contains { CameraScene.isRestricted(SIMD2($0.foot.x, $0.foot.y)) }
      }
      #expect(isSeenThere, "\(truth)")
    }
    #expect(threats > 5 && day.counters.threats >= threats)
  }

  @Test func nightLowersContrastAndScores() throws {
    var sums: [Bool: (contrast: Double, score: Double, count: Double)] = [:]
    let day = try Day {
      $0.noise = 0
      $0.rate = 0.5
      $0.activity = 5
      $0.voids = 0
    }
    for frame in day.frames.values.joined() {
      let hour = Self.hour(frame.time, .phoenix)
      guard hour < 5 || (9...17).contains(hour) else { continue }
      for object in frame.objects where object.name == "person" {
        var sum = sums[hour < 5] ?? (0, 0, 0)
        sum = (
          sum.contrast + (frame.contrast ?? 0), sum.score + object.probability, sum.count + 1
        )
        sums[hour < 5] = sum
      }
    }
    let (night, light) = (try #require(sums[true]), try #require(sums[false]))
    #expect(night.count > 50 && light.count > 500)
    #expect(night.contrast / night.count < 0.6 * light.contrast / light.count)
    #expect(night.score / night.count < light.score / light.count - 0.02)
  }

  @Test func aCoveredLensSeesNothing() throws {
    let stream = try StreamRecording(cameraSeconds: 7_200) {
      $0.voids = 50
      $0.activity = 20
    }
    let voids = stream.truths.filter { $0.kind == .void }
    #expect(voids.count > 10)
    var dark = 0
    for message in stream.messages {
      let frame = try #require(ReadFrame(message.value, .acalert))
      let isVoid = voids.contains {
        "\($0.user)/\($0.device)" == frame.camera && $0.start <= frame.time && frame.time < $0.end
      }
      #expect(isVoid == ((frame.contrast ?? 1) < 0.02))
      if isVoid {
        dark += 1
        #expect(frame.objects.isEmpty)
      } else {
        #expect((frame.contrast ?? 0) > 0.08)
      }
    }
    #expect(dark > 100)
  }
}

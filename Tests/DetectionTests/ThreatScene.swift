import Events

@testable import Detection

/// Names, zones of time and short words for making frames and rules.
final class ThreatScene {
  let names = FrameNames()
  let timeZones: TimeZoneTable

  init(zones: [String: ZoneOffsets] = [:]) {
    timeZones = TimeZoneTable { zones[$0] }
  }

  /// An object; its probability in hundredths, its foot in thousandths of the image.
  func object(
    _ name: String, _ percent: Int, foot: (Int32, Int32)? = (500, 500), zones: [String] = [],
    track: UInt64 = 0, flags: DetectedObject.Flags = []
  ) -> SceneObject {
    SceneObject(
      name: name, probability: Int32(percent) * 10_000, foot: foot, zones: zones, track: track,
      flags: flags)
  }

  /// Calls `body` with a batch of one frame.
  func withFrame<R>(
    _ time: Int64, _ objects: [SceneObject], user: String = "u", device: String = "d",
    site: String = "", zone: Int16 = -1, _ body: (CameraFrame, FrameBatch) throws -> R
  ) rethrows -> R {
    var zoneIDs: [UInt16] = []
    let detected = objects.map { object in
      let first = Int32(zoneIDs.count)
      zoneIDs += object.zones.compactMap { names.zones.intern($0) }
      var flags = object.flags
      var box = Box()
      if let (x, y) = object.foot {
        flags.insert(.hasBox)
        box = Box(x: x * 1000 - 50_000, y: y * 1000 - 100_000, width: 100_000, height: 100_000)
      }
      return DetectedObject(
        classID: names.classes.intern(object.name) ?? 0, probability: object.probability,
        flags: flags, box: box, track: object.track, zones: first..<Int32(zoneIDs.count))
    }
    var user = user
    var device = device
    var site = site
    return try user.withUTF8 { user in
      try device.withUTF8 { device in
        try site.withUTF8 { site in
          let frames = [
            CameraFrame(
              user: UnsafeRawBufferPointer(user), device: UnsafeRawBufferPointer(device),
              site: UnsafeRawBufferPointer(site), time: time, timeZone: zone,
              objects: 0..<detected.count)
          ]
          return try frames.withUnsafeBufferPointer { frames in
            try detected.withUnsafeBufferPointer { detected in
              try zoneIDs.withUnsafeBufferPointer { zoneIDs in
                try body(
                  frames[0], FrameBatch(frames: frames, objects: detected, zoneIDs: zoneIDs))
              }
            }
          }
        }
      }
    }
  }

  func list(_ rules: [ThreatRule], exemptions: [ClassExemption] = []) -> CameraRuleList {
    let set = RuleSet(
      rules: rules, assignments: [RuleAssignment(rules: rules.map(\.id))], exemptions: exemptions)
    return CompiledRules(set, names: names, timeZones: timeZones).list("u", "d")
  }

  func judge(_ rules: [ThreatRule], exemptions: [ClassExemption] = []) -> CameraJudge {
    let judge = CameraJudge(tracks: TrackRules())
    judge.adopt(list(rules, exemptions: exemptions))
    return judge
  }

  /// The words of each rule on a frame.
  func words(
    _ judge: CameraJudge, _ time: Int64, _ objects: [SceneObject], zone: Int16 = -1,
    isInOrder: Bool = true, isWhole: Bool = true
  ) -> [String] {
    withFrame(time, objects, zone: zone) { frame, batch in
      judge.take(frame, batch, isInOrder: isInOrder, isWhole: isWhole)
      return judge.outcomes.map { judge.words($0, frame, batch) }
    }
  }
}

struct SceneObject {
  var name: String
  var probability: Int32
  var foot: (Int32, Int32)?
  var zones: [String]
  var track: UInt64
  var flags: DetectedObject.Flags
}

extension CompiledRules {
  func list(_ user: String, _ device: String, _ site: String = "") -> CameraRuleList {
    var user = user
    var device = device
    var site = site
    return user.withUTF8 { user in
      device.withUTF8 { device in
        site.withUTF8 { site in
          assigned(
            user: UnsafeRawBufferPointer(user), device: UnsafeRawBufferPointer(device),
            site: UnsafeRawBufferPointer(site))
        }
      }
    }
  }
}

/// A generator of random numbers with a seed (SplitMix64).
struct SceneRandomness: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

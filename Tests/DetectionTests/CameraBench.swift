import Detection
import Events

/// One object of a frame, in the words of a test.
struct Seen {
  var name: String
  var probability: Double
  var box: Box?
  var zones: [String] = []
  var track: UInt64 = 0

  init(
    _ name: String, _ probability: Double,
    box: Box? = Box(x: 400_000, y: 400_000, width: 100_000, height: 200_000),
    zones: [String] = [], track: UInt64 = 0
  ) {
    self.name = name
    self.probability = probability
    self.box = box
    self.zones = zones
    self.track = track
  }
}

/// An engine with one stream of cameras and one partition, and short words for feeding it.
struct CameraBench: ~Copyable {
  var engine: Engine
  let names: FrameNames
  var offset: Int64 = 0

  static let start: Int64 = 1_800_000_000_000

  static func rules(_ cameras: CameraRules = CameraRules()) -> StreamRules {
    StreamRules(kind: "camera", unit: "", cameras: cameras)
  }

  init(_ set: RuleSet, _ rules: StreamRules = CameraBench.rules()) throws {
    names = FrameNames()
    engine = try Engine(streams: [rules], names: names)
    engine.install(set, stream: 0)
    engine.assign(0, rewind: 0, next: 0)
  }

  /// Feeds one frame, so many milliseconds after the start.
  mutating func see(
    _ objects: [Seen], at time: Int64, user: String = "c-9", device: String = "door",
    contrast: Double = 0.4, arrival: Int64? = nil, place: SubjectPlace = SubjectPlace()
  ) {
    let frame = RecordedFrame(
      user: user, device: device, time: Self.start + time, contrast: contrast, objects: objects,
      arrival: Self.start + (arrival ?? time), place: place)
    frame.feed(&engine, names, at: offset)
    offset += 1
  }

  mutating func take(sweep: Double = 0) -> Decisions { engine.takeDecisions(sweep: sweep) }
}

/// A frame as a value, which can be fed again.
struct RecordedFrame {
  var user: String
  var device: String
  var time: Int64
  var contrast: Double
  var objects: [Seen]
  var arrival: Int64
  var place = SubjectPlace()

  func feed(_ engine: inout Engine, _ names: FrameNames, at offset: Int64) {
    let origin = RecordOrigin(partition: 0, offset: offset)
    guard engine.admit(origin, arrival: arrival) else { return }
    var zoneIDs: [UInt16] = []
    let detected = objects.map { seen in
      let first = Int32(zoneIDs.count)
      zoneIDs += seen.zones.compactMap { names.zones.intern($0) }
      return DetectedObject(
        classID: names.classes.intern(seen.name) ?? 0,
        probability: Int32((seen.probability * 1_000_000).rounded()),
        flags: seen.box == nil ? [] : .hasBox, box: seen.box ?? Box(), track: seen.track,
        zones: first..<Int32(zoneIDs.count))
    }
    var user = user
    var device = device
    user.withUTF8 { user in
      device.withUTF8 { device in
        place.withReportedPlace { place in
          let frame = CameraFrame(
            user: UnsafeRawBufferPointer(user), device: UnsafeRawBufferPointer(device),
            site: place.site, time: time,
            image: ImageFacts(contrast: Int32(contrast * 1_000_000)), objects: 0..<detected.count,
            timeZoneName: place.timeZone, location: place.location)
          [frame].withUnsafeBufferPointer { frames in
            detected.withUnsafeBufferPointer { objects in
              zoneIDs.withUnsafeBufferPointer { zones in
                engine.ingest(
                  stream: 0, frames: FrameBatch(frames: frames, objects: objects, zoneIDs: zones),
                  origin: origin, arrival: arrival)
              }
            }
          }
        }
      }
    }
  }
}

/// What Frigate would say of the objects: which of them it believes, and when it speaks of them.
///
/// An object is published first once the median of its last ten scores (of its class; below 0.5 counts
/// as 0; filled up with zeros to three) has reached 0.7, then with every frame that shows it, and a last
/// time when it has gone (Frigate's documentation: the `frigate/events` topic, `min_score`, `threshold`).
struct FrigateTracker {
  private struct Key: Hashable {
    var number: Int
    var thing: UInt32
  }

  private let origin: Int64
  private var states: [Key: FrigateObject] = [:]
  /// The things that each camera has followed, in the order in which they came.
  private var followed: [Int: [UInt32]] = [:]

  /// - Parameter origin: the stream's beginning, Unix milliseconds.
  init(origin: Int64) { self.origin = origin }

  /// Goes on to a frame of a camera.
  mutating func take(
    _ sightings: [Sighting], things: [Thing], number: Int, time: Int64
  ) -> [FrigateEvent] {
    var events: [FrigateEvent] = []
    let now = Double(time - origin) / 1_000
    for thing in followed[number] ?? [] {
      let key = Key(number: number, thing: thing)
      guard let state = states[key], state.end < now else { continue }
      states[key] = nil
      followed[number]?.removeAll { $0 == thing }
      guard state.isBelieved else { continue }
      var event = state.event
      event.type = .end
      event.endTime = event.time
      events.append(event)
    }
    for sighting in sightings {
      let key = Key(number: number, thing: sighting.id)
      if states[key] == nil {
        followed[number, default: []].append(sighting.id)
        states[key] = FrigateObject(
          event: FrigateEvent(sighting, time: time),
          end: things.first { $0.id == sighting.id }?.end ?? now)
      }
      if let event = states[key]?.take(sighting, time: time) { events.append(event) }
    }
    if followed[number]?.isEmpty == true { followed[number] = nil }
    return events
  }
}

/// An object that is being followed.
struct FrigateObject {
  var event: FrigateEvent
  var scores: [Double] = []
  var isBelieved = false
  /// When it goes, in seconds after the stream's beginning.
  var end: Double

  init(event: FrigateEvent, end: Double) {
    self.event = event
    self.end = end
  }

  /// - Returns: what is published of the frame that shows it.
  mutating func take(_ sighting: Sighting, time: Int64) -> FrigateEvent? {
    // Frigate never changes the class of what it follows.
    guard sighting.object == event.object else { return nil }
    scores.append(sighting.score < 0.5 ? 0 : sighting.score)
    if scores.count > 10 { scores.removeFirst() }
    event.time = time
    event.score = sighting.score
    event.box = sighting.box
    let sorted = (scores + Array(repeating: 0, count: max(0, 3 - scores.count))).sorted()
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    event.topScore = max(event.topScore, median)
    let foot = SIMD2(
      event.box.x + event.box.width / 2, event.box.y + event.box.height)
    event.isInZone = CameraScene.isRestricted(foot)
    event.hasEntered = event.hasEntered || event.isInZone
    guard isBelieved || median >= 0.7 else { return nil }
    defer { isBelieved = true }
    event.type = isBelieved ? .update : .new
    return event
  }
}

/// One message about one object.
struct FrigateEvent {
  enum Kind {
    case new, update, end
  }
  var type = Kind.new
  let id: UInt32
  let object: ObjectClass
  /// Unix milliseconds.
  let startTime: Int64
  var time: Int64
  var endTime: Int64?
  var score: Double
  var topScore = 0.0
  var box: ObjectBox
  var isInZone = false
  var hasEntered = false

  init(_ sighting: Sighting, time: Int64) {
    id = sighting.id
    object = sighting.object
    startTime = time
    self.time = time
    score = sighting.score
    box = sighting.box
  }
}

extension RecordBuffer {
  /// A message as in `frigate/events`. What was before is not told: it is as what is after.
  mutating func append(
    _ event: FrigateEvent, user: UnsafeRawBufferPointer, number: Int, tags: CameraTagList,
    zone: SiteZone, badTag: BadTag?
  ) {
    append("{\"type\":")
    switch event.type {
    case .new: append("\"new\"")
    case .update: append("\"update\"")
    case .end: append("\"end\"")
    }
    for name: StaticString in [",\"before\":{", ",\"after\":{"] {
      append(name)
      append("\"id\":\"")
      append(seconds: event.startTime)
      append("-")
      append(integer: Int64(number))
      append("x")
      append(integer: Int64(event.id))
      if badTag != .missingDevice {
        append("\",\"camera\":\"")
        append(device: number, tags: tags, badTag: badTag)
      }
      append("\",\"frame_time\":")
      append(seconds: event.time)
      append(",\"label\":\"")
      append(event.object.label)
      append("\",\"sub_label\":null,\"top_score\":")
      append(decimal: event.topScore)
      append(",\"false_positive\":false,\"start_time\":")
      append(seconds: event.startTime)
      append(",\"end_time\":")
      if let end = event.endTime { append(seconds: end) } else { append("null") }
      append(",\"score\":")
      append(decimal: event.score)
      append(",\"box\":[")
      let (width, height) = (Double(CameraScene.width), Double(CameraScene.height))
      append(integer: Int64(event.box.x * width))
      append(",")
      append(integer: Int64(event.box.y * height))
      append(",")
      append(integer: Int64((event.box.x + event.box.width) * width))
      append(",")
      append(integer: Int64((event.box.y + event.box.height) * height))
      append("],\"stationary\":false,\"current_zones\":[")
      if event.isInZone { append("\"restricted\"") }
      append("],\"entered_zones\":[")
      if event.hasEntered { append("\"restricted\"") }
      append("]}")
    }
    append(",")
    append(tagsOf: number, user: user, tags: tags, badTag: badTag, withDevice: false)
    append("}")
  }

  /// Unix seconds with three decimals, of Unix milliseconds.
  mutating func append(seconds milliseconds: Int64) {
    append(integer: milliseconds / 1_000)
    append(".")
    append(milliseconds % 1_000, digits: 3)
  }
}

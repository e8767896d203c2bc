import Events

/// How objects are followed from frame to frame.
public struct TrackRules: Equatable, Sendable {
  /// A track that no frame has confirmed for longer is over. Milliseconds.
  public var timeout: Int64
  /// Boxes of one object in two frames, each grown by what it may have moved in the time between, overlap
  /// by at least so much of their union (intersection over union), in millionths.
  public var minOverlap: Int32
  /// What an object may move in a second: by so much of the longer side of its box, in millionths, the
  /// box's width and height grow for each second between two frames, up to ``longestMove``. 0 …
  /// ``maxSpeed``; 0 if boxes must overlap as they are.
  ///
  /// Somebody who walks goes about one body's height a second: at one frame a second two boxes of them
  /// are side by side.
  public var speed: Int32
  /// A detection below counts as 0 in its track's median, as if it had not been made: it neither opens a
  /// track nor keeps one open. Millionths.
  public var minProbability: Int32

  /// Boxes grow for no longer than this: what is out of sight for longer is mostly hidden, and comes back
  /// near where it went. Milliseconds.
  public static let longestMove: Int64 = 2_000

  /// The most that `speed` may be.
  public static let maxSpeed: Int32 = 100_000_000

  public init(
    timeout: Int64 = 5_000, minOverlap: Int32 = 50_000, speed: Int32 = 1_000_000,
    minProbability: Int32 = 500_000
  ) {
    self.timeout = timeout
    self.minOverlap = minOverlap
    self.speed = speed
    self.minProbability = minProbability
  }

  /// By how much of their longer sides boxes grow that are so many milliseconds apart, in millionths.
  /// Frames out of order are as if of one time.
  @inline(__always)
  func growth(in elapsed: Int64) -> Int64 {
    Int64(min(max(speed, 0), Self.maxSpeed)) &* min(max(elapsed, 0), Self.longestMove) / 1_000
  }
}

/// What is known of an object's past, for one detection of it.
public struct TrackFacts: Equatable, Sendable {
  /// Frames of its track in which it was seen, this one included, in this slot of ten minutes and the
  /// one before; 0 if it belongs to no track.
  public var frames: Int
  /// The median, in millionths, of the last ten scores of its track (frames of the camera since its
  /// beginning; 0 where it was not seen, or was taken for another class, or was below
  /// `minProbability`), filled up with zeros to three.
  public var median: Int32
  /// The largest median of the same class that the track has had in this slot of ten minutes and the one
  /// before, in frames that showed the object as that class: an object once found true stays true.
  public var topMedian: Int32

  public init(frames: Int, median: Int32, topMedian: Int32) {
    self.frames = frames
    self.median = median
    self.topMedian = topMedian
  }
}

/// Follows the objects that ONE camera sees from frame to frame.
///
/// An object with the detector's own track number belongs to that track. Others are found again by their
/// boxes, whatever class they are taken for: a raccoon that flickers to `person` is one track. Boxes are
/// grown by what may have moved since the track was last seen, so that a walker's meet at one frame a
/// second too, and grow little at ten. Tracks
/// that the frame before showed choose first, then those that were last shown one frame earlier, and so
/// on; among equals the largest overlap is joined first, then the object named first in the earlier
/// frame, then in this one.
///
/// So whether two detections are joined depends on nothing that happened before the earlier of them: an
/// older track only ever gets what all later ones have left. The bound on open tracks keeps to this
/// too, by letting the one go that was not seen for longest. Hence everything that ``facts(_:)`` says
/// is a function of the frames of the last ``memory(_:)`` milliseconds, and a restart that feeds them
/// again comes to the same, bit for bit. That holds for frames in order of time; one out of order is
/// taken as it comes.
///
/// Nothing is allocated while the same objects are in view.
struct Tracker {
  /// The most open tracks, and the most objects of a frame that are followed: its first.
  static let maxTracks = 64

  /// An object of the present frame.
  private struct Sight {
    var classID: UInt16
    /// Whether it counts: as against what has left, and what is too unsure.
    var counts: Bool
    var track: UInt8
  }

  /// An object and a track that may be the same.
  private struct Pair {
    var overlap: Overlap
    var age: UInt32
    var trackPlace: UInt8
    var track: UInt8
    var place: UInt8

    @inline(__always)
    static func isBetter(_ one: Pair, _ other: Pair) -> Bool {
      if one.age != other.age { return one.age < other.age }
      let order = one.overlap.compare(other.overlap)
      if order != 0 { return order > 0 }
      if one.trackPlace != other.trackPlace { return one.trackPlace < other.trackPlace }
      return one.place < other.place
    }
  }

  private static let none = UInt8.max
  /// Room for more pairs than this is given back after the frame.
  private static let usualPairs = 64

  private let rules: TrackRules
  private var tracks: [Track] = []
  private var sights: [Sight] = []
  private var pairs: [Pair] = []
  private var slot: Int32 = 0

  init(_ rules: TrackRules) { self.rules = rules }

  /// How far back, in milliseconds, the state depends on frames.
  ///
  /// Two slots for what ``TrackFacts`` says of the recent past; and for the first of its medians ten
  /// scores, which lie at most `timeout` apart while a track is open.
  static func memory(_ rules: TrackRules) -> Int64 {
    2 * RecentFigure.slotLength + Int64(ScoreHistory.length) * rules.timeout
  }

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - objects: what was seen; may be empty.
  ///   - time: when, in milliseconds since 1970: 0 … `Sample.maxTime`.
  ///   - isWhole: whether it is all that was seen. If not, as in a record that tells of one object only,
  ///     it says nothing of any other track.
  mutating func take(
    _ objects: UnsafeBufferPointer<DetectedObject>, time: Int64, isWhole: Bool = true
  ) {
    slot = RecentFigure.slot(at: time)
    closeTracks(at: time)
    list(objects)
    if !sights.isEmpty {
      findByKey(objects, time)
      findByBox(objects, time, counting: true)
      openTracks(objects, time)
      findOthers(objects, time)
    }
    for track in tracks.indices { tracks[track].endFrame(slot: slot, isWhole: isWhole) }
  }

  /// What is known of the object at a place in the frame last taken.
  func facts(_ place: Int) -> TrackFacts {
    guard place < sights.count, sights[place].track != Self.none else {
      return TrackFacts(frames: 0, median: 0, topMedian: 0)
    }
    return tracks[Int(sights[place].track)].facts(of: sights[place].classID, slot: slot)
  }

  private mutating func closeTracks(at time: Int64) {
    var place = 0
    while place < tracks.count {
      if tracks[place].isOver(at: time, rules) {
        tracks.swapAt(place, tracks.count - 1)
        tracks.removeLast()
      } else {
        tracks[place].beginFrame()
        place += 1
      }
    }
  }

  private mutating func list(_ objects: UnsafeBufferPointer<DetectedObject>) {
    sights.removeAll(keepingCapacity: true)
    for object in objects.prefix(Self.maxTracks) {
      sights.append(
        Sight(
          classID: object.classID,
          counts: !object.flags.contains(.ended) && object.probability >= rules.minProbability,
          track: Self.none))
    }
  }

  @inline(__always)
  private static func key(of object: DetectedObject) -> Track.Key {
    if object.track != 0 { return .detector(object.track) }
    return object.flags.contains(.hasBox) && Overlap.area(object.box) > 0
      ? .box : .kind(object.classID)
  }

  /// The open track of a key that names one.
  @inline(__always)
  private func find(_ key: Track.Key) -> Int? {
    key == .box ? nil : tracks.firstIndex { $0.key == key }
  }

  private mutating func join(
    _ object: DetectedObject, at place: Int, to track: Int, _ time: Int64
  ) {
    sights[place].track = UInt8(track)
    tracks[track].see(object, at: place, time: time)
  }

  private mutating func findByKey(
    _ objects: UnsafeBufferPointer<DetectedObject>, _ time: Int64
  ) {
    for place in sights.indices where sights[place].counts {
      guard let track = find(Self.key(of: objects[place])) else { continue }
      join(objects[place], at: place, to: track, time)
    }
  }

  /// Joins objects that have nothing but their boxes with tracks that this frame has not shown yet. Those
  /// that do not count take what is left, and leave it as it is.
  private mutating func findByBox(
    _ objects: UnsafeBufferPointer<DetectedObject>, _ time: Int64, counting: Bool
  ) {
    for place in sights.indices
    where sights[place].counts == counting && Self.key(of: objects[place]) == .box {
      for track in tracks.indices where tracks[track].age > 0 && tracks[track].key == .box {
        let overlap = Overlap(
          objects[place].box, tracks[track].box,
          growth: rules.growth(in: time - tracks[track].seenAt))
        guard overlap.reaches(rules.minOverlap) else { continue }
        pairs.append(
          Pair(
            overlap: overlap, age: tracks[track].age, trackPlace: tracks[track].place,
            track: UInt8(track), place: UInt8(place)))
      }
    }
    if pairs.count > 1 { pairs.sort(by: Pair.isBetter) }
    for pair in pairs {
      let (place, track) = (Int(pair.place), Int(pair.track))
      guard sights[place].track == Self.none, tracks[track].age > 0 else { continue }
      if counting {
        join(objects[place], at: place, to: track, time)
      } else {
        sights[place].track = pair.track
      }
    }
    pairs.removeAll(keepingCapacity: pairs.count <= Self.usualPairs)
  }

  private mutating func openTracks(
    _ objects: UnsafeBufferPointer<DetectedObject>, _ time: Int64
  ) {
    for place in sights.indices where sights[place].counts && sights[place].track == Self.none {
      let key = Self.key(of: objects[place])
      // An object before it in this frame may have opened its track.
      join(objects[place], at: place, to: find(key) ?? open(key), time)
    }
  }

  /// The place of a new track. If there are too many, the one that was not seen for longest gives way:
  /// not one of this frame, because it has no more objects than there may be tracks.
  private mutating func open(_ key: Track.Key) -> Int {
    let track = Track(key: key)
    guard tracks.count >= Self.maxTracks else {
      tracks.append(track)
      return tracks.count - 1
    }
    var oldest = 0
    for place in tracks.indices {
      let (one, other) = (tracks[place], tracks[oldest])
      if one.age > other.age || one.age == other.age && one.place > other.place { oldest = place }
    }
    tracks[oldest] = track
    return oldest
  }

  /// The tracks of objects that do not count, so that they can be judged by their past; and the end of
  /// those that have left.
  private mutating func findOthers(
    _ objects: UnsafeBufferPointer<DetectedObject>, _ time: Int64
  ) {
    guard sights.contains(where: { !$0.counts }) else { return }
    findByBox(objects, time, counting: false)
    for place in sights.indices where !sights[place].counts {
      guard let track = find(Self.key(of: objects[place])) else { continue }
      sights[place].track = UInt8(track)
      if objects[place].flags.contains(.ended) { tracks[track].hasEnded = true }
    }
  }
}

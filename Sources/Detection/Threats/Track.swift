import Events

/// One object, as it was followed through the frames of its camera.
struct Track {
  /// How its object is known again.
  enum Key: Equatable {
    /// By the detector's own number for it.
    case detector(UInt64)
    /// By where it is.
    case box
    /// By its class alone: the detector gives no boxes, so all of one class are one.
    case kind(UInt16)
  }

  let key: Key
  /// Where it was when it was last seen.
  private(set) var box = Box()
  /// When that was, in milliseconds since 1970.
  private(set) var seenAt: Int64 = 0
  /// Frames since it was last seen: 0 in a frame that shows it.
  private(set) var age: UInt32 = 1
  /// Its object's place in the frame that last showed it.
  private(set) var place: UInt8 = 0
  /// The detector says that the object has left.
  var hasEnded = false
  /// What it was taken for when it was last seen, and how surely.
  private var classID: UInt16 = 0
  private var score: Int32 = 0
  private var history = ScoreHistory()
  /// Frames that showed it.
  private var frames = RecentFigure()
  /// The largest medians of the classes that it was last taken for, the latest first.
  private var tops: [(classID: UInt16, median: RecentFigure)] = []
  private static let maxClasses = 8

  init(key: Key) { self.key = key }

  func isOver(at time: Int64, _ rules: TrackRules) -> Bool {
    hasEnded || time - seenAt > rules.timeout
  }

  /// A frame begins.
  @inline(__always)
  mutating func beginFrame() { age &+= 1 }

  /// The frame shows it. If it does so more than once the surest sight counts.
  @inline(__always)
  mutating func see(_ object: DetectedObject, at place: Int, time: Int64) {
    if age == 0, object.probability <= score { return }
    if age != 0 { self.place = UInt8(truncatingIfNeeded: place) }
    age = 0
    seenAt = time
    box = object.box
    classID = object.classID
    score = object.probability
  }

  /// The frame has ended.
  ///
  /// - Parameter isWhole: whether the frame would have shown the object, had it been there.
  @inline(__always)
  mutating func endFrame(slot: Int32, isWhole: Bool) {
    if age == 0 {
      history.append(score, of: classID)
      frames.move(to: slot)
      if frames.present < .max { frames.present += 1 }
      raiseTop(to: history.median(of: classID), slot)
    } else if isWhole {
      history.append(0)
    }
  }

  /// What is known of it as an object of a class.
  func facts(of classID: UInt16, slot: Int32) -> TrackFacts {
    var frames = frames
    frames.move(to: slot)
    var top = tops.first { $0.classID == classID }?.median ?? RecentFigure()
    top.move(to: slot)
    return TrackFacts(
      frames: Int(frames.present) + Int(frames.previous), median: history.median(of: classID),
      topMedian: max(top.present, top.previous))
  }

  /// Only a sight as a class can raise the class's median: everything else appends a 0.
  private mutating func raiseTop(to median: Int32, _ slot: Int32) {
    if tops.first?.classID != classID {
      var top = RecentFigure()
      if let place = tops.firstIndex(where: { $0.classID == classID }) {
        top = tops.remove(at: place).median
      } else if tops.count == Self.maxClasses {
        tops.removeLast()
      }
      tops.insert((classID, top), at: 0)
    }
    tops[0].median.move(to: slot)
    tops[0].median.present = max(tops[0].median.present, median)
  }
}

/// A figure of the present slot of time and of the one before: a past that has an end, which a restart
/// can bring back.
struct RecentFigure: Sendable {
  /// The length of a slot in milliseconds; slots begin at its multiples.
  static let slotLength: Int64 = 600_000

  private var slot: Int32 = 0
  var present: Int32 = 0
  private(set) var previous: Int32 = 0

  /// Times are at most those of ``Sample``, which makes fewer than 2³¹ slots.
  static func slot(at time: Int64) -> Int32 { Int32(truncatingIfNeeded: time / slotLength) }

  /// Goes on to a slot; a frame that comes late counts in the present one.
  @inline(__always)
  mutating func move(to slot: Int32) {
    guard slot > self.slot else { return }
    previous = slot == self.slot + 1 ? present : 0
    present = 0
    self.slot = slot
  }
}

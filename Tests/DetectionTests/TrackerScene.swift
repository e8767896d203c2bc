import Events

/// Random views of a camera: objects that walk, flicker between classes, vanish for a while, and leave.
struct TrackerScene {
  enum Kind: CaseIterable {
    /// Objects with boxes only, on a coarse grid: many overlaps and many ties.
    case boxes
    /// All with the detector's own numbers.
    case numbers
    /// Boxes, numbers and bare classes, with records that tell of a part only.
    case mixed
    /// More objects than may be followed.
    case crowd
  }

  private struct Walker {
    var number: UInt64
    var classID: UInt16
    var x: Int32
    var y: Int32
    var isBare: Bool
  }

  /// Frames in order of time, on average `spacing` apart.
  static func frames(
    _ count: Int, _ kind: Kind, spacing: Int64, _ generator: inout SplitMix64
  ) -> [TestFrame] {
    let most = kind == .crowd ? 110 : 6
    let step: Int32 = kind == .crowd ? 5_000 : 20_000
    var walkers: [Walker] = []
    var numbers: UInt64 = 0
    var time: Int64 = 1_700_000_000_000
    return (0..<count).map { _ in
      switch Int.random(in: 0..<40, using: &generator) {
      case 0: time += Int64.random(in: 0...spacing * 10, using: &generator)
      case 1: break
      default: time += Int64.random(in: spacing / 2...spacing * 3 / 2, using: &generator)
      }
      while walkers.count < most,
        kind == .crowd || Int.random(in: 0..<8, using: &generator) == 0
      {
        numbers += 1
        walkers.append(
          Walker(
            number: numbers, classID: .random(in: 0...3, using: &generator),
            x: .random(in: 0...20, using: &generator) * 40_000,
            y: .random(in: 0...10, using: &generator) * 40_000,
            isBare: Int.random(in: 0..<4, using: &generator) == 0))
      }
      var objects: [DetectedObject] = []
      for place in walkers.indices.reversed() {
        walkers[place].x += .random(in: -1...1, using: &generator) * step
        walkers[place].y += .random(in: -1...1, using: &generator) * step
        let walker = walkers[place]
        let isLeaving =
          Int.random(in: 0..<(kind == .crowd ? 100 : 60), using: &generator) == 0
        if isLeaving { walkers.remove(at: place) }
        // Missed now and then, and for longer behind a tree.
        guard isLeaving || Int.random(in: 0..<5, using: &generator) > 0, walker.x % 300_000 > 40_000
        else { continue }
        var object = DetectedObject(
          classID: Int.random(in: 0..<6, using: &generator) == 0
            ? .random(in: 0...3, using: &generator) : walker.classID,
          probability: .random(in: 30...99, using: &generator) * 10_000, flags: .hasBox,
          box: Box(x: walker.x, y: walker.y, width: 120_000, height: 160_000))
        if kind == .numbers || kind == .mixed && walker.number % 2 == 0 {
          object.track = walker.number
          if isLeaving { object.flags.insert(.ended) }
        } else if kind == .mixed, walker.isBare {
          object.flags = []
        }
        objects.append(object)
        // Seen twice in one frame.
        if kind == .mixed, Int.random(in: 0..<20, using: &generator) == 0 {
          object.probability = .random(in: 30...99, using: &generator) * 10_000
          objects.append(object)
        }
      }
      objects.shuffle(using: &generator)
      let isWhole = kind != .mixed || Int.random(in: 0..<3, using: &generator) > 0
      return TestFrame(time: time, objects: objects, isWhole: isWhole)
    }
  }
}

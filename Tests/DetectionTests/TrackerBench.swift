import Events

@testable import Detection

/// One frame of a camera, for tests.
struct TestFrame {
  var time: Int64
  var objects: [DetectedObject]
  var isWhole = true
}

extension Tracker {
  /// Takes a frame and returns the facts of each of its objects.
  mutating func take(_ frame: TestFrame) -> [TrackFacts] {
    frame.objects.withUnsafeBufferPointer {
      take($0, time: frame.time, isWhole: frame.isWhole)
    }
    return frame.objects.indices.map { facts($0) }
  }

  mutating func take(_ time: Int64, _ objects: DetectedObject...) -> [TrackFacts] {
    take(TestFrame(time: time, objects: objects))
  }
}

extension DetectedObject {
  static let person: UInt16 = 0
  static let raccoon: UInt16 = 1

  /// An object with a box of a tenth of the image, unless said otherwise.
  static func box(
    _ classID: UInt16, _ probability: Int32, x: Int32, y: Int32 = 400_000,
    width: Int32 = 100_000, height: Int32 = 200_000
  ) -> DetectedObject {
    DetectedObject(
      classID: classID, probability: probability, flags: .hasBox,
      box: Box(x: x, y: y, width: width, height: height))
  }

  /// An object that the detector follows itself.
  static func id(
    _ track: UInt64, _ probability: Int32, flags: DetectedObject.Flags = []
  ) -> DetectedObject {
    DetectedObject(classID: person, probability: probability, flags: flags, track: track)
  }
}

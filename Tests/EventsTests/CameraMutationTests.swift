import Events
import Foundation
import Testing

/// Damaged camera records: none may crash the decoder, and what is taken must hold together; in our own
/// format it must also be what Foundation reads.
@Suite("Camera mutations")
struct CameraMutationTests {
  private static let tokens: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "9", "-", ".", "e", "E5", " ", "null", "true",
      "NaN", "1e999", "1e-7", "\\u0031", "\\ud800", "00000000", "99999999999999999999", "[]", "{}",
      "\"box\":[0,0,1,1],", "\"ts\":1,", "\"zones\":[\"a\"],", "1,", "0.5,", "[1,2,3,4],",
      "\"specversion\":\"1.0\",\"data\":", "/", "é", "\"user\":\"u\",", "e308", "1000000",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]]

  private func mutated(_ seeds: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = seeds.randomElement(using: &random)!
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int(random.next() % UInt64(bytes.count))
      let end = min(bytes.count, place + 1 + Int(random.next() % 4))
      switch random.next() % 16 {
      case 0...1: bytes[place] ^= 1 << UInt8(random.next() % 8)
      case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 3...7:
        // A digit for a digit, so that many of the results stay valid.
        let digit = bytes[place...].firstIndex { (0x30...0x39).contains($0) } ?? place
        bytes[digit] = 0x30 + UInt8(random.next() % 10)
      case 8: bytes.removeSubrange(place..<end)
      case 9...11:
        // Behind something that separates, so that many of the results stay valid.
        let separators: [UInt8] = [0x2C, 0x5B, 0x7B, 0x3A]
        let mark = bytes[place...].firstIndex { separators.contains($0) } ?? place
        bytes.insert(contentsOf: Self.tokens.randomElement(using: &random)!, at: mark + 1)
      case 12: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 13:
        // One name for another.
        let other = seeds.randomElement(using: &random)!
        let from = Int(random.next() % UInt64(other.count))
        let length = min(20, other.count - from, bytes.count - place)
        bytes.replaceSubrange(place..<place + length, with: other[from..<from + length])
      case 14:
        let other = seeds.randomElement(using: &random)!
        bytes.replaceSubrange(place..., with: other[Int(random.next() % UInt64(other.count))...])
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  /// What is wrong with a batch, or `nil` if it holds together.
  private func inconsistency(
    _ batch: FrameBatch, _ names: FrameNames, maxObjects: Int
  ) -> String? {
    var next = 0
    for frame in batch.frames {
      for id in [frame.user, frame.device] {
        guard (1...256).contains(id.count), String(validating: id, as: UTF8.self) != nil else {
          return "id"
        }
      }
      guard frame.site.count <= 256, String(validating: frame.site, as: UTF8.self) != nil else {
        return "site"
      }
      guard (0...Sample.maxTime).contains(frame.time) else { return "time" }
      guard frame.objects.lowerBound == next, frame.objects.count <= maxObjects else {
        return "objects"
      }
      next = frame.objects.upperBound
      let image = frame.image
      guard image.width != 0, (-1...1_000_000).contains(image.width), image.bytes >= -1,
        (-1...1_000_000).contains(image.contrast)
      else { return "image" }
    }
    guard next == batch.objects.count else { return "objects that no frame has" }
    var zone: Int32 = 0
    for object in batch.objects {
      let box = object.box
      guard Int(object.classID) < names.classes.names.count,
        (0...1_000_000).contains(object.probability)
      else { return "class or probability" }
      guard box.x >= 0, box.y >= 0, box.width >= 0, box.height >= 0,
        box.x + box.width <= 1_000_000, box.y + box.height <= 1_000_000,
        object.flags.contains(.hasBox) || box == Box()
      else { return "box" }
      guard object.zones.isEmpty || object.zones.lowerBound == zone else { return "zones" }
      zone = max(zone, object.zones.upperBound)
    }
    guard Int(zone) == batch.zoneIDs.count,
      batch.zoneIDs.allSatisfy({ Int($0) < names.zones.names.count })
    else { return "zone ids" }
    return nil
  }

  @Test(arguments: CameraFormat.Shape.allCases)
  func damagedRecords_areReadWholeOrRefused(_ shape: CameraFormat.Shape) throws {
    var format = CameraFixture.format(shape)
    format.limits.users = ["*"]
    format.maxObjects = 100
    let fixture = CameraFixture(format)
    let lines = try CameraFixture.lines("\(shape.rawValue).ndjson")
    let seeds =
      lines.map { Array($0.utf8) }
      + lines.map { Array(#"{"specversion":"1.0","subject":"a/b","data":\#($0)}"#.utf8) }
    var random = SplitMix64(seed: 7)
    var accepted = 0
    for _ in 0..<50_000 {
      let bytes = mutated(seeds, &random)
      do {
        var wrong: String?
        var event: CameraEvent?
        try fixture.decode(bytes, arrival: -1) { batch in
          wrong = inconsistency(batch, fixture.names, maxObjects: 100)
          if shape == .acalert { event = CameraEvent(batch, fixture) }
        }
        accepted += 1
        if let wrong { Issue.record("\(wrong): \(String(decoding: bytes, as: UTF8.self))") }
        // A second time in a decoder that has seen all, and nothing is different.
        if accepted % 16 == 0 {
          let first = try fixture.decoded(bytes, arrival: -1)
          let fresh = CameraFixture(format)
          if try fresh.decoded(bytes, arrival: -1) != first {
            Issue.record("\(String(decoding: bytes, as: UTF8.self))")
          }
        }
        if let event, !bytes.starts(with: Array(#"{"specversion""#.utf8)) {
          compare(event, bytes)
        }
      } catch {
        if !(0...bytes.count).contains(error.offset) { Issue.record("\(error)") }
        if !fixture.decoder.batch.frames.isEmpty { Issue.record("\(error)") }
      }
    }
    // The test would prove little if nearly everything were damaged beyond use.
    #expect(accepted > 5_000)
  }

  private func compare(_ event: CameraEvent, _ bytes: [UInt8]) {
    guard var reference = try? CameraReference.decode(bytes) else {
      // CloudEvents that the damage made, and what Foundation does not read: numbers beyond a `Double`,
      // which the decoder passes over where nobody reads them.
      let text = String(decoding: bytes, as: UTF8.self)
      if !["specversion", "e999", "e308"].contains(where: text.contains) {
        Issue.record("taken: \(text)")
      }
      return
    }
    if reference.time == -1 { reference.time = event.time }
    if !event.isAlike(reference) {
      Issue.record("\(String(decoding: bytes, as: UTF8.self)) \(event) \(reference)")
    }
  }
}

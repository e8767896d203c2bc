import Events
import Foundation
import Testing

/// Random events written in random ways and read again.
@Suite("Camera properties")
struct CameraPropertyTests {
  @Test(arguments: 1...4)
  func randomEvents_areReadAsTheyWereWritten(_ seed: UInt64) throws {
    var writer = EventWriter(seed: seed)
    let fixture = CameraFixture(CameraFormat())
    for _ in 0..<2_000 {
      let event = writer.event()
      let bytes = Array(writer.record(event).utf8)
      do {
        let found = try fixture.decode(bytes) { CameraEvent($0, fixture) }
        var expected = event
        for index in expected.objects.indices {
          expected.objects[index].track = event.objects[index].track.map { String(track($0)) }
        }
        if found != expected {
          Issue.record("\(String(decoding: bytes, as: UTF8.self)) \(String(describing: found))")
        }
        let reference = try CameraReference.decode(bytes)
        if found?.isAlike(reference) != true { Issue.record("\(reference)") }
      } catch {
        Issue.record("\(String(decoding: bytes, as: UTF8.self)) \(error)")
      }
    }
  }
}

/// Makes events, and records of them with members in any order, spaces, escapes and members of no interest.
private struct EventWriter {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  mutating func event() -> CameraEvent {
    let ids = ["c-9", "17", "zë😀", "a/b", "\"\\\n", "door", String(repeating: "x", count: 256)]
    var event = CameraEvent(
      user: pick(ids), device: pick(ids), site: chance(50) ? pick(ids) : "",
      time: Int64.random(in: 0...cameraArrival, using: &random), objects: [])
    if chance(70) { event.width = Int.random(in: 1...8000, using: &random) }
    if chance(70) { event.height = Int.random(in: 1...8000, using: &random) }
    if chance(70) { event.bytes = Int.random(in: 0...10_000_000, using: &random) }
    if chance(70) { event.contrast = Int.random(in: 0...1_000_000, using: &random) }
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      var zones: [String] = []
      for zone in ["yard", "dock 2", "tür"] where chance(30) { zones.append(zone) }
      event.objects.append(
        CameraEvent.Object(
          name: pick(["person", "dog", "cell phone", "füchslein"]),
          probability: Int.random(in: 0...1_000_000, using: &random),
          box: chance(70) ? box() : nil, track: chance(40) ? pick(ids) : nil, zones: zones,
          isStationary: chance(20)))
    }
    return event
  }

  private mutating func box() -> [Int] {
    let x = Int.random(in: 0...1_000_000, using: &random)
    let y = Int.random(in: 0...1_000_000, using: &random)
    return [
      x, y, Int.random(in: 0...(1_000_000 - x), using: &random),
      Int.random(in: 0...(1_000_000 - y), using: &random),
    ]
  }

  mutating func record(_ event: CameraEvent) -> String {
    var image: [String] = []
    if event.width >= 0 { image.append(member("width", String(event.width))) }
    if event.height >= 0 { image.append(member("height", "\(event.height)")) }
    if event.bytes >= 0 { image.append(member("bytes", "\"\(event.bytes)\"")) }
    if event.contrast >= 0 { image.append(member("contrast", decimal(event.contrast))) }
    var members = [
      member(pick(["user", "userid"]), text(event.user)), member("device", text(event.device)),
      member(
        pick(["ts", "time"]), pick(["\(event.time)", "\"\(event.time)\"", "\(event.time).75"])),
    ]
    if !event.site.isEmpty { members.append(member("site", text(event.site))) }
    if !image.isEmpty { members.append(member("image", object(image))) }
    let objects = event.objects.map { object($0) }
    members.append(member("objects", "[\(space())\(objects.joined(separator: ","))\(space())]"))
    return space() + object(members) + space()
  }

  private mutating func object(_ event: CameraEvent.Object) -> String {
    var members = [
      member(pick(["class", "label"]), text(chance(30) ? event.name.uppercasedASCII : event.name)),
      member("probability", decimal(event.probability)),
    ]
    if let box = event.box {
      members.append(member("box", "[\(box.map { decimal($0) }.joined(separator: ","))]"))
    }
    if let track = event.track { members.append(member("track", text(track))) }
    if !event.zones.isEmpty {
      let repeated = event.zones + [event.zones[0]]
      members.append(member("zones", "[\(repeated.map { text($0) }.joined(separator: ", "))]"))
    }
    if event.isStationary { members.append(member("stationary", "true")) }
    return object(members)
  }

  private mutating func object(_ members: [String]) -> String {
    var members = members
    if chance(20) { members.append(member("extra", #"{"a":[1,-2.5e3,null,"x\u00e9"]}"#)) }
    members.shuffle(using: &random)
    return "{\(space())\(members.joined(separator: "\(space()),\(space())"))}"
  }

  private mutating func member(_ name: String, _ value: String) -> String {
    "\(text(name))\(space()):\(space())\(value)"
  }

  private mutating func space() -> String { chance(90) ? "" : pick([" ", "\n\t", "\r\n  "]) }

  /// Millionths as a decimal, written in one of several ways.
  private mutating func decimal(_ millionths: Int) -> String {
    let fraction = String(1_000_000 + millionths % 1_000_000).dropFirst()
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return "\(millionths)e-6"
    case 1: return "\"\(millionths / 1_000_000).\(fraction)\""
    case 2: return "\(millionths / 1_000_000).\(fraction)00000000000000000000000"
    default: return "\(millionths / 1_000_000).\(fraction)"
    }
  }

  private mutating func text(_ text: String) -> String {
    var json = "\""
    for unit in text.utf16 {
      let mustEscape = unit < 0x20 || unit == 0x22 || unit == 0x5C
      if mustEscape || 0xD800...0xDFFF ~= unit || chance(3) {
        json += "\\u" + String(UInt32(unit) + 0x10000, radix: 16).dropFirst()
      } else {
        json += String(utf16CodeUnits: [unit], count: 1)
      }
    }
    return json + "\""
  }
}

extension String {
  /// Only ASCII letters: the case of others counts.
  fileprivate var uppercasedASCII: String {
    String(decoding: utf8.map { 0x61...0x7A ~= $0 ? $0 - 32 : $0 }, as: UTF8.self)
  }
}

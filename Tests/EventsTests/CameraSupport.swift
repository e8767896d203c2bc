import Events
import Foundation

/// When the records of the tests arrive: 2026-11-21T10:00:00Z.
let cameraArrival: Int64 = 1_795_255_200_000

/// A decoder with all that it needs, and its results as text.
final class CameraFixture {
  let names = FrameNames()
  let timeZones: TimeZoneTable
  let decoder: CameraDecoder

  init(_ format: CameraFormat) {
    timeZones = TimeZoneTable(load: Self.offsets)
    decoder = CameraDecoder(format: format, names: names, timeZones: timeZones)
  }

  /// A few zones, of which Berlin changes its clocks in 2021.
  static func offsets(_ name: String) -> ZoneOffsets? {
    let hour: Int64 = 3_600_000
    switch name {
    case "utc": return .utc
    case "america/new_york":
      return ZoneOffsets(changes: [ZoneOffsets.Change(from: .min, offset: -5 * hour)])
    case "europe/berlin":
      return ZoneOffsets(changes: [
        ZoneOffsets.Change(from: .min, offset: hour),
        ZoneOffsets.Change(from: 1_616_893_200_000, offset: 2 * hour),
        ZoneOffsets.Change(from: 1_635_642_000_000, offset: hour),
      ])
    default: return nil
    }
  }

  /// Decodes bytes that end exactly where their allocation ends, so that a read beyond is found by the
  /// address sanitizer, and describes the frames.
  func decoded(
    _ bytes: [UInt8], key: String? = nil, headers: [String: String] = [:],
    arrival: Int64 = cameraArrival
  ) throws(InvalidRecord) -> String {
    try decode(bytes, key: key, headers: headers, arrival: arrival) { Self.describe($0, self) }
  }

  func decoded(
    _ text: String, key: String? = nil, headers: [String: String] = [:],
    arrival: Int64 = cameraArrival
  ) throws(InvalidRecord) -> String {
    try decoded(Array(text.utf8), key: key, headers: headers, arrival: arrival)
  }

  func decode<Result>(
    _ bytes: [UInt8], key: String? = nil, headers: [String: String] = [:],
    arrival: Int64 = cameraArrival, _ use: (FrameBatch) -> Result
  ) throws(InvalidRecord) -> Result {
    var owned: [UnsafeMutableRawBufferPointer] = []
    func copy(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      copy.copyBytes(from: bytes)
      owned.append(copy)
      return UnsafeRawBufferPointer(copy)
    }
    defer { for buffer in owned { buffer.deallocate() } }
    try decoder.decode(
      copy(bytes), key: key.map { copy(Array($0.utf8)) }, arrival: arrival,
      header: { name in headers[name].map { copy(Array($0.utf8)) } })
    return use(decoder.batch)
  }

  /// The fault of a record, or `nil` if it is valid.
  func fault(
    _ text: String, key: String? = nil, headers: [String: String] = [:],
    arrival: Int64 = cameraArrival
  ) -> InvalidRecord? {
    do {
      _ = try decoded(text, key: key, headers: headers, arrival: arrival)
      return nil
    } catch {
      return error
    }
  }

  private static func describe(_ batch: FrameBatch, _ fixture: CameraFixture) -> String {
    var lines: [String] = []
    func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
    for frame in batch.frames {
      var line = "\(text(frame.user))/\(text(frame.device))"
      if !frame.site.isEmpty { line += " site \(text(frame.site))" }
      line += " at \(frame.time)"
      if frame.timeZone >= 0 { line += " in \(fixture.timeZones.name(frame.timeZone))" }
      if let location = frame.location {
        line += " near \(location.latitude),\(location.longitude)"
      }
      if frame.isUnreadable { line += " unreadable" }
      if !frame.isWhole { line += " in part" }
      let image = frame.image
      if image != ImageFacts() {
        line += " image \(image.width)x\(image.height) \(image.bytes) B contrast \(image.contrast)"
      }
      lines.append(line)
      for object in batch.objects[frame.objects] {
        var line = "  \(fixture.names.classes.name(object.classID)) \(object.probability)"
        let box = object.box
        if object.flags.contains(.hasBox) {
          line += " box \(box.x),\(box.y),\(box.width),\(box.height)"
        }
        if object.track != 0 { line += " track \(object.track)" }
        if !object.zones.isEmpty {
          let zones = batch.zoneIDs[Int(object.zones.lowerBound)..<Int(object.zones.upperBound)]
          line += " zones " + zones.map(fixture.names.zones.name).joined(separator: "+")
        }
        if object.flags.contains(.falsePositive) { line += " falsePositive" }
        if object.flags.contains(.stationary) { line += " stationary" }
        if object.flags.contains(.ended) { line += " ended" }
        lines.append(line)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The lines of a file of records.
  static func lines(_ name: String) throws -> [String] {
    let file = Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(name)")
    return try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  /// The format that the fixtures of a shape are written for.
  static func format(_ shape: CameraFormat.Shape) -> CameraFormat {
    var format = CameraFormat(shape: shape)
    switch shape {
    case .acalert: break
    case .frigate:
      format.defaults = CameraTags(user: "home-1")
      format.frameWidth = 1280
      format.frameHeight = 960
    case .megadetector: format.defaults = CameraTags(user: "home-1")
    case .tensorflow: format.defaults = CameraTags(user: "home-1", device: "main")
    }
    return format
  }
}

/// What `track` is for an id.
func track(_ id: String) -> UInt64 {
  var id = id
  return id.withUTF8 { DetectedObject.track(ofID: UnsafeRawBufferPointer($0)) }
}

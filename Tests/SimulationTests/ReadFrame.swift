import Foundation

@testable import simulation

/// A camera's record as a reader that owes nothing to us sees it: by Foundation's JSON parser.
struct ReadFrame {
  struct Object {
    var name: String
    var probability: Double
    /// Shares of the image: left, top, width, height.
    var box: [Double]
    var foot: (x: Double, y: Double) { (box[0] + box[2] / 2, box[1] + box[3]) }
  }
  var user: String
  var device: String
  var zone: TimeZone
  /// Unix milliseconds.
  var time: Int64
  var contrast: Double?
  var objects: [Object]
  /// Frigate's: new, update or end, and the object's id.
  var type: String?
  var id: String?

  var camera: String { "\(user)/\(device)" }

  /// nil when the bytes are no valid record of the format.
  init?(_ bytes: [UInt8], _ format: CameraRecordFormat) {
    guard let record = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
      let user = Self.name(record["user"]),
      let zone = (record["timezone"] as? String).flatMap({ TimeZone(identifier: $0) })
    else { return nil }
    self.user = user
    self.zone = zone
    switch format {
    case .acalert:
      guard let device = Self.name(record["device"]), let time = Self.number(record["ts"]),
        let objects = record["objects"] as? [[String: Any]],
        let image = record["image"] as? [String: Any], image["format"] as? String == "jpeg",
        let contrast = Self.number(image["contrast"]), (0...1).contains(contrast),
        let size = Self.number(image["bytes"]), size > 1_000,
        Self.number(image["width"]) == 1_280, Self.number(image["height"]) == 720
      else { return nil }
      self.device = device
      self.time = Int64(time)
      self.contrast = contrast
      self.objects = objects.compactMap {
        Self.object($0["class"], $0["probability"], $0["box"])
      }
      guard self.objects.count == objects.count else { return nil }
    case .frigate:
      guard let after = record["after"] as? [String: Any], record["before"] is [String: Any],
        let device = Self.name(after["camera"]), let time = Self.number(after["frame_time"]),
        let corners = (after["box"] as? [Any])?.compactMap(Self.number), corners.count == 4,
        let type = record["type"] as? String, ["new", "update", "end"].contains(type),
        let id = after["id"] as? String, after["entered_zones"] is [String],
        after["end_time"] is NSNull == (type != "end")
      else { return nil }
      self.device = device
      self.time = Int64((time * 1_000).rounded())
      self.type = type
      self.id = id
      let box = [
        corners[0] / 1_280, corners[1] / 720, (corners[2] - corners[0]) / 1_280,
        (corners[3] - corners[1]) / 720,
      ]
      guard let object = Self.object(after["label"], after["score"], box) else { return nil }
      objects = [object]
    }
    let fiveYears: Int64 = 5 * 365 * 86_400_000
    guard abs(self.time - StreamRecording.start) < fiveYears else { return nil }
  }

  private static func name(_ any: Any?) -> String? {
    guard let name = any as? String, (1...256).contains(name.utf8.count) else { return nil }
    return name
  }

  private static func number(_ any: Any?) -> Double? {
    guard let value = any as? NSNumber, value.doubleValue.isFinite else { return nil }
    return value.doubleValue
  }

  private static func object(_ name: Any?, _ probability: Any?, _ box: Any?) -> Object? {
    guard let name = name as? String, ObjectClass(rawValue: name) != nil,
      let probability = number(probability), (0...1).contains(probability),
      let box = (box as? [Any])?.compactMap(number), box.count == 4,
      box.allSatisfy({ (0...1).contains($0) }), box[2] > 0, box[3] > 0,
      box[0] + box[2] < 1.001, box[1] + box[3] < 1.001
    else { return nil }
    return Object(name: name, probability: probability, box: box)
  }
}

/// The ways in which bytes can fail to be a record.
public enum Malformation: String, CaseIterable, Sendable {
  case empty
  case notJSON = "not_json"
  case truncated
  case badUTF8 = "bad_utf8"
  case notANumber = "nan"
  case infinity
  case overflow
  case outOfBounds = "out_of_bounds"
  case wrongType = "wrong_type"
  case null
  case deeplyNested = "deeply_nested"
  case missingValue = "missing_value"
  case missingUser = "missing_user"
  case missingTime = "missing_time"
  case badTime = "bad_time"
  case farFuture = "far_future"
  case emptyUser = "empty_user"
  case longUser = "long_user"
  case hugeUser = "huge_user"

  /// Writes what comes in place of a record of this format. It holds no line feed, so it can stand in a
  /// file with a record on each line.
  func write(
    to buffer: inout RecordBuffer, format: some RecordTemplate, user: String, time: Int64
  ) {
    let good = Fields(format: format, user: user, time: time)
    var fields = good
    switch self {
    case .empty: return
    case .notJSON: return buffer.append(Array("temperature=21.5;user=\(user)".utf8))
    case .truncated: return buffer.append(Array(good.text.utf8.dropLast(2 + Int(time % 9))))
    case .badUTF8:
      var bytes = Array(good.with(user: "\(user)#").text.utf8)
      for i in bytes.indices where bytes[i] == UInt8(ascii: "#") { bytes[i] = 0xFF }
      return buffer.append(bytes)
    case .notANumber: fields.value = "NaN"
    case .infinity: fields.value = "-Infinity"
    case .overflow: fields.value = "1e999"
    case .outOfBounds: fields.value = "12345678901.5"
    case .wrongType: fields.value = "{\"g\":1}"
    case .null: fields.value = "null"
    case .deeplyNested:
      fields.value = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
    case .missingValue: fields.value = nil
    case .missingUser: fields.user = nil
    case .missingTime: fields.time = nil
    case .badTime: fields.time = "\"the day before yesterday\""
    case .farFuture:
      fields.time = format.time(time + 10 * 365 * 86_400_000)
    case .emptyUser: fields = good.with(user: "")
    case .longUser: fields = good.with(user: String(repeating: "u", count: 300))
    case .hugeUser: fields = good.with(user: String(repeating: "u", count: 70_000))
    }
    buffer.append(Array(fields.text.utf8))
  }

  /// The three things that a record must have, as JSON; nil leaves one out.
  private struct Fields<Format: RecordTemplate> {
    var format: Format
    var user: String?
    var time: String?
    var value: String?

    init(format: Format, user: String, time: Int64) {
      self.format = format
      self.user = "\"\(user)\""
      self.time = format.time(time)
      value = format.goodValue
    }

    func with(user: String) -> Fields {
      var copy = self
      copy.user = "\"\(user)\""
      return copy
    }

    var text: String { format.text(user: user, time: time, value: value) }
  }
}

/// A format, as far as it takes to break its records: how a user, a time and a number make one.
protocol RecordTemplate {
  /// A moment as it stands in a record; Unix milliseconds.
  func time(_ milliseconds: Int64) -> String
  /// A number that can be a record's value.
  var goodValue: String { get }
  /// A record of these, each of them JSON; nil for what is left out.
  func text(user: String?, time: String?, value: String?) -> String
}

extension RecordTemplate {
  /// An object of those members that are there.
  func object(_ members: [(name: String, value: String?)]) -> String {
    let written = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    return "{\(written.joined(separator: ","))}"
  }
}

extension RecordFormat: RecordTemplate {
  func time(_ milliseconds: Int64) -> String {
    guard self == .original else { return String(milliseconds) }
    var buffer = RecordBuffer(capacity: 64)
    var clock = OriginalClock()
    clock.write(milliseconds, to: &buffer)
    return "\"\(String(decoding: buffer.view, as: UTF8.self))\""
  }

  var goodValue: String { "1.0" }

  func text(user: String?, time: String?, value: String?) -> String {
    switch self {
    case .original: object([("userid", user), ("time", time), ("acc", value)])
    case .axes:
      object([
        ("user", user), ("ts", time), ("x", "0.0"), ("y", value),
        ("z", value == nil ? nil : "0.0"),
      ])
    case .burst:
      object([
        ("user", user), ("t0", time), ("hz", "50"),
        ("samples", value.map { "[[0.0,0.0,1.0],[0.0,\($0),0.0]]" }),
      ])
    }
  }
}

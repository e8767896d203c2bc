import Events
import Foundation
import Testing

@Suite("Camera tags")
struct CameraTagsTests {
  /// A TensorFlow record with more members at its top level.
  private func record(_ members: String = "") -> String {
    #"{\#(members)"detection_classes":[],"detection_scores":[]}"#
  }

  private let headers = [
    "ce_specversion": "1.0", "ce_user": "ce-user", "ce_device": "ce-device", "ce_site": "ce-site",
    "ce_time": "2026-11-21T09:00:00Z", "ce_timezone": "Europe/Berlin", "ce_subject": "su/sd",
  ]

  private var format: CameraFormat {
    var format = CameraFormat(shape: .tensorflow)
    format.defaults = CameraTags(
      user: "d-user", device: "d-device", site: "d-site", timezone: "UTC")
    return format
  }

  @Test func eachTag_comesFromItsFirstSource() throws {
    let fixture = CameraFixture(format)
    let all =
      #""user":"r-user","device":"r-device","site":"r-site","ts":1,"timezone":"America/New_York","#
    #expect(
      try fixture.decoded(record(all), key: "k-user/k-device", headers: headers)
        == "r-user/r-device site r-site at 1 in america/new_york\n")
    #expect(
      try fixture.decoded(record(), key: "k-user/k-device", headers: headers)
        == "ce-user/ce-device site ce-site at 1795251600000 in europe/berlin\n")
    var fewer = headers
    fewer["ce_user"] = nil
    fewer["ce_site"] = ""
    #expect(
      try fixture.decoded(record(), key: "k-user/k-device", headers: fewer)
        == "su/ce-device site d-site at 1795251600000 in europe/berlin\n")
    #expect(
      try fixture.decoded(record(), key: "k-user/k-device")
        == "k-user/k-device site d-site at 1795255200000 in utc\n")
    #expect(
      try fixture.decoded(record(#""device":"r-device","#), key: "k-user/k-device")
        == "k-user/r-device site d-site at 1795255200000 in utc\n")
    #expect(
      try fixture.decoded(record()) == "d-user/d-device site d-site at 1795255200000 in utc\n")
    // Null and empty texts say nothing.
    #expect(
      try fixture.decoded(record(#""device":null,"site":"","timezone":null,"#))
        == "d-user/d-device site d-site at 1795255200000 in utc\n")
  }

  @Test(arguments: [
    "", "/", "user", "user/", "/device", "a/b/c", "u/\(String(repeating: "d", count: 257))",
  ])
  func keysOfOtherForms_sayNothing(_ key: String) throws {
    var format = CameraFormat(shape: .tensorflow)
    #expect(CameraFixture(format).fault(record(), key: key)?.reason == .missingField)
    format.defaults = CameraTags(user: "d-user", device: "d-device")
    #expect(
      try CameraFixture(format).decoded(record(), key: key).hasPrefix("d-user/d-device"))
  }

  @Test func keysThatAreNotUTF8_sayNothing() {
    let decoder = CameraDecoder(
      format: CameraFormat(shape: .tensorflow), names: FrameNames(),
      timeZones: TimeZoneTable { _ in nil })
    let key: [UInt8] = [0x75, 0x2F, 0xFF]
    let bytes = Array(record().utf8)
    #expect(throws: InvalidRecord(.missingField, field: .user, offset: bytes.count)) {
      try bytes.withUnsafeBytes { bytes in
        try key.withUnsafeBytes { try decoder.decode(bytes, key: $0, arrival: 1) }
      }
    }
  }

  @Test func folders_comeBeforeTheKeyAndAfterTheEnvelope() throws {
    var format = CameraFormat(shape: .megadetector)
    format.defaults = CameraTags(user: "d-user", device: "d-device")
    let fixture = CameraFixture(format)
    func record(_ file: String) -> String { #"{"images":[{"file":"\#(file)","detections":[]}]}"# }
    func camera(_ file: String, key: String? = nil, headers: [String: String] = [:]) throws
      -> String
    {
      String(try fixture.decoded(record(file), key: key, headers: headers).prefix { $0 != " " })
    }
    #expect(try camera("a/b/c.jpg", key: "k/l") == "a/b")
    #expect(try camera("/x/a/b/c.jpg") == "a/b")
    #expect(try camera("b/c.jpg", key: "k/l") == "k/b")
    #expect(try camera("b/c.jpg") == "d-user/b")
    #expect(try camera("c.jpg", key: "k/l") == "k/l")
    #expect(try camera("c.jpg") == "d-user/d-device")
    #expect(
      try camera("a/b/c.jpg", headers: ["ce_specversion": "1.0", "ce_device": "e"]) == "a/e")
  }

  @Test func headers_areAskedForOnlyWithASpecversion() throws {
    let decoder = CameraDecoder(
      format: format, names: FrameNames(), timeZones: TimeZoneTable { _ in .utc })
    let bytes = Array(record().utf8)
    var asked: [String] = []
    try bytes.withUnsafeBytes { bytes in
      try decoder.decode(bytes, arrival: 1) { name in
        asked.append(name)
        return nil
      }
    }
    #expect(asked == ["ce_specversion"])
  }

  @Test func badHeaders_areRefused() {
    let fixture = CameraFixture(format)
    func reason(_ name: String, _ value: String) -> InvalidReason? {
      var headers = headers
      headers[name] = value
      return fixture.fault(record(), headers: headers)?.reason
    }
    #expect(reason("ce_specversion", "0.3") == .badEnvelope)
    #expect(reason("ce_specversion", "") == .badEnvelope)
    #expect(reason("ce_time", "noon") == .badTime)
    #expect(reason("ce_time", "1795255200000") == .badTime)
    #expect(reason("ce_timezone", "Mars") == .badTimezone)
    #expect(reason("ce_user", String(repeating: "u", count: 257)) == .userTooLong)
  }

  @Test func structuredEvents_areOpened() throws {
    let fixture = CameraFixture(CameraFormat())
    let data =
      #"{"objects":[{"class":"person","probability":0.5}],"user":"c-9"}"#
    let event =
      #"{"specversion":"1.0","type":"com.example.detection","source":"/cameras","id":"A1","datacontenttype":"application/json","time":"2026-11-21T09:00:00Z","subject":"su/sd","site":"s-1","timezone":"UTC","data":\#(data)}"#
    #expect(
      try fixture.decoded(event, key: "k/l")
        == "c-9/sd site s-1 at 1795251600000 in utc\n  person 500000\n")
    // Attributes are not fields of the record: the event's `time` beside the data's `ts` is no repetition.
    let twice = event.replacing(#""user":"c-9""#, with: #""userid":"c-8","ts":5"#)
    #expect(try fixture.decoded(twice).hasPrefix("c-8/sd site s-1 at 5"))
    let both = event.replacing(#""site""#, with: #""ts":7,"user":"ce","device":"cd","site""#)
    #expect(try fixture.decoded(both).hasPrefix("c-9/cd site s-1 at 1795251600000"))
    // Without `data` it is a record like any other.
    let bare = #"{"specversion":"1.0","user":"u","device":"d","ts":1,"objects":[]}"#
    #expect(try fixture.decoded(bare) == "u/d at 1\n")
  }

  @Test func structuredEvents_wrapEveryFormat() throws {
    for shape in CameraFormat.Shape.allCases {
      let fixture = CameraFixture(CameraFixture.format(shape))
      for line in try CameraFixture.lines("\(shape.rawValue).ndjson") {
        let plain = try fixture.decoded(line)
        #expect(try fixture.decoded(#"{"data":\#(line),"specversion":"1.0","id":"1"}"#) == plain)
        #expect(try fixture.decoded(line, headers: ["ce_specversion": "1.0"]) == plain)
      }
    }
  }

  @Test func names_canBeMapped() throws {
    var format = CameraFormat(shape: .tensorflow)
    format.fields.user = ["owner", "tenantIdentifier"]
    format.fields.device = ["source"]
    format.fields.time = ["when"]
    try format.validate()
    let fixture = CameraFixture(format)
    #expect(
      try fixture.decoded(record(#""tenantIdentifier":"a","source":"b","when":3,"time":4,"#))
        == "a/b at 3\n")
    let twice = record(#""tenantIdentifier":"a","owner":"a","source":"b","#)
    #expect(fixture.fault(twice)?.reason == .duplicateField)
  }

  @Test func times_fallBackToTheArrival_butNotInOurOwnFormat() throws {
    let fixture = CameraFixture(format)
    #expect(try fixture.decoded(record(), arrival: 77).contains("at 77"))
    #expect(fixture.fault(record(), arrival: -1)?.reason == .missingField)
    let own = CameraFixture(CameraFormat())
    let fault = own.fault(#"{"user":"c","device":"d","objects":[]}"#)
    #expect(fault?.reason == .missingField && fault?.field == .time)
    var strict = format
    strict.limits.required.insert(.time)
    #expect(CameraFixture(strict).fault(record())?.field == .time)
    #expect(CameraFixture(strict).fault(record(#""ts":1,"#)) == nil)
  }

  @Test func futureTimes_countFromTheArrival() {
    let fixture = CameraFixture(format)
    let at = { (time: Int64) in self.record("\"ts\":\(time),") }
    #expect(fixture.fault(at(300_010), arrival: 10) == nil)
    #expect(fixture.fault(at(300_011), arrival: 10)?.reason == .tooFarAhead)
    #expect(fixture.fault(at(300_011), arrival: -1) == nil)
    #expect(fixture.fault(at(0), arrival: .max) == nil)
  }
}

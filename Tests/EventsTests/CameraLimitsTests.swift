import Events
import Testing

@Suite("Camera limits")
struct CameraLimitsTests {
  private func record(
    user: String = "c-9", device: String = "door", image: String = "{}", rest: String = ""
  ) -> String {
    #"{"user":"\#(user)","device":"\#(device)","ts":1,"image":\#(image)\#(rest),"objects":[]}"#
  }

  private func reason(_ format: CameraFormat, _ record: String) -> InvalidReason? {
    CameraFixture(format).fault(record)?.reason
  }

  @Test func unknownCameras_areRefusedBeforeAnythingElse() {
    var format = CameraFormat()
    format.limits.users = ["c-*", "d-1"]
    format.limits.devices = ["door?", "gate"]
    let fixture = CameraFixture(format)
    // Twice, as answers are kept.
    for _ in 0..<2 {
      #expect(fixture.fault(record(device: "door1")) == nil)
      #expect(fixture.fault(record(user: "d-1", device: "gate")) == nil)
      #expect(fixture.fault(record(user: "d-2", device: "gate"))?.reason == .unknownUser)
      #expect(fixture.fault(record(device: "door"))?.reason == .unknownDevice)
      // What else is wrong with it is not looked for.
      let bad = record(user: "x", image: #"{"width":0}"#, rest: #","timezone":"Mars""#)
      #expect(fixture.fault(bad)?.reason == .unknownUser)
      let long = String(repeating: "c", count: 200)
      #expect(fixture.fault(record(user: "c-" + long, device: "gate")) == nil)
      #expect(fixture.fault(record(user: long, device: "gate"))?.reason == .unknownUser)
    }
  }

  @Test func manyCameras_keepTheirOwnAnswers() {
    var format = CameraFormat()
    format.limits.users = ["c-*1", "c-*2"]
    format.limits.devices = ["*"]
    let fixture = CameraFixture(format)
    for round in 0..<2 {
      for number in 0..<20_000 {
        let isKnown = number % 10 == 1 || number % 10 == 2
        let fault = fixture.fault(record(user: "c-\(number)", device: "d\(number % 3)"))
        if (fault == nil) != isKnown { Issue.record("\(round) \(number)") }
      }
    }
  }

  @Test func images_mustKeepToTheirLimits() {
    var format = CameraFormat()
    format.limits.imageFormats = ["JPG", "png"]
    format.limits.width = 640...1920
    format.limits.height = 480...1080
    format.limits.bytes = 1000...100_000
    format.limits.minContrast = 50_000
    func check(_ image: String) -> InvalidReason? { reason(format, record(image: image)) }
    let good = #"{"format":"jpeg","width":640,"height":1080,"bytes":1000,"contrast":0.05}"#
    #expect(check(good) == nil)
    for name in ["jpg", "image/jpeg", "PNG", "IMAGE/PNG", "j\\u0070g"] {
      #expect(check(good.replacing("\"jpeg\"", with: "\"\(name)\"")) == nil)
    }
    for name in ["gif", "", "jpegx", "image/", String(repeating: "x", count: 100)] {
      #expect(check(good.replacing("\"jpeg\"", with: "\"\(name)\"")) == .imageFormat)
    }
    #expect(check(good.replacing("640", with: "639")) == .imageResolution)
    #expect(check(good.replacing("1080", with: "1081")) == .imageResolution)
    #expect(check(good.replacing(":1000", with: ":999")) == .imageSize)
    #expect(check(good.replacing(":1000", with: ":100001")) == .imageSize)
    #expect(check(good.replacing("0.05", with: "0.049999")) == .lowContrast)
    // What is not said has nothing to keep to, unless it is required.
    #expect(check("{}") == nil)
    #expect(check("null") == nil)
    format.limits.required.insert(.image)
    #expect(check(good) == nil)
    #expect(check("null") == .missingField)
    for fact in ["format", "width", "height", "bytes", "contrast"] {
      let fault = CameraFixture(format).fault(
        record(image: good.replacing("\"\(fact)\"", with: "\"other\"")))
      #expect(fault?.reason == .missingField && fault?.field?.name == fact)
    }
  }

  @Test func firstMatchingDevice_replacesTheLimits() {
    var format = CameraFormat()
    format.limits.users = ["c-*"]
    format.limits.width = 1000...2000
    var small = CameraLimits()
    small.width = 100...200
    var unlimited = CameraLimits()
    unlimited.devices = ["old-door"]
    format.deviceLimits = [
      DeviceLimits(users: ["c-9"], devices: ["door*"], limits: small),
      DeviceLimits(devices: ["door*", "old*"], limits: unlimited),
    ]
    func check(_ user: String, _ device: String, _ width: Int) -> InvalidReason? {
      reason(format, record(user: user, device: device, image: #"{"width":\#(width)}"#))
    }
    #expect(check("c-9", "door-2", 150) == nil)
    #expect(check("c-9", "door-2", 1500) == .imageResolution)
    #expect(check("c-8", "gate", 1500) == nil)
    #expect(check("c-8", "gate", 150) == .imageResolution)
    #expect(check("c-8", "old-door", 5) == nil)
    // The known ones of the stream hold for all, those of the device beside them.
    #expect(check("x-1", "old-door", 5) == .unknownUser)
    #expect(check("c-8", "door-2", 5) == .unknownDevice)
  }

  @Test func requiredTags_areMissedByName() {
    for tag in [CameraTag.site, .timezone, .time, .latitude, .image] {
      var format = CameraFormat(shape: .tensorflow)
      format.limits.required = [tag]
      let fault = CameraFixture(format).fault(
        #"{"user":"u","device":"d","detection_classes":[],"detection_scores":[]}"#)
      #expect(fault?.reason == .missingField && fault?.field?.name == tag.rawValue)
    }
  }

  @Test func formatsOfFiles_areTheirExtensions() {
    var format = CameraFormat(shape: .megadetector)
    format.limits.imageFormats = ["jpeg"]
    func check(_ file: String) -> InvalidReason? {
      reason(format, #"{"images":[{"file":"u/d/\#(file)","detections":[]}]}"#)
    }
    #expect(check("a.JPG") == nil)
    #expect(check("a.png") == .imageFormat)
    #expect(check("a") == nil)
    format.limits.required.insert(.image)
    #expect(check("a") == .missingField)
  }

  @Test func contradictoryFormats_areFoundBySetting() {
    func setting(_ change: (inout CameraFormat) -> Void) -> String? {
      var format = CameraFormat()
      change(&format)
      do {
        try format.validate()
        return nil
      } catch {
        return error.setting
      }
    }
    #expect(setting { _ in } == nil)
    #expect(setting { $0.fields.user = ["objects"] } == "fields.user")
    #expect(setting { $0.fields.user = [""] } == "fields.user")
    #expect(setting { $0.fields.site = ["device"] } == "fields.site")
    #expect(setting { $0.fields.time = ["t", "t"] } == "fields.time")
    #expect(setting { $0.fields.device = (0...16).map(String.init) } == "fields.device")
    #expect(
      setting {
        $0.shape = .frigate
        $0.fields.device = ["before"]
      } == "fields.device")
    #expect(setting { $0.defaults.user = "" } == "defaults.user")
    #expect(setting { $0.labels[-1] = "x" } == "labels")
    #expect(setting { $0.labels[5] = "" } == "labels.5")
    #expect(setting { $0.frameWidth = 640 } == "frame.height")
    #expect(setting { $0.frameHeight = 0 } == "frame.height")
    #expect(setting { $0.maxRecordBytes = 0 } == "maxRecordBytes")
    #expect(setting { $0.maxFutureSkew = -1 } == "maxFutureSkew")
    #expect(setting { $0.maxObjects = 0 } == "maxObjects")
    #expect(setting { $0.maxFrames = 1_000_001 } == "maxFrames")
    #expect(setting { $0.limits.users = [""] } == "limits.users")
    #expect(setting { $0.limits.width = -1...5 } == "limits.width")
    #expect(setting { $0.limits.minContrast = 1_000_001 } == "limits.contrast")
    #expect(setting { $0.limits.imageFormats = [""] } == "limits.formats")
    var limits = CameraLimits()
    limits.bytes = 0...Int.max
    #expect(
      setting { $0.deviceLimits = [DeviceLimits(limits: limits)] }
        == "deviceLimits[0].bytes")
    #expect(
      setting { $0.deviceLimits = [DeviceLimits(devices: [""], limits: CameraLimits())] }
        == "deviceLimits[0].devices")
  }
}

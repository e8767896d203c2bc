import Detection
import Events
import Testing

@testable import AcalertService

struct CameraSettingsTests {
  private static func stream(_ rest: String) throws -> StreamSettings {
    try #require(
      try Configuration(
        text: "streams: [{name: cameras, topics: camera-events, type: camera, \(rest)}]",
        file: "/etc/acalert/acalert.yaml"
      ).streams.first)
  }

  @Test func defaultsAreThoseOfTheRoomsBelow() throws {
    let stream = try Self.stream("")
    #expect(stream == StreamSettings(cameras: CameraSettings()))
    #expect(stream.camera?.format == CameraFormat())
    #expect(stream.camera?.rulesFile == nil)
    #expect(
      stream.rules == StreamRules(kind: "camera", unit: "", digits: 6, cameras: CameraRules()))
    #expect(
      try Configuration(text: "streams: [{name: a, topics: a}]", file: "t").streams[0].camera == nil
    )
  }

  @Test func everyKeyIsRead() throws {
    let stream = try Self.stream(
      """
      kind: trap, format: frigate, rules: house.yaml,
      fields: {user: u, device: [d, dd], site: [], time: t, timezone: tz,
        latitude: lat, longitude: lon},
      defaults: {user: home, device: porch, site: s, timezone: Europe/Berlin},
      labels: {7: Pony}, frame: {width: 1280, height: 720},
      limits: {users: ["c-*"], devices: d, formats: JPEG, width: {min: 320}, height: {max: 1080},
        bytes: {min: 1kB, max: 2MiB}, contrast: {min: 0.1}, require: [user, device, timezone]},
      deviceLimits: [{devices: ["thermal*"], width: {max: 640}, require: time}],
      maxRecordBytes: 2KiB, maxFutureSkew: 1m, maxObjects: 5, maxFrames: 6,
      void: {contrast: 0.03, frames: 2, of: 4, within: 1m},
      tracks: {timeout: 2s, overlap: 0.3, speed: 1.5, probability: 0.4},
      counts: {kind: n, bucket: 5m, probability: 0.6, classes: [Person],
        window: {length: 2h, aggregate: 30m, maxSamples: 100},
        zscore: {k: 2.5, minSamples: 6, minStd: 3, sides: high},
        status: {raise: {count: 2, within: 1h}, clear: {after: 3m}}},
      window: {length: 1m, aggregate: 2m, allowedLateness: 3s, maxSamples: 64},
      status: {clear: {after: 11s}, stale: {after: 10m}}
      """)
    let camera = try #require(stream.camera)
    #expect(camera.rulesFile == "/etc/acalert/house.yaml")
    var format = CameraFormat(shape: .frigate)
    format.fields.user = ["u"]
    format.fields.device = ["d", "dd"]
    format.fields.site = []
    format.fields.time = ["t"]
    format.fields.timezone = ["tz"]
    format.fields.latitude = ["lat"]
    format.fields.longitude = ["lon"]
    format.defaults = CameraTags(
      user: "home", device: "porch", site: "s", timezone: "Europe/Berlin")
    format.labels = [7: "pony"]
    format.frameWidth = 1280
    format.frameHeight = 720
    format.limits.users = ["c-*"]
    format.limits.devices = ["d"]
    format.limits.imageFormats = ["jpeg"]
    format.limits.width = 320...65_535
    format.limits.height = 1...1080
    format.limits.bytes = 1000...2_097_152
    format.limits.minContrast = 100_000
    format.limits.required = [.user, .device, .timezone]
    var thermal = format.limits
    thermal.users = []
    thermal.devices = []
    thermal.width = 1...640
    thermal.required = [.time]
    format.deviceLimits = [DeviceLimits(devices: ["thermal*"], limits: thermal)]
    format.maxRecordBytes = 2048
    format.maxFutureSkew = 60_000
    format.maxObjects = 5
    format.maxFrames = 6
    #expect(camera.format == format)

    let counts = CountRules(
      kind: "n", bucket: 300_000, probability: 600_000, classes: ["person"],
      window: WindowRules(
        length: 7_200_000, aggregate: 1_800_000, allowedLateness: 0, maxSamples: 100),
      zscore: ZScoreRules(thousandthsOfK: 2_500, minSamples: 6, minStd: 3, sides: .high),
      status: StatusRules(
        raiseCount: 2, raiseWithin: 3_600_000, clearAfter: 180_000, staleAfter: 7_200_000))
    var rules = StreamRules(
      kind: "trap", unit: "", digits: 6,
      window: WindowRules(
        length: 60_000, aggregate: 120_000, allowedLateness: 3_000, maxSamples: 64),
      cameras: CameraRules(
        voidContrast: 30_000,
        voidFrames: ThreatRule.Persistence(frames: 2, of: 4, within: 60_000),
        tracks: TrackRules(
          timeout: 2_000, minOverlap: 300_000, speed: 1_500_000, minProbability: 400_000),
        counts: counts))
    rules.status.clearAfter = 11_000
    rules.status.staleAfter = 600_000
    #expect(stream.rules == rules)
  }

  @Test func limitsOfADeviceMayComeBeforeThoseOfAll() throws {
    let stream = try Self.stream(
      "deviceLimits: [{users: u, formats: png}], limits: {contrast: {min: 0.2}}")
    #expect(stream.camera?.format.deviceLimits[0].limits.minContrast == 200_000)
  }

  @Test func countsCanBeTurnedOff() throws {
    #expect(try Self.stream("counts: {enabled: no}").rules.cameras?.counts == nil)
    // Then their kind is free.
    #expect(throws: Never.self) { try Self.stream("counts: {enabled: no}, kind: camera-count") }
  }

  @Test(arguments: [
    ("acalert.yaml", "r.yaml", "r.yaml"), ("config/acalert.yaml", "r.yaml", "config/r.yaml"),
    ("/etc/a.yaml", "sub/r.yaml", "/etc/sub/r.yaml"), ("/etc/a.yaml", "/opt/r.yaml", "/opt/r.yaml"),
  ])
  func rulesFileIsSeenFromTheConfiguration(_ file: String, _ path: String, _ opened: String) throws
  {
    let settings = try Configuration(
      text: "streams: [{name: c, topics: c, type: camera, rules: \(path)}]", file: file)
    #expect(settings.streams[0].camera?.rulesFile == opened)
  }

  @Test func countsTakeNumbersOfStreamsToo() {
    let streams = (0..<129).map {
      "  - {name: s\($0), topics: t\($0), kind: k\($0), type: camera, counts: {kind: c\($0)}}"
    }
    #expect(
      fault("streams:\n" + streams.joined(separator: "\n"))?.message
        == "streams: names more than 256 streams, the counts of its cameras included")
    #expect(fault("streams:\n" + streams.dropLast().joined(separator: "\n")) == nil)
  }

  @Test func silenceAndTracksAreTakenAsTheirWritersAre() throws {
    func stream(_ rest: String) throws -> StreamSettings {
      try Configuration(
        text: "streams: [{name: c, topics: c, type: camera, \(rest)}]", file: "t"
      ).streams[0]
    }
    for (format, silence, timeout) in [
      ("acalert", 60_000, 5_000), ("tensorflow", 60_000, 5_000),
      ("frigate", 86_400_000, 90_000), ("megadetector", 7 * 86_400_000, 5_000),
    ] as [(String, Int64, Int64)] {
      let read = try stream("format: \(format)")
      #expect(read.rules.status.staleAfter == silence)
      #expect(read.rules.cameras?.tracks.timeout == timeout)
    }
    // What is said counts, wherever it stands.
    let said = try stream(
      "status: {stale: {after: 5m}}, tracks: {timeout: 20s}, format: frigate")
    #expect(said.rules.status.staleAfter == 300_000)
    #expect(said.rules.cameras?.tracks.timeout == 20_000)
  }

  // MARK: The version of the judgement

  @Test func versionFollowsTheRulesAndTheFormat() throws {
    let settings = try Configuration(
      text: "streams: [{name: c, topics: c, type: camera}]", file: "t")
    let version = settings.judgement(at: 0).version
    #expect(settings.judgement(rules: [0: .standard], at: 1).version == version)
    var rules = RuleSet.standard
    rules.rules[0].probability += 1
    let other = settings.judgement(rules: [0: rules], at: 0)
    #expect(other.version != version)
    #expect(other.text.contains("0.620001"))
    var moved = settings
    moved.streams[0].camera?.rulesFile = "elsewhere.yaml"
    #expect(moved.judgement(at: 0).version == version)
    moved.streams[0].camera?.format.labels[1] = "cat"
    #expect(moved.judgement(at: 0).version != version)
  }

  @Test func versionDoesNotDependOnTheOrderOfASet() throws {
    // Sets and dictionaries have another order in every one of these.
    let versions = try (0..<20).map { seed in
      var random = SeededGenerator(state: UInt64(seed))
      let tags = CameraTag.allCases.map(\.rawValue).shuffled(using: &random)
      let labels = (1...9).map { "\($0): c\($0)" }.shuffled(using: &random)
      return try Configuration(
        text: """
          streams:
            - name: c
              topics: c
              type: camera
              labels: {\(labels.joined(separator: ", "))}
              limits: {require: [\(tags.joined(separator: ", "))]}
          """, file: "t"
      ).judgement(at: 0).version
    }
    #expect(Set(versions).count == 1)
  }

  @Test func unitsOfCountsAreKnownToTheStore() throws {
    let settings = try Configuration(
      text: "streams: [{name: c, topics: c, type: camera}]", file: "t")
    let version = settings.configurationVersion(of: settings.judgement(at: 7))
    #expect(version.units == ["camera": "", "camera-count": ""])
    #expect(version.firstUsed == 7)
  }
}

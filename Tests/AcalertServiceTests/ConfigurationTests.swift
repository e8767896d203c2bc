import Detection
import Events
import Foundation
import Testing
import Yams

@testable import AcalertService

struct ConfigurationTests {
  @Test func emptyFileMeansTheDefaults() throws {
    #expect(try Configuration(text: "", file: "t") == Configuration())
    #expect(try Configuration(text: "# nothing\n", file: "t") == Configuration())
    #expect(
      try Configuration(text: "kafka:\nstore:\nhttp:\nlog:\ndeadLetters:\n", file: "t")
        == Configuration())
    #expect(try Configuration(text: "\u{FEFF}log: {level: info}", file: "t") == Configuration())
  }

  @Test func defaultsOfAStreamAreThoseOfTheEngineAndTheDecoder() throws {
    let settings = try Configuration(
      text: "streams: [{name: accelerometer, topics: accelerometer}]", file: "t")
    #expect(settings.streams == [StreamSettings()])
  }

  @Test func everyKeyIsRead() throws {
    let settings = try Configuration(
      text: """
        kafka:
          bootstrap.servers: a:9092,b:9092
          group: mine
          start: end
          properties: {client.rack: r1, fetch.min.bytes: 2}
        streams:
          - name: heart
            topics: [one, two]
            kind: patient
            unit: none
            label: bpm
            resolution: 0.01
            maxRecordBytes: 2KiB
            maxFutureSkew: 1m
            maxBurstSamples: 5
            fields:
              user: u
              device: [d, dd]
              time: t
              value: v
              x: a
              y: b
              z: c
              burstStart: s
              rate: r
              samples: w
              latitude: lat
              longitude: [lon, lng]
              timezone: tz
              site: []
            window: {length: 1m, aggregate: 30s, allowedLateness: 5s, maxSamples: 100}
            zscore: {k: 2.5, minSamples: 20, minStd: 1.25, sides: high}
            status:
              raise: {count: 4, within: 6s}
              clear: {after: 7s}
              stale: {after: 2m}
        deadLetters: {enabled: no, suffix: -bad}
        store: {folder: /var/lib/acalert, retention: {age: 1d, size: forever}}
        http: {listen: "[::1]:9090", maxConnections: 100}
        alerts: {file: /etc/acalert/alerts.yaml}
        log: {level: debug}
        """, file: "t")

    #expect(settings.kafka.bootstrapServers == "a:9092,b:9092")
    #expect(settings.kafka.group == "mine")
    #expect(settings.kafka.start == .end)
    #expect(settings.kafka.properties == ["client.rack": "r1", "fetch.min.bytes": "2"])
    let stream = try #require(settings.streams.first)
    #expect(stream.name == "heart")
    #expect(stream.topics == ["one", "two"])
    var names = RecordFieldNames()
    names.user = ["u"]
    names.device = ["d", "dd"]
    names.time = ["t"]
    names.value = ["v"]
    names.x = ["a"]
    names.y = ["b"]
    names.z = ["c"]
    names.burstStart = ["s"]
    names.rate = ["r"]
    names.samples = ["w"]
    names.latitude = ["lat"]
    names.longitude = ["lon", "lng"]
    names.timezone = ["tz"]
    names.site = []
    #expect(
      try stream.format
        == RecordFormat(
          names: names, unit: .none, digits: 2, maxRecordBytes: 2048, maxFutureSkew: 60_000,
          maxBurstSamples: 5))
    #expect(
      stream.rules
        == StreamRules(
          kind: "patient", unit: "bpm", digits: 2,
          window: WindowRules(
            length: 60_000, aggregate: 30_000, allowedLateness: 5_000, maxSamples: 100),
          zscore: ZScoreRules(thousandthsOfK: 2_500, minSamples: 20, minStd: 125, sides: .high),
          status: StatusRules(
            raiseCount: 4, raiseWithin: 6_000, clearAfter: 7_000, staleAfter: 120_000)))
    #expect(!settings.deadLetters.isEnabled)
    #expect(settings.deadLetters.suffix == "-bad")
    #expect(settings.store.folder == "/var/lib/acalert")
    #expect(settings.store.maxAge == 86_400_000)
    #expect(settings.store.maxBytes == nil)
    #expect(settings.http.address == "::1")
    #expect(settings.http.port == 9090)
    #expect(settings.http.maxConnections == 100)
    #expect(settings.alerts.file == "/etc/acalert/alerts.yaml")
    #expect(settings.log.level == .debug)
  }

  @Test(arguments: [("1", 0, 0), ("0.1", 1, 1), ("0.001", 3, 100), ("0.000000001", 9, 100_000_000)])
  func defaultMinStdFollowsTheResolution(_ resolution: String, digits: Int, minStd: Int64) throws {
    let settings = try Configuration(
      text: "streams: [{name: a, topics: a, resolution: \(resolution)}]", file: "t")
    #expect(settings.streams[0].rules.digits == digits)
    #expect(settings.streams[0].format.digits == digits)
    #expect(settings.streams[0].rules.zscore.minStd == minStd)
  }

  @Test func metresAreJudgedInG() throws {
    let settings = try Configuration(
      text: "streams: [{name: a, topics: a, unit: m/s2}]", file: "t")
    #expect(settings.streams[0].format.unit == .metresPerSecondSquared)
    #expect(settings.streams[0].rules.unit == "g")
  }

  @Test func secretsAreInNeitherSummaryNorVersion() throws {
    let text = """
      kafka:
        properties:
          security.protocol: SASL_SSL
          sasl.mechanisms: PLAIN
          sasl.username: an-account
          sasl.password: a-password
      """
    var settings = try Configuration(text: text, file: "t")
    for output in [settings.summary(try RulesFiles(settings)), settings.judgementText()] {
      #expect(!output.contains("a-password"))
      #expect(!output.contains("an-account"))
    }
    let version = settings.version
    #expect(settings.summary(try RulesFiles(settings)).contains(version))
    settings.kafka.properties["sasl.password"] = "another"
    #expect(settings.version == version)
  }

  @Test func versionFollowsTheJudgementAlone() {
    let settings = Configuration()
    var other = settings
    other.http.port = 1
    other.store.folder = "elsewhere"
    other.kafka.bootstrapServers = "far-away:9092"
    #expect(other.version == settings.version)
    #expect(settings.version.count == 8)
    other.streams[0].rules.zscore.thousandthsOfK += 1
    #expect(other.version != settings.version)
  }

  // MARK: The file that is shipped

  @Test func shippedFileReadsAsTheDefaults() throws {
    let path = Repository.root.appendingPathComponent("config/acalert.yaml").path
    #expect(try Configuration(file: path) == Configuration())
  }

  @Test func shippedFileHasEveryKey() throws {
    let root = try #require(try Yams.compose(yaml: try Self.shippedFile(withExamples: true)))
    var found: Set<String> = []
    Self.collect(root, "", into: &found)
    #expect(KnownKeys.leaves.subtracting(KnownKeys.repeated).subtracting(found) == [])
  }

  @Test func examplesInTheShippedFileCanBeUsed() throws {
    let settings = try Configuration(
      text: try Self.shippedFile(withExamples: true), file: "config/acalert.yaml")
    #expect(settings.kafka.properties["security.protocol"] == "SASL_SSL")
    #expect(settings.streams.count == 3)
    #expect(settings.streams[0].rules.series.detectors.map(\.name).count == DetectorSet.names.count)
    #expect(settings.streams[0].rules.overrides.count == 1)
    #expect(settings.streams[1].rules.unit == "bpm")
    #expect(settings.streams[1].format.names.value == ["bpm"])
    #expect(settings.streams[2].camera?.rulesFile == "config/rules.yaml")
    #expect(settings.alerts.file == "config/alerts.yaml")
    try settings.checkKafkaProperties()
  }

  /// The shipped file; with its examples, which begin with `#` and more space than a comment has.
  private static func shippedFile(withExamples: Bool) throws -> String {
    let text = try Repository.text("config/acalert.yaml")
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      withExamples && line.hasPrefix("#  ") ? line.dropFirst() : line
    }.joined(separator: "\n")
  }

  private static func collect(_ node: Node, _ path: String, into found: inout Set<String>) {
    switch node {
    case .mapping(let mapping)
    where !["kafka.properties", "streams[].labels"].contains(path) && !path.hasSuffix(".weights"):
      for (key, value) in mapping {
        let name = key.string ?? ""
        collect(value, path.isEmpty ? name : "\(path).\(name)", into: &found)
      }
    case .sequence(let items)
    where ["streams", "streams[].deviceLimits", "streams[].overrides"].contains(path):
      for item in items { collect(item, "\(path)[]", into: &found) }
    default: found.insert(path)
    }
  }
}

extension Configuration {
  /// The version of the judgement with the rules that the service brings along.
  fileprivate var version: String { judgement(at: 0).version }
}

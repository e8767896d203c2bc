import Events
import Foundation
import Kafka
import Store
import Testing
import simulation

/// The service as a process of its own, killed as `kill -9` kills, again and again.
@Suite(.serialized) struct KillTests {
  static let users = 200

  /// What is watched, and how its stream is set up.
  enum Watched: CaseIterable, CustomTestStringConvertible {
    case wearers, cameras

    var testDescription: String { self == .wearers ? "wearers" : "cameras" }

    /// The stream's settings. Nobody falls silent and nothing is called off by the clock, which two runs
    /// do not have in common; event time covers enough for both.
    var stream: String {
      switch self {
      case .wearers:
        """
        - name: accelerometer
          kind: wearer
          window: { length: 5s, aggregate: 5s, allowedLateness: 1s }
          status: { stale: { after: 1h } }
        """
      case .cameras:
        """
        - name: cameras
          type: camera
          rules: rules.yaml
          window: { length: 5s, aggregate: 5s, allowedLateness: 1s }
          void: { frames: 2, of: 3, within: 10s }
          counts:
            bucket: 10s
            window: { length: 60s, aggregate: 60s }
            zscore: { minSamples: 4, minStd: 1 }
          status: { clear: { after: 5m }, stale: { after: 1h } }
        """
      }
    }

    static let rules = """
      rules:
        - id: 1
          name: somebody
          unsafe: [person]
          probability: 0.6
          persist: { frames: 2, of: 4, within: 4s }
          cooldown: 2m
        - id: 2
          name: animals
          unsafe: [raccoon, dog]
          match: all
          probability: 0.5
          severity: warning
      assign:
        - { rules: [1, 2] }
      """

    func makeStream() throws -> any MessageStream {
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      var disturbances = Disturbances()
      disturbances.malformed = 0.002
      disturbances.late = 0.01
      disturbances.lateBy = 500
      switch self {
      case .wearers:
        var configuration = PopulationConfiguration(startTime: now - 60_000)
        configuration.users = KillTests.users
        configuration.format = .axes
        configuration.rate = 10
        configuration.anomalyEvery = 400
        configuration.disturbances = disturbances
        return try configuration.makeStream()
      case .cameras:
        // Twenty minutes of twenty cameras.
        var configuration = CameraPopulationConfiguration(startTime: now - 1_300_000)
        configuration.users = 10
        configuration.activity = 60
        configuration.noise = 10
        configuration.voids = 200
        configuration.badTags = 0.002
        configuration.disturbances = disturbances
        return try configuration.makeStream()
      }
    }
  }

  static func writeConfiguration(
    _ cluster: TestCluster, _ watched: Watched, topic: String, group: String, folder: String
  ) throws -> String {
    let properties = cluster.properties.merging(["session.timeout.ms": "6000"]) { first, _ in first
    }
    .map { "    \($0.key): \"\($0.value)\"" }.sorted()
    let text = """
      kafka:
        bootstrap.servers: "\(cluster.brokers)"
        group: \(group)
        properties:
      \(properties.joined(separator: "\n"))
      streams:
      \(watched.stream)
        topics: [\(topic)]
      store: { folder: "\(folder)" }
      http: { listen: "127.0.0.1:0" }
      """
    try Watched.rules.write(toFile: folder + "/rules.yaml", atomically: true, encoding: .utf8)
    let file = folder + "/acalert.yaml"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  /// All that must come out the same, whatever happened in between.
  static func facts(_ folder: String) throws -> String {
    let queries = [
      """
      select user, state, previous, since, last_seen, value, mean, std, score, reason, topic,
        partition, offset, kind, device from status order by user, device
      """,
      """
      select user, device, start, count, mean, std, min, max, flagged from windows
        order by 1, 2, 3
      """,
      """
      select user, device, time, value, mean, std, score, partition, offset from anomalies
        order by 1, 2, 3, 9
      """,
      """
      select user, device, site, time, rule, severity, objects, reason, partition, offset,
        config_version from threats order by 1, 2, 4, 5
      """,
      "select user, device, time, fault, reason, partition, offset from equipment_faults order by 1, 2, 3",
      "select hour, class, count, max_probability from unmatched_detections order by 1, 2",
      "select reason, partition, offset from invalid_records order by 1, 2, 3",
      "select topic, partition, next_offset from partitions order by 1, 2",
    ]
    let facts = try queries.map { query in
      let result = try ForeignProgram.run(["sqlite3", "\(folder)/acalert.db", query])
      #expect(result.errors.isEmpty)
      return result.output
    }
    return (facts + [try samples(folder)]).joined(separator: "\n")
  }

  /// The samples of all windows, whichever rows hold them.
  private static func samples(_ folder: String) throws -> String {
    let subjects = try ForeignProgram.run([
      "sqlite3", "\(folder)/acalert.db", "select kind, user, device from subjects order by 1, 2, 3",
    ])
    let reader = try StoreReader(path: "\(folder)/acalert.db")
    var lines: [String] = []
    for line in subjects.output.split(separator: "\n") {
      let names = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let identity = SubjectIdentity(kind: names[0], user: names[1], device: names[2])
      let page = try reader.windows(of: identity, from: 0, to: .max, maxSamples: .max)
      for window in page?.windows ?? [] {
        lines.append("\(line) \(window.start) \(window.samples)")
      }
    }
    #expect(!lines.isEmpty)
    return lines.joined(separator: "\n")
  }

  static func stored(_ folder: String) throws -> Int {
    let result = try ForeignProgram.run([
      "sqlite3", "-cmd", ".timeout 5000", "\(folder)/acalert.db",
      "select coalesce(sum(next_offset), 0) from partitions",
    ])
    return Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  /// Records of many subjects, sent piece by piece.
  struct Feeder {
    private let stream: any MessageStream
    private let producer: Producer
    private let topic: String
    private(set) var sent = 0

    init(_ cluster: TestCluster, _ watched: Watched, topic: String) throws {
      stream = try watched.makeStream()
      producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
      self.topic = topic
    }

    mutating func send(_ count: Int) throws {
      let topic = try producer.topic(topic)
      let producer = producer
      for _ in 0..<count {
        var extra = 0
        var failure: KafkaError?
        stream.next(
          { record in
            extra += 1
            do throws(KafkaError) {
              try producer.send(to: topic, key: record.key, value: record.value)
            } catch {
              failure = error
            }
          }, truth: { _ in })
        sent += extra
        if let failure { throw failure }
      }
    }

    func flush() { #expect(producer.flush(timeoutMilliseconds: 30_000)) }
  }

  @Test(arguments: Watched.allCases)
  func killedAgainAndAgain_TheTablesEndAsIfNothingHadHappened(_ watched: Watched) throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("records", partitions: 4)
    var feeder = try Feeder(cluster, watched, topic: topic)

    let broken = RunningService.makeFolder()
    let brokenConfig = try Self.writeConfiguration(
      cluster, watched, topic: topic, group: cluster.group + "-broken", folder: broken)
    for round in 0..<4 {
      let victim = try ForeignProgram(["acalert", "serve", "--config", brokenConfig])
      let before =
        FileManager.default.fileExists(atPath: broken + "/acalert.db")
        ? try Self.stored(broken) : 0
      // Half of the piece waits for it, half comes while it runs.
      try feeder.send(6_000)
      try eventually(within: 60, "run \(round) gets on from \(before); \(victim.errors)") {
        try FileManager.default.fileExists(atPath: broken + "/acalert.db")
          && Self.stored(broken) > before
      }
      try feeder.send(6_000)
      // Killed in the middle of things: some of this is stored, some on its way, some not yet read.
      try eventually(within: 60, "run \(round) gets further; \(victim.errors)") {
        try Self.stored(broken) > before + 6_000 + 500 * round
      }
      victim.kill()
    }
    feeder.flush()

    let whole = RunningService.makeFolder()
    let wholeConfig = try Self.writeConfiguration(
      cluster, watched, topic: topic, group: cluster.group + "-whole", folder: whole)
    let uninterrupted = try ForeignProgram(["acalert", "serve", "--config", wholeConfig])
    try eventually(
      within: 60, "the uninterrupted run has stored everything; \(uninterrupted.errors)"
    ) {
      try Self.stored(whole) == feeder.sent
    }
    #expect(uninterrupted.stop() < 4)
    #expect(uninterrupted.process.terminationStatus == 0)

    let last = try ForeignProgram(["acalert", "serve", "--config", brokenConfig])
    let expected = try Self.facts(whole)
    #expect(expected.split(separator: "\n").count > 1_000)
    #expect(expected.contains(watched == .wearers ? "abnormal" : "2 of 4 frames, rule 1"))
    var found = ""
    // Rows whose last value was not yet written when the kill came are written once the windows have
    // been filled again.
    let _: Void? = try? eventually(within: 30, "the tables are the same") {
      found = try Self.facts(broken)
      return found == expected
    }
    _ = last.stop()
    if found != expected {
      let left = Set(found.split(separator: "\n"))
      let right = Set(expected.split(separator: "\n"))
      Issue.record(
        """
        \(left.count) lines against \(right.count)
        only after the kills: \(left.subtracting(right).sorted().prefix(5))
        only without: \(right.subtracting(left).sorted().prefix(5))
        """)
    }
  }
}

import Detection
import Events
import Testing

@testable import Store

struct ThreatTests {
  @Test func whatCamerasLedToIsWrittenAndReadBack() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.judgement = JudgementVersion(version: "beef", text: "rules: []", firstUsed: moment)
    let odd = Threat.Object(className: "a \"b\"\\\n\u{1}é", probability: 1e-7)
    batch.threats = [
      threat(1, [person, odd, person]),
      threat(2, at: 5, rule: 100, severity: .warning, [], offset: 8),
    ]
    try store.apply(batch)
    store.close()

    let reader = try StoreReader(path: folder.database)
    let first = try #require(try reader.threat(1))
    #expect(
      first
        == ThreatRecord(
          id: 1, identity: camera(1), site: "s-1", time: moment, rule: 200,
          name: "person at night", severity: .danger, objects: [person, odd, person],
          reason: "rule 200 fired",
          place: RecordPlace(topic: "accelerometer", partition: 3, offset: 7), judgement: "beef",
          verdict: nil))
    let second = try #require(try reader.threat(2))
    #expect(second.objects == [] && second.severity == .warning && second.time == 5)
    #expect(try reader.threat(3) == nil && reader.threat(0) == nil)
    #expect(try reader.threatPage(ThreatQuery()).items.map(\.id) == [1, 2])
  }

  @Test func theViewsShowNamesAndReadableTimes() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    let dog = Threat.Object(className: "dog", probability: 0.5)
    batch.threats = [threat(0, [person, dog, person])]
    batch.equipmentFaults = [fault(1), fault(1, .silent, offset: nil)]
    batch.unmatched = [
      UnmatchedDetections(hour: 3_600_000, className: "cat", count: 3, maxProbability: 0.5)
    ]
    try store.apply(batch)
    #expect(
      try store.setVerdict(
        Verdict(kind: .falseAlarm, note: "a coat", author: "ada", time: moment), ofThreat: 1))
    func ask(_ columns: String, _ view: String) throws -> [String] {
      try texts("SELECT concat FROM (SELECT \(columns) AS concat FROM \(view))", store.connection)
    }
    #expect(
      try ask(
        """
        kind||'|'||user||'|'||device||'|'||site||'|'||time||'|'||rule||'|'||name||'|'||severity
          ||'|'||classes||'|'||verdict||'|'||topic||'|'||partition||'|'||offset||'|'
          ||config_version
        """, "threats")
        == [
          "camera|c-0|door|s-0|2026-11-21T04:32:00.123Z|200|person at night|danger|dog, person"
            + "|false_alarm|accelerometer|3|7|a1b2c3d4"
        ])
    #expect(
      try ask("objects", "threats")
        == [
          #"[{"class":"person","probability":0.93,"zone":"loading-dock"},"#
            + #"{"class":"dog","probability":0.5},"#
            + #"{"class":"person","probability":0.93,"zone":"loading-dock"}]"#
        ])
    #expect(
      try ask("threat||user||rule||name||verdict||note||author||time", "verdicts")
        == ["1c-0200person at nightfalse_alarma coatada2026-11-21T04:32:00.123Z"])
    #expect(
      try ask("user||device||fault||reason||coalesce(topic||offset, '-')", "equipment_faults")
        == [
          "c-0yardvoid_image3 of 5 images are voidaccelerometer7",
          "c-0yardsilent3 of 5 images are void-",
        ])
    #expect(
      try ask("hour||class||count||max_probability", "unmatched_detections")
        == ["1970-01-01T01:00:00.000Zcat30.5"])
  }

  @Test func anErrorInTheMiddleLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.judgement = JudgementVersion(version: "beef", text: "rules: []", firstUsed: moment)
    batch.threats = [threat(0)]
    batch.equipmentFaults = [fault(0)]
    batch.unmatched = [
      UnmatchedDetections(hour: 0, className: "cat", count: 3, maxProbability: .nan)
    ]
    batch.progress = [PartitionProgress(partition: 5, next: 2, rewind: 1)]
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
    for wrong in 0..<4 {
      var batch = batch
      batch.progress = []
      switch wrong {
      case 0: batch.threats.append(threat(99))
      case 1: batch.threats[0].origin.partition = 9
      case 2: batch.equipmentFaults.append(fault(99))
      default: batch.equipmentFaults[0].origin?.partition = 9
      }
      #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
    }
    for table in ["threat_rows", "fault_rows", "unmatched_counts"] {
      #expect(try texts("SELECT count(*) FROM \(table)", store.connection) == ["0"])
    }
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.judgement(version: "beef") == nil)
    batch = Decisions()
    batch.threats = [threat(0)]
    try store.apply(batch)
    #expect(try reader.threat(1)?.judgement == "a1b2c3d4", "the version was undone as well")
  }

  @Test func idsGoOnAfterReopeningWhateverWasDeleted() throws {
    let folder = try TemporaryFolder()
    var store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 0, identity: camera(0))]
    batch.threats = [threat(0), threat(0)]
    batch.equipmentFaults = [fault(0)]
    batch.unmatched = [
      UnmatchedDetections(hour: 0, className: "cat", count: 3, maxProbability: 0.5)
    ]
    try store.apply(batch)
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 1), ofThreat: 2))
    try store.connection.execute(
      """
      DELETE FROM threat_rows; DELETE FROM verdict_rows; DELETE FROM fault_rows;
      DELETE FROM unmatched_counts
      """, attempted: "")
    store.close()
    store = try Store(path: folder.database)
    try store.apply(batch)
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 1), ofThreat: 3))
    #expect(try texts("SELECT id FROM threat_rows", store.connection) == ["3", "4"])
    for table in ["verdict_rows", "fault_rows", "unmatched_counts"] {
      #expect(try texts("SELECT id FROM \(table)", store.connection) == ["2"], "\(table)")
    }
  }

  @Test func unmatchedDetectionsOfAnHourAndClassAreAddedUp() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    for (hour, name, count, probability) in [
      (0, "cat", 1, 0.5), (0, "dog", 2, 0.25), (3_600_000, "cat", 3, 0.75),
    ] as [(Int64, String, Int, Double)] {
      batch.unmatched.append(
        UnmatchedDetections(
          hour: hour, className: name, count: count, maxProbability: probability))
    }
    try store.apply(batch)
    batch.unmatched[0].maxProbability = 0.4
    batch.unmatched[1].maxProbability = .infinity
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    #expect(
      try reader.threatReport(from: 0, to: 3_600_000, hours: []).unmatched == [
        .init(className: "dog", count: 4, maxProbability: 0.25),
        .init(className: "cat", count: 2, maxProbability: 0.5),
      ])
    #expect(
      try reader.threatReport(from: 1, to: .max, hours: []).unmatched == [
        .init(className: "cat", count: 6, maxProbability: 0.75)
      ])
  }

  @Test func manyObjectsAreCutToTheSurest() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.threats = [
      threat(
        0,
        (0..<1_000).map {
          Threat.Object(className: "c\($0 % 7)", probability: 1 - Double($0) / 1e4)
        })
    ]
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    let objects = try #require(try reader.threat(1)).objects
    #expect(objects.count == 100 && objects == Array(batch.threats[0].objects.prefix(100)))
    #expect(try reader.threatReport(from: 0, to: .max, hours: []).byClass.count == 7)
  }
}

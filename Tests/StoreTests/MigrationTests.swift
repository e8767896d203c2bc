import Detection
import Foundation
import Testing

@testable import Store

struct MigrationTests {
  /// A file as version 1 left it, with rows in its tables.
  private func makeFirstVersion(_ folder: TemporaryFolder) throws {
    try migrate(
      folder, to: 1,
      adding: """
        UPDATE meta SET last_revision = 41, last_window = 3, last_anomaly = 4, last_late_sample = 5,
          last_invalid_record = 6, last_lost_range = 7;
        INSERT INTO config_versions VALUES (1, 'old', '2026-11-21T04:32:00.123Z', 'streams: []');
        INSERT INTO kinds VALUES (1, 'wearer', 'g');
        INSERT INTO topics VALUES (1, 'accelerometer');
        INSERT INTO partition_rows VALUES (0, 1, 3, 21, 3);
        INSERT INTO subject_rows VALUES (1, 1, 'u-0', 'watch');
        INSERT INTO status_rows VALUES (1, 1, 4, 0, 5, 6, 7, 1.5, 1.0, 0.1, 5.0, 'because', 41, 40, 0,
          20, 1, x'010203');
        INSERT INTO status_counts VALUES (1, 4, 1);
        INSERT INTO anomaly_rows VALUES (4, 1, 6, 1.5, 1.0, 0.1, 5.0, 'zscore', 0, 20);
        INSERT INTO late_rows VALUES (5, 1, 1, 1.0, 1, 0, 3);
        INSERT INTO lost_rows VALUES (7, 0, 1, 2, 'retention');
        INSERT INTO history_marks VALUES (1000, 3, 4, 5, 6, 7);
        """)
  }

  /// Brings the file up to a version, as the program of that version did, and adds rows of its time.
  private func migrate(_ folder: TemporaryFolder, to version: Int, adding sql: String) throws {
    let connection = try Connection(path: folder.database, access: .readWrite, busyTimeout: 0)
    defer { connection.close() }
    try Schema.migrate(
      connection, path: "", migrations: Array(Schema.migrations.prefix(version)))
    try connection.execute(sql, attempted: "")
  }

  /// FNV-1a of their SQL: a migration that files out there have been through is never edited.
  @Test func theVersionsAreAsTheyWereReleased() {
    let hashes = Schema.migrations.prefix(7).map {
      $0.sql.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
      }
    }
    #expect(
      hashes == [
        0xce42_9889_e41b_c07b, 0xcc06_3973_1f44_1ab0, 0x0c50_769f_d0b9_a9ae,
        0x59e7_27fe_9f5a_0295, 0xd188_d63b_409a_5413, 0x4ae3_c3f6_b431_0bce,
        0xc0c7_c9f0_11c7_f10e,
      ])
  }

  @Test func aFileOfTheFirstVersionKeepsItsRowsAndTakesNewOnes() throws {
    let folder = try TemporaryFolder()
    try makeFirstVersion(folder)
    #expect(StoreError.Code.thrown { _ = try StoreReader(path: folder.database) } == .olderSchema)
    let store = try Store(path: folder.database)
    #expect(store.currentRevision == 41)
    #expect(try store.partitions().map(\.next) == [21])
    let reader = try StoreReader(path: folder.database)
    let status = try #require(try reader.status(kind: "wearer", user: "u-0", device: "watch"))
    #expect(status.state == .danger && status.configVersion == "old" && status.reason == "because")
    #expect(try reader.anomalies(of: identity(0), from: 0, to: .max).map(\.id) == [4])
    #expect(try reader.judgement(version: "old")?.firstUsed == moment)
    #expect(try reader.threatPage(ThreatQuery()).items.isEmpty)

    // A mark of the first version knows of no threats: none goes with it.
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 0, identity: identity(0))]
    batch.rows = [row(0, .safe)]
    batch.threats = [threat(0)]
    batch.equipmentFaults = [fault(0)]
    batch.unmatched = [
      UnmatchedDetections(hour: 0, className: "cat", count: 1, maxProbability: 0.5)
    ]
    batch.lostRanges = [LostRange(partition: 0, offsets: 10..<20, why: "retention")]
    #expect(try store.apply(batch).firstRevision == 42)
    let pruned = try store.prune(now: 100_000, policy: Retention(maxAge: 60_000))
    #expect(pruned.anomalies == 1 && pruned.lateSamples == 1 && pruned.lostRanges == 1)
    #expect(pruned.threats == 0 && pruned.equipmentFaults == 0 && pruned.unmatched == 0)
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 0), ofThreat: 1))
    #expect(try reader.threat(1)?.verdict?.kind == .confirmed)
    #expect(try texts("SELECT id FROM lost_rows", store.connection) == ["8"])
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
    store.close()
    try Store(path: folder.database).close()
  }

  /// A file as version 2 left it: one camera in danger, a threat, an equipment fault.
  private func makeSecondVersion(_ folder: TemporaryFolder) throws {
    try makeFirstVersion(folder)
    try migrate(
      folder, to: 2,
      adding: """
        UPDATE meta SET last_threat = 8, last_verdict = 9, last_equipment_fault = 10;
        INSERT INTO threat_rows VALUES (8, 1, 6, 200, 4, 0, 'person', 'night', 's-1', '[]', 'fired', 0,
          20, 1);
        INSERT INTO fault_rows VALUES (10, 1, 6, 'silent', 'nothing for 60 s', NULL, NULL, 1);
        INSERT INTO history_marks VALUES (2000, 3, 4, 5, 6, 7, 8, 10, 0, 0);
        """)
  }

  @Test func aFileOfTheSecondVersionKeepsItsRowsAndTakesAlerts() throws {
    let folder = try TemporaryFolder()
    try makeSecondVersion(folder)
    #expect(StoreError.Code.thrown { _ = try StoreReader(path: folder.database) } == .olderSchema)
    let store = try Store(path: folder.database)
    #expect(store.currentRevision == 41 && store.lastAlertID == 0)
    let reader = try StoreReader(path: folder.database)
    let status = try #require(try reader.status(kind: "wearer", user: "u-0", device: "watch"))
    #expect(status.state == .danger && status.location == nil)
    #expect(status.timeZone == "" && status.site == "")
    #expect(try reader.threat(8)?.name == "night")
    #expect(try reader.alertPage(AlertQuery()).items.isEmpty)

    var restored: [StatusRow] = []
    try store.forEachStatus { _, row, _ in
      restored.append(row)
      return 0
    }
    #expect(restored.map(\.site) == [""] && restored[0].evidence == [1, 2, 3])
    #expect(try store.identity(of: 0) == identity(0))
    var batch = Decisions()
    batch.rows = [row(0, .safe)]
    batch.threats = [threat(0)]
    let applied = try store.apply(batch, alerts: AlertChanges(alerts: [alert(1)]))
    #expect(applied.firstRevision == 42 && applied.firstAlertRevision == 43)
    #expect(try reader.alert(1)?.alert == alert(1))
    #expect(try texts("SELECT max(id) FROM threat_rows", store.connection) == ["9"])
    let pruned = try store.prune(now: 100_000, policy: Retention(maxAge: 60_000))
    #expect(pruned.threats == 1 && pruned.equipmentFaults == 1 && pruned.alerts == 0)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
    store.close()
    try Store(path: folder.database).close()
  }

  /// A file as version 3 left it: an alert that is open, and one that is over.
  private func makeThirdVersion(_ folder: TemporaryFolder) throws {
    try makeSecondVersion(folder)
    try migrate(
      folder, to: 3,
      adding: """
        UPDATE meta SET last_revision = 43, last_alert = 2, last_alert_event = 1;
        INSERT INTO alert_rows VALUES (1, 1, 'abnormal', 0, 4, 0, 5, 6, 6, NULL, NULL, NULL, 0, 7, 'Ann',
          'on it', 1.5, 0, 20, 1, 42, NULL, NULL, '', 's-1', '', 'because');
        INSERT INTO alert_rows VALUES (2, 1, 'stale', 2, 3, 1, 5, 6, 6, NULL, 8, 9, 0, NULL, NULL, NULL,
          NULL, NULL, NULL, 1, 43, NULL, NULL, '', '', '', 'silent');
        INSERT INTO alert_event_rows VALUES (1, 1, 6, 'opened', 'because', '');
        INSERT INTO history_marks VALUES (3000, 3, 4, 5, 6, 7, 8, 10, 0, 0);
        """)
  }

  @Test func aFileOfTheThirdVersionKeepsItsRowsAndTakesVerdictsAndFalls() throws {
    let folder = try TemporaryFolder()
    try makeThirdVersion(folder)
    #expect(StoreError.Code.thrown { _ = try StoreReader(path: folder.database) } == .olderSchema)
    let store = try Store(path: folder.database)
    #expect(store.currentRevision == 43 && store.lastAlertID == 2)
    let open = try #require(try store.unsettledAlerts().first)
    #expect(open.acknowledgement?.author == "Ann" && open.site == "s-1" && open.verdict == nil)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.alert(2)?.alert.reason == "silent")
    #expect(try reader.modelReport(from: 0, to: .max) == ModelReport())

    var detectors: [[UInt8]] = []
    try store.forEachStatus { _, _, bytes in
      detectors.append(bytes)
      return 0
    }
    #expect(detectors == [[]])
    var batch = Decisions()
    batch.fallCandidates = [candidate(0)]
    batch.detectorStates = [DetectorState(subject: 0, bytes: [1])]
    try store.apply(batch)
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 0), ofAlert: 1)?.revision == 44)
    #expect(try reader.alert(1)?.alert.verdict?.kind == .confirmed)
    // A mark of the third version knows of no candidates: none goes with it.
    let pruned = try store.prune(now: 100_000, policy: Retention(maxAge: 60_000))
    #expect(pruned.threats == 1 && pruned.alerts == 1 && pruned.fallCandidates == 0)
    #expect(try reader.fallCandidate(1)?.features == featureValues)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
    store.close()
    try Store(path: folder.database).close()
  }

  /// A file as version 4 left it: two subjects, of whom the one that was first in the index by `since` is
  /// the second by its number.
  private func makeFourthVersion(_ folder: TemporaryFolder) throws {
    try makeThirdVersion(folder)
    try migrate(
      folder, to: 4,
      adding: """
        INSERT INTO subject_rows SELECT id + 1, kind, user, 'second' FROM subject_rows WHERE id = 1;
        INSERT INTO status_rows SELECT id + 1, kind, 0, previous, since - 9, last_seen, last_arrival, value,
          mean, std, score, reason, revision + 5, state_revision, cause_partition, cause_offset, config,
          evidence, latitude, longitude, time_zone, site FROM status_rows WHERE id = 1;
        UPDATE status_rows SET state = 0 WHERE id = 1;
        DELETE FROM status_counts;
        INSERT INTO status_counts VALUES (1, 0, 2);
        """)
  }

  @Test func aFileOfTheFourthVersionIsPagedInTheNewOrder() throws {
    let folder = try TemporaryFolder()
    try makeFourthVersion(folder)
    let store = try Store(path: folder.database)
    let reader = try StoreReader(path: folder.database)
    var query = StatusQuery(sort: .state, order: .ascending, limit: 1)
    let first = try reader.statusPage(query)
    query.cursor = first.next
    let second = try reader.statusPage(query)
    #expect((first.items + second.items).map(\.subjectID) == [1, 2] && second.next == nil)
    #expect(first.items[0].since > second.items[0].since)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  /// A file as version 5 left it, with a history of two subjects.
  private func makeFifthVersion(_ folder: TemporaryFolder) throws {
    try makeFourthVersion(folder)
    var packed: [UInt8] = []
    PackedSamples.pack([], start: 0, into: &packed)
    let samples = packed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    try migrate(
      folder, to: 5,
      adding: """
        DELETE FROM window_rows;
        DELETE FROM anomaly_rows;
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
        INSERT INTO window_rows
          SELECT i + 1, i % 2 + 1, i / 2 * 10000, i / 2 * 10000 + 10000, 0, 1, 0, 1, 1, 0, 3, x'\(samples)' FROM n;
        INSERT INTO anomaly_rows
          SELECT id, subject, start, 1.5, 1.0, 0.1, 5.0, 'zscore', 0, 20 FROM window_rows;
        """)
  }

  @Test func aHistoryOfTheFifthVersionIsFoundInItsNewOrder() throws {
    let folder = try TemporaryFolder()
    try makeFifthVersion(folder)
    try Store(path: folder.database).close()
    let reader = try StoreReader(path: folder.database)
    let all = try #require(try reader.windows(of: identity(0), from: 0, to: .max)).windows
    #expect(all.map(\.start) == (0..<500).map { $0 * 10_000 })
    #expect(
      try reader.anomalies(of: identity(0), from: 60_000, to: 80_000).map(\.id) == [17, 15, 13])
    for query in [
      "SELECT * FROM windows WHERE user = 'u-0' ORDER BY start DESC LIMIT 3",
      "SELECT * FROM anomalies WHERE user = 'u-0' AND time > date('now')",
    ] {
      // Plain queries of one subject look into each slice, too, and do not read all rows.
      let explain = try reader.connection.statement("EXPLAIN QUERY PLAN \(query)")
      var plan = ""
      try explain.forEachRow("explain") { plan += explain.text(3) + "\n" }
      #expect(plan.contains("s_by_time (ANY(slice) AND subject=?)"), "\(plan)")
    }
    #expect(try texts("PRAGMA integrity_check", reader.connection) == ["ok"])
  }

  /// A file as version 7 left it: a row for each window.
  @Test func aHistoryOfTheSeventhVersionIsMergedInTime() throws {
    let folder = try TemporaryFolder()
    try makeFifthVersion(folder)
    var packed: [UInt8] = []
    PackedSamples.pack(
      [PackedSamples.Element(time: 7, value: 1_500, isFlagged: true)], start: 0, into: &packed)
    let samples = packed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    try migrate(
      folder, to: 7,
      adding: """
        UPDATE meta SET last_window = 1000;
        UPDATE window_rows SET count = 1, mean = 1.5, std = 0, min = 1.5, max = 1.5, flagged = 1,
          samples = x'\(samples)';
        """)
    let store = try Store(path: folder.database)
    defer { store.close() }
    let query = """
      SELECT id || user || device || start || end || count || mean || std || min || max || flagged
      FROM windows ORDER BY id
      """
    let before = try texts(query, store.connection)
    #expect(before.count == 1_000 && store.lastWindowID == 1_000)
    #expect(try store.mergeWindows(writtenBy: 1_000, budget: 5_000).windows == 1_000)
    #expect(try texts(query, store.connection) == before)
    #expect(try texts("SELECT count(*) FROM window_rows", store.connection) == ["0"])
    #expect(try texts("SELECT count(*) FROM window_runs", store.connection) == ["34"])
    let reader = try StoreReader(path: folder.database)
    let all = try #require(try reader.windows(of: identity(0), from: 0, to: .max)).windows
    #expect(all.map(\.start) == (0..<500).map { $0 * 10_000 })
    #expect(all.allSatisfy { $0.samples.map(\.value) == [1_500] })
  }

  @Test func aMigratedFileHasTheShapeOfANewOne() throws {
    func shape(_ folder: TemporaryFolder) throws -> [String] {
      let store = try Store(path: folder.database)
      defer { store.close() }
      return try texts(
        "SELECT type || ' ' || name || ': ' || ifnull(sql, '') FROM sqlite_master ORDER BY 1",
        store.connection)
    }
    let (old, new) = (try TemporaryFolder(), try TemporaryFolder())
    try makeFirstVersion(old)
    #expect(try shape(old) == shape(new))
  }
}

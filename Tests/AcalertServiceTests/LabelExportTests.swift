import Detection
import Events
import Foundation
import Store
import Testing

@testable import AcalertService

struct LabelExportTests {
  /// 2026-11-21T04:32:00.000Z
  private let moment: Int64 = 1_795_235_520_000

  private func candidate(
    _ subject: UInt32, at time: Int64, _ outcome: FallCandidate.Outcome = .none,
    peak: Double = 2
  ) -> FallCandidate {
    FallCandidate(
      subject: subject, time: time, decided: time + 2_000, peak: peak, outcome: outcome, scores: [],
      features: FallFeature.allCases.indices.map { $0 == 0 ? peak : .nan },
      origin: RecordOrigin(partition: 0, offset: 1))
  }

  private func alert(_ id: Int64, _ user: String, _ cause: Cause, peak: Int64) -> Alert {
    Alert(
      id: id, identity: SubjectIdentity(kind: "wearer", user: user, device: "watch"), cause: cause,
      severity: .danger, began: peak + 2_000, opened: peak + 2_500, reason: "")
  }

  /// One who fell, one who did not, one whose alert nobody judged, one without any.
  private func makeDatabase() throws -> String {
    let folder = try makeFolder()
    let store = try Store(path: folder + "/acalert.db")
    defer { store.close() }
    _ = try store.partitionIndex(for: TopicPartitionName(topic: "t", partition: 0))
    var batch = Decisions()
    for (index, user) in ["fell", "sat, \"hard\"", "unjudged", "quiet"].enumerated() {
      let identity = SubjectIdentity(kind: "wearer", user: user, device: "watch")
      batch.subjects.append(NewSubject(index: UInt32(index), identity: identity))
    }
    batch.fallCandidates = [
      candidate(0, at: moment - 5_000), candidate(0, at: moment, .fall, peak: 4.5),
      candidate(0, at: moment + 60_000),
      candidate(1, at: moment, .fall), candidate(2, at: moment, .fall), candidate(3, at: moment),
    ]
    try store.apply(
      batch,
      alerts: AlertChanges(alerts: [
        alert(1, "fell", .fall, peak: moment), alert(2, "sat, \"hard\"", .abnormal, peak: moment),
        alert(3, "unjudged", .fall, peak: moment),
      ]))
    _ = try store.setVerdict(Verdict(kind: .confirmed, author: "Ann", time: 1), ofAlert: 1)
    _ = try store.setVerdict(Verdict(kind: .falseAlarm, time: 1), ofAlert: 2)
    return folder + "/acalert.db"
  }

  private func export(
    _ export: LabelExport, features: Bool = true, quiet: Bool = false
  ) throws -> (labels: [String], rows: [String], summary: LabelExport.Summary) {
    var labels = ""
    var rows = ""
    let summary = try export.write(
      windows: { labels += $0 }, features: features ? { rows += $0 } : nil, quiet: quiet)
    func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
    return (lines(labels), lines(rows), summary)
  }

  @Test func windowsAreWrittenAsTheyWereJudged() throws {
    let found = try export(LabelExport(database: try makeDatabase()), features: false)
    #expect(
      found.labels == [
        "user,device,kind,start,end,label,alert,author",
        "fell,watch,wearer,2026-11-21T04:31:52.000Z,2026-11-21T04:32:12.000Z,fall,1,Ann",
        "\"sat, \"\"hard\"\"\",watch,wearer,2026-11-21T04:31:52.000Z,2026-11-21T04:32:12.000Z,"
          + "false_alarm,2,",
      ])
    #expect(found.rows.isEmpty && found.summary.windows == [.fall: 1, .falseAlarm: 1])
  }

  @Test func featuresAreThoseOfTheCandidatesInTheWindows() throws {
    let database = try makeDatabase()
    let found = try export(LabelExport(database: database))
    let empty = String(repeating: ",", count: FallFeature.allCases.count - 1)
    #expect(found.rows[0] + "\n" == LabelExport.featureHeader)
    #expect(found.rows[0].hasPrefix("trial,user,group,activity,label,time_ms,"))
    #expect(
      Array(found.rows.dropFirst()) == [
        "fell/watch@2026-11-21T04:31:52.000Z,fell,wearer,fall,,3000,2.0" + empty,
        "fell/watch@2026-11-21T04:31:52.000Z,fell,wearer,fall,1,8000,4.5" + empty,
        "\"sat, \"\"hard\"\"/watch@2026-11-21T04:31:52.000Z\",\"sat, \"\"hard\"\"\",wearer,"
          + "false_alarm,0,8000,2.0" + empty,
      ])
    #expect(found.summary.rows == 3 && found.summary.falls == 1 && found.summary.normal == 1)
    let all = try export(LabelExport(database: database), quiet: true)
    #expect(all.rows.count == 5)
    #expect(
      all.rows.last == "quiet/watch@2026-11-21T04:32:00.000Z,quiet,wearer,quiet,0,0,2.0" + empty)
  }

  @Test func onlyTheTimeThatIsAskedForIsRead() throws {
    let database = try makeDatabase()
    let later = try export(LabelExport(database: database, from: moment + 2_001), quiet: true)
    // Whose alert began before is quiet afterwards.
    #expect(later.labels.count == 1 && later.rows.count == 2)
    #expect(later.rows.last?.hasPrefix("fell/watch@2026-11-21T04:33:00.000Z,") == true)
    let before = try export(LabelExport(database: database, to: moment), quiet: true)
    #expect(before.labels.count == 1)
  }

  @Test func aMissingDatabaseIsNamed() {
    #expect(throws: ServiceError.self) { try LabelExport(database: "/nonexistent/acalert.db") }
  }
}

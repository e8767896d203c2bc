import Detection
import Events
import Testing

@testable import Store

struct ModelReportTests {
  private typealias Answers = ModelReport.Answers

  /// Three wearers: one who fell, one who only seemed to, one of whom there is no alert.
  private func makeHistory(_ folder: TemporaryFolder) throws -> Store {
    let store = try makeStore(folder)
    try store.introduce([model("aa"), model("bb", name: "next.txt")], at: moment)
    var batch = Decisions()
    batch.fallCandidates = [
      candidate(0, at: moment - 3_000, active: 0.1, shadow: 0.2),
      candidate(0, at: moment, .fall, active: 0.9, shadow: 0.8),
      candidate(0, at: moment + 30_000, active: 0.1, shadow: 0.9),
      candidate(1, at: moment, .fall, active: 0.7, shadow: 0.3),
      candidate(2, at: moment, active: 0.1, shadow: 0.1),
      candidate(2, at: moment + 1_000),
    ]
    batch.fallCandidates[5].scores = [score(.early, "cc", 0.9)]
    try store.apply(
      batch,
      alerts: AlertChanges(alerts: [
        fallAlert(1, of: 0), fallAlert(2, of: 1), alert(3, of: 1, .stale, opened: moment),
      ]))
    #expect(
      try store.setVerdict(Verdict(kind: .confirmed, author: "ada", time: 1), ofAlert: 1) != nil)
    #expect(try store.setVerdict(Verdict(kind: .falseAlarm, time: 2), ofAlert: 2) != nil)
    return store
  }

  @Test func modelsAreCountedSideBySideAndHeldAgainstVerdicts() throws {
    let folder = try TemporaryFolder()
    let store = try makeHistory(folder)
    defer { store.close() }
    let reader = try StoreReader(path: folder.database)
    let report = try reader.modelReport(from: 0, to: .max)
    #expect(report.outcomes == [.fall: 2, .none: 4])
    #expect(report.models.map(\.role) == [.active, .early, .shadow])
    let (active, early, shadow) = (report.models[0], report.models[1], report.models[2])
    #expect(active.scored == 5 && active.falls == 2 && active.model?.name == "fall.json")
    #expect(active.confirmed == Answers(fall: 1) && active.falseAlarms == Answers(fall: 1))
    #expect(abs((active.meanProbability ?? 0) - 0.38) < 1e-12)
    #expect(shadow.scored == 5 && shadow.falls == 2)
    #expect(shadow.confirmed == Answers(fall: 1) && shadow.falseAlarms == Answers(none: 1))
    #expect(early.scored == 1 && early.model?.name == "" && early.confirmed == Answers())
    #expect(report.agreements.count == 1)
    let agreement = try #require(report.agreements.first)
    #expect(agreement.active.hash == "aa" && agreement.shadow.hash == "bb")
    #expect(agreement.both == 1 && agreement.activeOnly == 1 && agreement.shadowOnly == 1)
    #expect(agreement.neither == 2 && agreement.count == 5)
    // Of the time that is asked for.
    let later = try reader.modelReport(from: moment + 1, to: .max)
    #expect(later.agreements.map(\.count) == [1])
    #expect(try reader.modelReport(from: 0, to: 1) == ModelReport())
  }

  @Test func disagreementsComeNewestFirstInPages() throws {
    let folder = try TemporaryFolder()
    let store = try makeHistory(folder)
    let reader = try StoreReader(path: folder.database)
    let first = try reader.disagreements(limit: 1)
    #expect(first.items.map(\.id) == [4] && first.next == 4)
    #expect(first.items[0].alert == .init(id: 2, verdict: .falseAlarm))
    #expect(first.items[0].features.isEmpty)
    let second = try reader.disagreements(limit: 1, before: first.next)
    #expect(second.items.map(\.id) == [3] && second.next == nil)
    // Long after the alert that it does not belong to.
    #expect(second.items[0].alert == nil)
    #expect(try reader.fallCandidate(2)?.alert == .init(id: 1, verdict: .confirmed))
    store.close()
  }

  @Test func windowsAreThoseOfAlertsAndThreatsWithAVerdict() throws {
    let folder = try TemporaryFolder()
    let store = try makeHistory(folder)
    var abnormal = alert(4, of: 2, opened: moment + 100_000).resolved(at: moment + 161_000)
    abnormal.began = moment + 100_000
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 9, identity: identity(9, kind: "camera"))]
    batch.threats = [threat(9, at: moment + 5_000), threat(9, at: moment + 6_000)]
    try store.apply(batch, alerts: AlertChanges(alerts: [abnormal]))
    #expect(
      try store.setVerdict(Verdict(kind: .confirmed, author: "ben", time: 1), ofAlert: 4) != nil)
    #expect(try store.setVerdict(Verdict(kind: .falseAlarm, author: "cy", time: 1), ofThreat: 2))
    let reader = try StoreReader(path: folder.database)
    let windows = try reader.labelWindows(from: 0, to: .max)
    #expect(windows.map(\.source) == [.alert(1), .alert(2), .threat(2), .alert(4)])
    #expect(windows.map(\.label) == [.fall, .falseAlarm, .falseAlarm, .anomaly])
    #expect(windows.map(\.author) == ["ada", "", "cy", "ben"])
    let (one, four) = (windows[0], windows[3])
    #expect(one.identity == identity(0))
    #expect(one.start == moment - 8_000 && one.end == moment + 12_000)
    #expect(four.start == moment + 90_000 && four.end == moment + 160_000)
    #expect(windows[2].start == moment - 4_000 && windows[2].end == moment + 16_000)
    #expect(try reader.labelWindows(from: moment + 2_001, to: moment + 100_000).count == 1)
  }

  @Test func quietOnesHaveNoAlertInThatTime() throws {
    let folder = try TemporaryFolder()
    let store = try makeHistory(folder)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.quietCandidates(from: 0, to: .max, after: 0).map(\.id) == [5, 6])
    #expect(try reader.quietCandidates(from: 0, to: .max, after: 6).isEmpty)
    let later = try reader.quietCandidates(from: moment + 10_000, to: .max, after: 0)
    #expect(later.map(\.id) == [3])
    store.close()
  }
}

import Events
import Testing

@testable import Detection

/// What wearers' records make known as the causes of alerts.
@Suite struct CauseTests {
  static let start = StatusTimelineTests.start

  /// The changes in short: `danger abnormal`, `over stale`.
  static func words(_ decisions: Decisions) -> [String] {
    decisions.causes.map { "\($0.level?.name ?? "over") \($0.cause.name)" }
  }

  static func rest(_ bench: inout Bench, from time: Int64, count: Int = 50) {
    StatusTimelineTests.rest(&bench, from: start + time, count: count)
  }

  /// Three odd samples: a warning, then danger.
  static func fall(_ bench: inout Bench, at time: Int64) {
    for place in 0..<3 { bench.send(start + time + Int64(place) * 100, 5_000_000) }
  }

  @Test func aFall_IsToldAtEachStepUp_AndIsOverOnlyAtSafe() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    #expect(bench.take().causes.isEmpty)
    Self.fall(&bench, at: 5_000)
    let fall = bench.take()
    #expect(Self.words(fall) == ["warning abnormal", "danger abnormal"])
    let danger = try #require(fall.causes.last)
    #expect(danger.subject == 0 && danger.time == Self.start + 5_200 && danger.value == 5)
    #expect(danger.origin == RecordOrigin(partition: 0, offset: 52))
    #expect(danger.reason == fall.row()?.reason)
    Self.rest(&bench, from: 5_300, count: 102)
    let recovering = bench.take()
    #expect(recovering.row()?.state == .warning && recovering.causes.isEmpty)
    Self.rest(&bench, from: 15_500, count: 102)
    let quiet = bench.take()
    #expect(Self.words(quiet) == ["over abnormal"])
    #expect(quiet.causes.first?.time == quiet.row()?.since)
  }

  @Test func dangerAgainAfterSteppingDown_IsToldAgain() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    Self.fall(&bench, at: 5_000)
    Self.rest(&bench, from: 5_300, count: 102)
    #expect(bench.take().row()?.state == .warning)
    Self.fall(&bench, at: 15_500)
    #expect(Self.words(bench.take()) == ["danger abnormal"])
  }

  @Test func silence_IsACauseOfItsOwn() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: Self.start + 100_000)
    let silent = bench.take(sweep: 1)
    #expect(Self.words(silent) == ["warning stale"])
    #expect(silent.causes.first?.reason == "no data for 60 s")
    #expect(silent.causes.first?.time == Self.start + 4_900)
    #expect(silent.causes.first?.origin == nil)
    #expect(bench.take(sweep: 1).causes.isEmpty)
    bench.send(Self.start + 101_000, 1_000_000)
    #expect(Self.words(bench.take()) == ["over stale"])
  }

  /// The watch that broke in the fall does not call it off.
  @Test(arguments: [true, false])
  func dangerThatFallsSilent_IsOverOnceSafeAgain(restarted: Bool) throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    Self.fall(&bench, at: 5_000)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: Self.start + 100_000)
    let silent = bench.take(sweep: 1)
    #expect(Self.words(silent) == ["warning stale"])
    if restarted {
      let row = try #require(silent.row())
      bench = try Bench(from: bench.offset, next: bench.offset)
      #expect(bench.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row) == 0)
    }
    bench.send(Self.start + 101_000, 1_000_000)
    let heard = bench.take()
    #expect(Self.words(heard) == ["over stale"])
    if restarted {
      let row = try #require(heard.row())
      bench = try Bench(from: bench.offset, next: bench.offset)
      _ = bench.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row)
    }
    Self.rest(&bench, from: 101_100)
    let safe = bench.take()
    #expect(safe.row()?.state == .safe && Self.words(safe) == ["over abnormal"])
    Self.fall(&bench, at: 106_100)
    #expect(Self.words(bench.take()) == ["warning abnormal", "danger abnormal"])
  }

  @Test func aFallAfterSilence_IsToldAgain_ThoughTheFirstIsNotOver() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    Self.fall(&bench, at: 5_000)
    bench.engine.advanceClock(of: 0, to: Self.start + 100_000)
    _ = bench.take(sweep: 1)
    // Enough to judge by, none judged yet.
    StatusTimelineTests.rest(&bench, from: Self.start + 101_000, count: 5)
    Self.fall(&bench, at: 102_000)
    #expect(Self.words(bench.take()) == ["over stale", "warning abnormal", "danger abnormal"])
    Self.rest(&bench, from: 102_300, count: 204)
    #expect(Self.words(bench.take()) == ["over abnormal"])
    bench.engine.advanceClock(of: 0, to: Self.start + 200_000)
    _ = bench.take(sweep: 1)
    Self.rest(&bench, from: 200_100)
    #expect(Self.words(bench.take()) == ["over stale"])
  }

  @Test func recordsReadAgain_TellNothing() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    Self.fall(&bench, at: 5_000)
    let row = try #require(bench.take().row())
    var again = try Bench(from: 0, next: bench.offset)
    _ = again.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row)
    Self.rest(&again, from: 0)
    Self.fall(&again, at: 5_000)
    #expect(again.take(sweep: 1).causes.isEmpty)
    again.send(Self.start + 5_300, 5_000_000)
    #expect(again.take(sweep: 1).causes.isEmpty)
  }

  @Test func aRevokedPartition_EndsNothing() throws {
    var bench = try Bench()
    Self.rest(&bench, from: 0)
    Self.fall(&bench, at: 5_000)
    _ = bench.take(sweep: 1)
    bench.engine.revoke(0)
    bench.engine.advanceClock(of: 0, to: Self.start + 1_000_000)
    #expect(bench.take(sweep: 1).causes.isEmpty)
  }

  @Test(arguments: [PartitionIndex(0), 3])
  func whoeverIsReadElsewhere_IsStaleButNotTold(_ partition: PartitionIndex) throws {
    var past = try Bench()
    Self.rest(&past, from: 0)
    var row = try #require(past.take().row())
    row.cause = RecordOrigin(partition: partition, offset: 7)
    // It reads partition 0.
    var bench = try Bench(from: past.offset, next: past.offset)
    _ = bench.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row)
    bench.engine.advanceClock(of: 0, to: Self.start + 1_000_000)
    let silent = bench.take(sweep: 1)
    #expect(silent.row()?.state == .stale)
    #expect(Self.words(silent) == (partition == 0 ? ["warning stale"] : []))
  }

  @Test func keptOpen_IsReadAsItWasWritten_AndOldBytesStillAre() {
    var notes = SubjectNotes()
    notes.isAbnormalKeptOpen = true
    #expect(!notes.isEmpty && SubjectNotes(evidence: notes.evidence) == notes)
    notes.floor = 7
    notes.episode = Episode(
      abnormalTimes: [1], quietSince: 4, reference: WindowSums(), referenceUntil: 5)
    #expect(SubjectNotes(evidence: notes.evidence) == notes)
    notes.isAbnormalKeptOpen = false
    #expect(notes.evidence.first == 1 && SubjectNotes(evidence: notes.evidence) == notes)

    var camera = SubjectNotes()
    camera.camera = CameraNotes(isFaultKeptOpen: true)
    #expect(SubjectNotes(evidence: camera.evidence) == camera)
    let alarm = CameraAlarms.Alarm(
      rule: 5, severity: .danger, isRaised: false, isKeptOpen: true, lastThreat: 1, lastHeld: 2,
      lastArrival: 3, cooldown: 4, reason: "")
    camera.camera = CameraNotes(alarms: CameraAlarms(alarms: [alarm]))
    #expect(SubjectNotes(evidence: camera.evidence) == camera)
  }
}

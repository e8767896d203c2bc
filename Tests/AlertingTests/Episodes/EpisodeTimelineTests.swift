import Alerting
import Detection
import Events
import Store
import Testing

/// What is told when, and what becomes of it.
@Suite struct EpisodeTimelineTests {
  @Test func aFall_IsOneEpisode_ResolvedOnceItHasBeenOverForAWhile() throws {
    var line = EpisodeTimeline()
    line.tell(
      .warning, at: 1_000, reason: "5.2 g", origin: RecordOrigin(partition: 0, offset: 7),
      site: "home")
    let opened = try #require(line.book.open(1))
    #expect(opened.phase == .firing && opened.severity == .warning && opened.reason == "5.2 g")
    #expect(opened.began == EpisodeTimeline.start + 1_000 && opened.opened == opened.began)
    #expect(opened.identity.user == "u-1" && opened.site == "home" && opened.origin?.offset == 7)
    line.tell(.danger, at: 2_000, reason: "3 within 5 s")
    line.tell(nil, at: 60_000)
    #expect(line.book.open(1)?.phase == .recovering)
    #expect(line.book.open(1)?.ended == EpisodeTimeline.start + 60_000)
    line.wait(until: 200_000)
    #expect(
      line.story == [
        "opened 1 at 1000", "raised 1 at 2000", "recovering 1 at 60000", "resolved 1 at 90000",
      ])
    let alert = try #require(line.alerts[1])
    #expect(alert.phase == .resolved && alert.severity == .danger && alert.flaps == 0)
    #expect(alert.resolved == EpisodeTimeline.start + 90_000)
    #expect(alert.ended == EpisodeTimeline.start + 60_000)
    #expect(alert.raised == EpisodeTimeline.start + 2_000 && alert.reason == "3 within 5 s")
    #expect(line.book.openCount == 0 && line.book.open(1) == nil && line.book.nextDeadline == nil)
  }

  @Test func aPossibleFall_IsNoAlert_UntilItIsOne() throws {
    var line = EpisodeTimeline()
    line.tell(.warning, .fall, at: 1_000)
    line.tell(nil, .fall, at: 2_500)
    #expect(line.story.isEmpty && line.book.openCount == 0)
    line.tell(.warning, .fall, at: 10_000)
    line.tell(.danger, .fall, at: 11_500, reason: "fall")
    line.tell(nil, .fall, at: 60_000)
    // Possibly another, while the alert recovers: nothing that anybody need hear.
    line.tell(.warning, .fall, at: 70_000)
    line.tell(nil, .fall, at: 71_500)
    line.wait(until: 200_000)
    #expect(
      line.story == ["opened 1 at 11500", "recovering 1 at 60000", "resolved 1 at 90000"])
    #expect(line.alerts[1]?.severity == .danger)
  }

  @Test func aSecondFallAfterTheFirstWasResolved_HasANewNumber() {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 1_000)
    line.tell(nil, at: 2_000)
    line.tell(.danger, at: 32_000)
    #expect(line.story.suffix(2) == ["resolved 1 at 32000", "opened 2 at 32000"])
  }

  @Test func aLateTick_MakesNoDifference() {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 1_000)
    line.tell(nil, at: 2_000)
    let now = EpisodeTimeline.start + 40_000
    line.keep(
      line.book.take(
        [CauseChange(subject: 1, cause: .abnormal, level: .danger, time: 40_000)], now: now,
        identify: EpisodeTimeline.identity))
    #expect(line.story.suffix(2) == ["resolved 1 at 40000", "opened 2 at 40000"])
  }

  @Test func aFlappingSubject_IsOneEpisodeWithACount() throws {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 0)
    for second in 1...100 {
      line.tell(second % 2 == 0 ? .danger : nil, at: Int64(second) * 1_000)
    }
    let alert = try #require(line.book.open(1))
    #expect(alert.flaps == 50 && line.alerts.count == 1)
    #expect(line.times(.flapped).count == AlertEvent.maxFlapEvents)
    #expect(line.times(.recovering).count == AlertEvent.maxFlapEvents)
    line.tell(nil, at: 101_000)
    line.wait(until: 130_999)
    #expect(line.book.openCount == 1)
    line.wait(until: 131_000)
    #expect(line.times(.resolved) == [131_000])
    #expect(line.events.last?.text == "over for 30 s, came back 50 times before")
  }

  @Test func severityOnlyRises() {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 0, reason: "grave")
    line.tell(nil, at: 1_000)
    line.tell(.warning, at: 2_000, reason: "light")
    #expect(line.book.open(1)?.severity == .danger && line.book.open(1)?.reason == "grave")
    #expect(line.book.open(1)?.flaps == 1)
    line.tell(.danger, at: 3_000, reason: "again")
    #expect(line.times(.raised) == [] && line.times(.flapped) == [2_000])
  }

  @Test func aRiseTakesAnAcknowledgementBack_AFlapDoesNot() throws {
    var line = EpisodeTimeline()
    line.tell(.warning, at: 0)
    line.keep(
      try line.book.acknowledge(1, author: "Ann", note: "on my way", now: EpisodeTimeline.start))
    #expect(line.book.open(1)?.acknowledgement?.author == "Ann")
    #expect(throws: EpisodeBook.Refusal.alreadyAcknowledged) {
      try line.book.acknowledge(1, author: "Bob", note: "", now: EpisodeTimeline.start)
    }
    line.tell(nil, at: 1_000)
    line.tell(.warning, at: 2_000)
    #expect(line.book.open(1)?.acknowledgement?.note == "on my way")
    line.tell(nil, at: 3_000)
    line.tell(.danger, at: 4_000, reason: "3 within 5 s")
    #expect(line.book.open(1)?.acknowledgement == nil && line.book.open(1)?.flaps == 2)
    #expect(
      line.events.last?.text
        == "danger: 3 within 5 s; the acknowledgement of Ann was for warning and is void")
    line.keep(try line.book.acknowledge(1, author: "", note: "", now: EpisodeTimeline.start))
    #expect(line.alerts[1]?.acknowledgement != nil)
  }

  @Test func whatIsResolvedByHand_OpensAnewTheNextTimeItIsTold() throws {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 0)
    line.keep(
      try line.book.resolve(
        1, author: "Ann", note: "a drill", now: EpisodeTimeline.start + 5_000))
    #expect(line.alerts[1]?.phase == .resolved && line.book.openCount == 0)
    #expect(line.events.last?.text == "a drill" && line.events.last?.author == "Ann")
    #expect(throws: EpisodeBook.Refusal.resolved) {
      try line.book.resolve(1, author: "", note: "", now: 0)
    }
    #expect(throws: EpisodeBook.Refusal.unknown) {
      try line.book.acknowledge(2, author: "", note: "", now: 0)
    }
    line.tell(nil, at: 6_000)
    #expect(line.events.count == 2)
    line.tell(.warning, at: 7_000)
    #expect(line.book.open(2)?.severity == .warning)
  }

  @Test func causesOfOneSubject_AreEpisodesOfTheirOwn() {
    var line = EpisodeTimeline()
    line.tell(.danger, .rule(200), at: 0)
    line.tell(.warning, .rule(201), at: 0)
    line.tell(.danger, .rule(200), of: 2, at: 0)
    line.tell(nil, .rule(200), at: 1_000)
    line.wait(until: 40_000)
    #expect(line.book.openCount == 2 && line.times(.resolved, 1) == [31_000])
  }

  @Test func whatNobodyWatchesAnyMore_IsAbandoned() {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 0)
    line.restart(AlertSettings())
    line.keep(line.book.abandon(1, reason: "no longer watched", now: EpisodeTimeline.start))
    #expect(line.alerts[1]?.phase == .resolved && line.events.last?.text == "no longer watched")
    #expect(line.book.abandon(1, reason: "", now: 0).isEmpty)
  }

  @Test func aSubjectThatNobodyCanName_MakesNoAlert() {
    var book = EpisodeBook(settings: AlertSettings(), nextID: 1)
    let change = CauseChange(subject: 1, cause: .abnormal, level: .danger, time: 0)
    #expect(book.take([change], now: 0) { _ in nil }.isEmpty)
    struct Failure: Error {}
    #expect(throws: Failure.self) { try book.take([change], now: 0) { _ in throw Failure() } }
    #expect(book.openCount == 0 && book.nextID == 1)
  }

  @Test func subjectsAreNamedOnlyWhereAnEpisodeMayOpen() {
    var line = EpisodeTimeline()
    line.tell(.danger, at: 0)
    line.tell(nil, at: 1_000)
    let change = CauseChange(subject: 1, cause: .abnormal, level: .danger, time: 2_000)
    line.keep(
      line.book.take([change], now: EpisodeTimeline.start + 2_000) { _ in
        Issue.record("asked for no reason")
        return nil
      })
    #expect(line.book.open(1)?.flaps == 1)
  }
}

@Suite struct EpisodeSilenceTests {
  @Test func silence_IsAnAlertAfterTheDelay() {
    var line = EpisodeTimeline(.delays(staleAfter: 60_000, stale: .danger))
    line.tell(.warning, .stale, at: 1_000, reason: "no data for 60 s")
    line.wait(until: 60_999)
    #expect(line.book.openCount == 0)
    line.wait(until: 61_000)
    #expect(line.book.open(1)?.severity == .danger && line.book.open(1)?.cause == .stale)
    #expect(line.book.open(1)?.began == EpisodeTimeline.start + 1_000)
    line.tell(nil, .stale, at: 70_000)
    line.wait(until: 200_000)
    #expect(line.times(.resolved) == [100_000])
  }

  @Test func silenceThatEndsWithinTheDelay_IsNone() {
    var line = EpisodeTimeline(.delays(staleAfter: 60_000))
    line.tell(.warning, .stale, at: 0)
    line.tell(nil, .stale, at: 59_000)
    line.tell(.warning, .stale, at: 59_500)
    line.wait(until: 119_499)
    #expect(line.alerts.isEmpty)
    line.wait(until: 119_500)
    #expect(line.story == ["opened 1 at 119500"])
  }

  @Test func silenceThatComesBackWhileRecovering_WaitsForNothing() {
    var line = EpisodeTimeline(.delays(staleAfter: 60_000))
    line.tell(.warning, .stale, at: 0)
    line.tell(nil, .stale, at: 70_000)
    line.tell(.warning, .stale, at: 80_000)
    #expect(line.times(.flapped) == [80_000])
    line.wait(until: 300_000)
    #expect(line.book.open(1)?.flaps == 1)
  }

  @Test func withoutASeverity_SilenceIsNoAlert() {
    var line = EpisodeTimeline(.delays(stale: nil))
    line.tell(.warning, .stale, at: 0)
    line.wait(until: 1_000_000)
    #expect(line.alerts.isEmpty)
  }

  @Test func silencesFromBeforeAStart_AreExpected() {
    var line = EpisodeTimeline(.delays(staleAfter: 60_000))
    line.book.expect(
      silent: [
        (
          CauseChange(subject: 4, cause: .stale, level: .warning, time: 5),
          EpisodeTimeline.identity(4), EpisodeTimeline.start + 10_000
        )
      ])
    line.wait(until: 69_999)
    #expect(line.book.openCount == 0)
    line.wait(until: 70_000)
    #expect(line.book.open(1)?.identity.user == "u-4" && line.book.open(1)?.began == 5)
  }

  @Test func otherSettings_HoldForWhatIsWaiting() {
    var line = EpisodeTimeline(.delays(keepFiring: 600_000, staleAfter: 600_000))
    line.tell(.danger, at: 0)
    line.tell(nil, at: 1_000)
    line.tell(.warning, .stale, of: 2, at: 1_000)
    line.book.use(.delays(keepFiring: 5_000, staleAfter: 7_000))
    line.wait(until: 20_000)
    #expect(line.times(.resolved) == [6_000] && line.times(.opened, 2) == [8_000])
    line.tell(.warning, .stale, of: 3, at: 21_000)
    line.book.use(.delays(stale: nil))
    line.wait(until: 100_000)
    #expect(line.alerts.count == 2 && line.book.openCount == 1)
  }

  @Test func aClockThatIsSetBack_MakesNobodyWaitLonger() {
    var line = EpisodeTimeline(.delays(staleAfter: 60_000))
    line.tell(.danger, at: 90_000_000)
    line.tell(nil, at: 90_001_000)
    line.tell(.warning, .stale, of: 2, at: 90_001_000)
    line.now = 0
    line.keep(line.book.tick(now: EpisodeTimeline.start))
    line.wait(until: 70_000)
    #expect(line.times(.resolved) == [30_000] && line.times(.opened, 2) == [60_000])
  }
}

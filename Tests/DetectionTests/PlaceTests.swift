import Events
import Testing

@testable import Detection

/// Where subjects are: kept from the newest record that said so, and put into their rows.
@Suite struct PlaceTests {
  static let start: Int64 = 1_700_000_000_000
  static let zurich = GeoLocation(latitude: 47.37, longitude: 8.54)
  static let bern = GeoLocation(latitude: 46.95, longitude: 7.45)

  private func send(
    _ bench: inout Bench, _ time: Int64, _ place: SubjectPlace? = nil, value: Int32 = 1_000_000,
    user: String = "u", arrival: Int64? = nil
  ) {
    bench.send(
      [Sample(time: Self.start + time, value: value)], user: user,
      arrival: arrival.map { Self.start + $0 }, place: place)
  }

  private func row(_ bench: inout Bench, _ subject: UInt32 = 0) throws -> StatusRow {
    try #require(bench.take(sweep: 1).row(subject))
  }

  @Test func aSubjectThatNamesNoPlace_hasNone() throws {
    var bench = try Bench()
    send(&bench, 0)
    let row = try row(&bench)
    #expect(row.location == nil && row.timeZone.isEmpty && row.site.isEmpty)
    #expect(row.evidence.isEmpty)
    #expect(bench.engine.place(of: 0) == nil)
  }

  @Test func eachPart_staysUntilANewerRecordNamesAnother() throws {
    var bench = try Bench()
    send(&bench, 0, SubjectPlace(location: Self.zurich, timeZone: "Europe/Zurich", site: "home"))
    send(&bench, 100, user: "v")
    let first = try #require(bench.take().row())
    #expect(first.location == Self.zurich && first.timeZone == "Europe/Zurich")
    #expect(first.site == "home" && first.isTransition)
    send(&bench, 200)
    send(&bench, 300, SubjectPlace(location: Self.bern))
    send(&bench, 400, SubjectPlace(site: "work"))
    let row = try row(&bench)
    #expect(row.location == Self.bern && row.timeZone == "Europe/Zurich" && row.site == "work")
    #expect(
      bench.engine.place(of: 0)
        == SubjectPlace(location: Self.bern, timeZone: "Europe/Zurich", site: "work"))
    #expect(bench.engine.place(of: 1) == nil)
  }

  @Test func aChangedPlace_isRefreshedWithoutATransition() throws {
    var bench = try Bench()
    send(&bench, 0, SubjectPlace(location: Self.zurich))
    _ = bench.take(sweep: 1)
    send(&bench, 0, SubjectPlace(location: Self.bern))
    #expect(bench.take().rows.isEmpty)
    let row = try row(&bench)
    #expect(row.location == Self.bern && !row.isTransition)
    #expect(bench.take(sweep: 1).rows.isEmpty)
  }

  @Test func lateRecords_doNotOverrideNewerPlaces() throws {
    var bench = try Bench()
    send(&bench, 5_000, SubjectPlace(location: Self.zurich))
    send(&bench, 4_000, SubjectPlace(location: Self.bern, site: "home"))
    let row = try row(&bench)
    #expect(row.location == Self.zurich)
    // Of the site nothing newer is known.
    #expect(row.site == "home")
    send(&bench, 4_500, SubjectPlace(site: "work"))
    send(&bench, 4_200, SubjectPlace(site: "home"))
    #expect(bench.engine.place(of: 0)?.site == "work")
  }

  @Test func aRecordTooLateToBeJudged_tellsItsPlaceAllTheSame() throws {
    var bench = try Bench()
    send(&bench, 0, SubjectPlace(location: Self.zurich))
    send(&bench, 100_000)
    _ = bench.take(sweep: 1)
    send(&bench, 50_000, SubjectPlace(location: Self.bern), arrival: 100_100)
    let decisions = bench.take(sweep: 1)
    #expect(decisions.lateSamples.count == 1)
    #expect(decisions.row()?.location == Self.bern)
    // Older than that one: nothing is new.
    send(&bench, 40_000, SubjectPlace(location: Self.zurich), arrival: 100_200)
    #expect(bench.take(sweep: 1).row() == nil)
  }

  @Test func aBurst_isAsNewAsItsNewestSample() throws {
    var bench = try Bench()
    bench.send(
      (0..<10).map { Sample(time: Self.start + $0 * 100, value: 1_000_000) },
      place: SubjectPlace(location: Self.zurich))
    send(&bench, 500, SubjectPlace(location: Self.bern))
    #expect(bench.engine.place(of: 0)?.location == Self.zurich)
    send(&bench, 900, SubjectPlace(location: Self.bern))
    #expect(bench.engine.place(of: 0)?.location == Self.bern)
  }

  @Test func silence_keepsThePlace() throws {
    var bench = try Bench()
    for tick in 0..<20 { send(&bench, Int64(tick) * 100, SubjectPlace(location: Self.zurich)) }
    _ = bench.take(sweep: 1)
    bench.engine.advanceClock(of: 0, to: Self.start + 10_000_000)
    let row = try row(&bench)
    #expect(row.state == .stale && row.location == Self.zurich)
    send(&bench, 10_000_100)
    #expect(try self.row(&bench).location == Self.zurich)
  }

  @Test func aRestoredPlace_isOverriddenByNewerRecordsOnly() throws {
    var bench = try Bench()
    send(
      &bench, 60_000,
      SubjectPlace(location: Self.zurich, timeZone: "Europe/Zurich", site: "home"))
    let row = try row(&bench)
    var next = try Bench(from: 1, next: 1)
    #expect(next.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row) == 0)
    #expect(
      next.engine.place(of: 0)
        == SubjectPlace(location: Self.zurich, timeZone: "Europe/Zurich", site: "home"))
    send(&next, 59_000, SubjectPlace(location: Self.bern, site: "work"), arrival: 60_000)
    #expect(try self.row(&next).location == Self.zurich)
    send(&next, 60_100, SubjectPlace(location: Self.bern))
    let moved = try self.row(&next)
    #expect(moved.location == Self.bern && moved.site == "home")
    #expect(moved.timeZone == "Europe/Zurich")
  }

  @Test func aRowWithoutTimes_isTakenForOlderThanAnyRecord() throws {
    var bench = try Bench()
    send(&bench, 0)
    var row = try row(&bench)
    row.site = "home"
    row.location = Self.zurich
    var next = try Bench(from: 1, next: 1)
    _ = next.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row)
    #expect(next.engine.place(of: 0) == SubjectPlace(location: Self.zurich, site: "home"))
    send(&next, -1_000, SubjectPlace(site: "work"), arrival: 10)
    #expect(next.engine.place(of: 0) == SubjectPlace(location: Self.zurich, site: "work"))
  }

  @Test func evidenceOfAnEpisode_isKeptBesideThePlace() throws {
    var bench = try Bench()
    for tick: Int32 in 0..<100 {
      send(&bench, Int64(tick) * 100, SubjectPlace(site: "home"), value: 1_000_000 + tick % 7)
    }
    send(&bench, 10_000, value: 9_000_000)
    let row = try row(&bench)
    #expect(row.state == .warning && row.site == "home")
    var evidence = row.evidence
    let known = try #require(KnownPlace(row, evidence: &evidence))
    #expect(known.siteTime == Self.start + 9_900 && known.locationTime == .min)
    #expect(SubjectNotes(evidence: evidence)?.episode?.abnormalTimes == [Self.start + 10_000])
  }

  @Test func cutEvidence_isNoTrap() throws {
    var bench = try Bench()
    send(&bench, 0, SubjectPlace(site: "home"))
    let row = try row(&bench)
    for length in 0..<row.evidence.count {
      var damaged = row
      damaged.evidence = Array(row.evidence[..<length])
      var next = try Bench()
      _ = next.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: damaged)
      #expect(next.engine.place(of: 0)?.site == "home")
    }
  }

  @Test func aCamera_hasItsPlace_andItsCountsToo() throws {
    var counts = CountRules(bucket: 10_000)
    counts.window.length = 120_000
    counts.window.aggregate = 60_000
    var bench = try CameraBench(
      RuleSet(rules: []), CameraBench.rules(CameraRules(counts: counts)))
    let place = SubjectPlace(location: Self.zurich, timeZone: "Europe/Zurich", site: "s-1")
    for tick in 0..<60 {
      bench.see(
        [Seen("person", 0.9)], at: Int64(tick) * 1_000, device: "hall/door",
        place: tick < 30 ? place : SubjectPlace())
    }
    let decisions = bench.take(sweep: 1)
    let camera = try #require(decisions.subjects.first { $0.identity.device == "hall/door" })
    let series = try #require(decisions.subjects.first { $0.identity.kind == "camera-count" })
    let row = try #require(decisions.row(camera.index))
    #expect(row.location == Self.zurich && row.timeZone == "Europe/Zurich" && row.site == "s-1")
    #expect(bench.engine.place(of: camera.index) == place)
    #expect(bench.engine.place(of: series.index) == place)
  }

  /// What cameras repeat is noted in short: it must come to the same as if each frame were looked at.
  @Test(arguments: 1...20)
  func framesInAnyOrder_leaveWhatTheNewestSaid(_ seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    var bench = try CameraBench(RuleSet(rules: []))
    let said: [SubjectPlace] = [
      SubjectPlace(), SubjectPlace(site: "s-1"), SubjectPlace(site: "a site with a longer name"),
      SubjectPlace(location: Self.zurich, timeZone: "America/New_York"),
      SubjectPlace(location: Self.bern, timeZone: "Europe/Zurich", site: "s-1"),
      SubjectPlace(timeZone: "Europe/Zurich"),
    ]
    var known = KnownPlace()
    var newest: Int64 = 0
    var place = said[0]
    for step in 0..<300 {
      if Int.random(in: 0..<4, using: &generator) == 0 {
        place = said.randomElement(using: &generator) ?? place
      }
      let time = newest + Int64.random(in: -3_000...2_000, using: &generator)
      newest = max(newest, time)
      bench.see([], at: time, place: place)
      place.withReportedPlace { _ = known.take($0, at: CameraBench.start + time) }
      guard step % 7 == 0 else { continue }
      if step % 70 == 0 { bench.engine.advanceClock(of: 0, to: CameraBench.start + newest + 1) }
      guard let row = bench.take(sweep: 1).rows.last else { continue }
      var evidence = row.evidence
      #expect(KnownPlace(row, evidence: &evidence) == known || known == KnownPlace())
    }
    #expect(known != KnownPlace())
  }
}

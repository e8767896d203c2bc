import Detection
import Testing

@Suite struct NoveltyDetectorTests {
  /// A day's rhythm with noise, every five minutes.
  func series(_ count: Int, seed: UInt64 = 3) -> [SeriesPoint] {
    var random = SplitMix(state: seed)
    return (0..<count).map { index in
      let phase = index % 288
      let day = phase < 100 ? 20.0 : phase < 200 ? 60.0 : 35.0
      return SeriesPoint(
        time: 1_400_000_000_000 + Int64(index) * 300_000,
        value: day + random.number(below: 1_000) / 100)
    }
  }

  func scores(_ points: [SeriesPoint], _ rules: NoveltyRules = NoveltyRules()) -> [Double?] {
    var detector = NoveltyDetector(rules)
    return points.map { detector.score($0) }
  }

  @Test func nothingIsJudgedInTheWarmUp() {
    let rules = NoveltyRules()
    let found = scores(series(rules.warmUp + 10), rules)
    #expect(found.prefix(rules.warmUp).allSatisfy { $0 == nil })
    #expect(found.dropFirst(rules.warmUp).allSatisfy { $0 != nil })
  }

  @Test func whatWasNeverSeenIsOddAndWhatIsUsualIsNot() throws {
    var points = series(6_000)
    points[5_500].value = 160
    let found = scores(points)
    let odd = try #require(found[5_500])
    #expect(odd > NoveltyRules().threshold)
    let usual = found[4_000..<5_500].count { ($0 ?? 0) > NoveltyRules().threshold }
    #expect(usual == 0)
  }

  @Test func aLastingChangeIsToldAtItsBeginning() throws {
    var points = series(6_000)
    for index in 5_000..<6_000 { points[index].value += 80 }
    let found = scores(points)
    #expect(try #require(found[5_000]) > 1)
    #expect(found[5_001..<5_060].allSatisfy { ($0 ?? 0) <= 1 || ($0 ?? 0) > (found[5_000] ?? 0) })
  }

  @Test func aSampleScoresOnlyIfItIsOdderThanThoseBefore() {
    var rules = NoveltyRules()
    rules.quiet = 50
    let found = scores(series(5_000, seed: 9), rules).map { $0 ?? 0 }
    for index in 50..<found.count where found[index] > 0 {
      #expect(found[index - 50..<index].allSatisfy { $0 < found[index] })
    }
  }

  @Test(arguments: [45.0, 0.1, -1e-7, 1e12, 0])
  func aConstantSeriesIsNeverOdd(level: Double) {
    let points = series(3_000).map { SeriesPoint(time: $0.time, value: level) }
    #expect(scores(points).allSatisfy { ($0 ?? 0) <= 1 })
  }

  @Test func theUnitDoesNotMatter() {
    // A power of two changes no digit of the arithmetic.
    let points = series(4_000)
    let scaled = points.map { SeriesPoint(time: $0.time, value: $0.value * 1_024) }
    #expect(scores(points) == scores(scaled))
  }

  @Test func samplesThatDoNotAdvanceAreLeftOut() {
    let points = series(3_000)
    var mixed: [SeriesPoint] = []
    for (index, point) in points.enumerated() {
      mixed.append(point)
      if index % 7 == 0 { mixed.append(SeriesPoint(time: point.time, value: 1_000)) }
      if index % 11 == 0 { mixed.append(SeriesPoint(time: point.time - 1, value: -1_000)) }
      if index % 13 == 0 { mixed.append(SeriesPoint(time: point.time + 1, value: .nan)) }
    }
    let plain = scores(points).compactMap { $0 }
    #expect(scores(mixed).compactMap { $0 } == plain)
  }

  @Test(arguments: [0, 1, 50, 199, 200, 201, 215, 300, 700, 2_999])
  func savedAndTakenUpAgainItGoesOnToTheBit(cut: Int) throws {
    var rules = NoveltyRules()
    rules.window = 400
    let points = series(3_000, seed: 5)
    var whole = NoveltyDetector(rules)
    var before = NoveltyDetector(rules)
    for point in points.prefix(cut) {
      _ = whole.score(point)
      _ = before.score(point)
    }
    var writer = DetectorStateWriter()
    before.save(to: &writer)
    var reader = DetectorStateReader(writer.bytes)
    var after = try #require(NoveltyDetector(rules, from: &reader))
    #expect(reader.isAtEnd)
    #expect(after == whole)
    for point in points.dropFirst(cut) {
      #expect(after.score(point)?.bitPattern == whole.score(point)?.bitPattern)
    }
  }

  @Test func itCanBeSavedAtEverySample() throws {
    var rules = NoveltyRules()
    rules.window = 300
    let points = series(1_200, seed: 6)
    let expected = scores(points, rules)
    var detector = NoveltyDetector(rules)
    var found: [Double?] = []
    for point in points {
      var writer = DetectorStateWriter()
      detector.save(to: &writer)
      var reader = DetectorStateReader(writer.bytes)
      detector = try #require(NoveltyDetector(rules, from: &reader))
      found.append(detector.score(point))
    }
    #expect(found == expected)
  }

  @Test func spoiltStatesAreRefusedOrHarmless() {
    var detector = NoveltyDetector(NoveltyRules())
    let points = series(1_000)
    for point in points.prefix(900) { _ = detector.score(point) }
    var writer = DetectorStateWriter()
    detector.save(to: &writer)
    for length in stride(from: 0, to: writer.bytes.count, by: 97) {
      var reader = DetectorStateReader(Array(writer.bytes.prefix(length)))
      #expect(NoveltyDetector(NoveltyRules(), from: &reader) == nil)
    }
    var random = SplitMix(state: 8)
    for _ in 0..<300 {
      var bytes = writer.bytes
      bytes[Int(random.number(below: UInt64(bytes.count)))] = UInt8(random.number(below: 256))
      var reader = DetectorStateReader(bytes)
      guard var other = NoveltyDetector(NoveltyRules(), from: &reader) else { continue }
      for point in points.suffix(20) {
        let score = other.score(point)
        #expect(score ?? 0 >= 0 && (score ?? 0).isFinite)
      }
    }
  }
}

import Detection
import Events
import Foundation
import Testing

@testable import Store

struct FallTests {
  @Test func aCandidateComesBackWithEverything() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    try store.introduce([model("aa"), model("bb", name: "next.txt")], at: moment)
    var batch = Decisions()
    var full = candidate(1, .fall, active: 0.9, shadow: 0.4)
    full.scores.append(score(.impact, "", 1))
    batch.fallCandidates = [full, candidate(2, at: moment + 5)]
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    let found = try #require(try reader.fallCandidate(1))
    #expect(found.identity == identity(1) && found.time == moment)
    #expect(found.decided == moment + 2_000 && found.peak == 3.2 && found.outcome == .fall)
    #expect(found.features == featureValues && found.judgement == "a1b2c3d4")
    #expect(found.place == RecordPlace(topic: "accelerometer", partition: 3, offset: 7))
    #expect(found.scores.map(\.role) == [.active, .shadow, .impact])
    #expect(found.scores.map { $0.model?.name } == ["fall.json", "next.txt", nil])
    #expect(found.scores.map(\.isFall) == [true, false, true])
    #expect(found.scores[0].probability == 0.9 && found.scores[0].threshold == 0.5)
    #expect(found.scores[0].model?.firstUsed == moment && found.alert == nil)
    #expect(try reader.fallCandidate(3) == nil)
    #expect(try reader.fallCandidates(of: identity(2), from: 0, to: .max).count == 1)
    #expect(try reader.fallCandidates(of: identity(1), from: moment, to: moment).count == 1)
  }

  @Test func whatIsNoNumberIsTaken() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var odd = candidate(active: .nan)
    odd.peak = .nan
    odd.features = featureValues.map { _ in .nan }
    var batch = Decisions()
    batch.fallCandidates = [odd]
    try store.apply(batch)
    let found = try #require(try StoreReader(path: folder.database).fallCandidate(1))
    #expect(found.peak == nil && found.scores[0].probability == nil)
    #expect(found.features.count == featureValues.count && found.features.allSatisfy(\.isNaN))
  }

  /// Records of a program that knew other features.
  @Test func featuresAreReadByTheirNames() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.fallCandidates = [candidate()]
    try store.apply(batch)
    let last = try #require(FallFeature.allCases.last)
    try store.connection.execute(
      """
      UPDATE feature_sets SET names = 'of_old' || char(10) || '\(last.name)';
      UPDATE fall_rows SET features = x'00000000000008400000000000001040';
      """, attempted: "")
    let found = try #require(try StoreReader(path: folder.database).fallCandidate(1)).features
    #expect(found.last == 4 && found.count == FallFeature.allCases.count)
    #expect(found.dropLast().filter { !$0.isNaN }.isEmpty)
  }

  @Test func aFailedBatchLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.fallCandidates = [candidate(shadow: 0.9)]
    batch.detectorStates = [DetectorState(subject: 99, bytes: [1])]
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
    for table in ["fall_rows", "fall_score_rows", "model_rows", "feature_sets"] {
      #expect(try texts("SELECT count(*) FROM \(table)", store.connection) == ["0"], "\(table)")
    }
    batch.detectorStates = [DetectorState(subject: 1, bytes: [1])]
    try store.apply(batch)
    #expect(try texts("SELECT id FROM fall_rows", store.connection) == ["1"])
    #expect(try texts("SELECT hash FROM models ORDER BY id", store.connection) == ["aa", "bb"])
    batch.fallCandidates[0].features = [1, 2] + featureValues
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
  }

  @Test func aModelKeepsItsFirstUseAndTakesANewName() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    var batch = Decisions()
    batch.fallCandidates = [candidate()]
    try store.apply(batch)
    try store.introduce([model("aa")], at: moment + 9_000)
    store.close()
    store = try Store(path: folder.database)
    try store.introduce([model("aa", name: "renamed.json"), model("cc")], at: moment + 10_000)
    #expect(
      try texts(
        "SELECT hash || ' ' || name || ' ' || first_used FROM model_rows ORDER BY id",
        store.connection)
        == ["aa renamed.json \(moment + 2_000)", "cc fall.json \(moment + 10_000)"])
  }

  @Test func detectorsStatesGoWithTheBatchAndComeBack() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0), row(1), row(2)]
    batch.detectorStates = [
      DetectorState(subject: 0, bytes: [1, 2, 3]), DetectorState(subject: 1, bytes: [4]),
    ]
    try store.apply(batch)
    batch = Decisions()
    batch.detectorStates = [
      DetectorState(subject: 0, bytes: [9, 0, 9]), DetectorState(subject: 1, bytes: []),
    ]
    try store.apply(batch)
    // What fails changes nothing.
    batch.detectorStates = [DetectorState(subject: 0, bytes: [7])]
    batch.progress = [PartitionProgress(partition: 77, next: 1, rewind: 1)]
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
    store.close()
    store = try Store(path: folder.database)
    var found: [[UInt8]] = []
    try store.forEachStatus { _, _, detectors in
      found.append(detectors)
      return nil
    }
    #expect(found == [[9, 0, 9], [], []])
  }

  @Test func modelsInUseAreThoseOfTheRulesAndTheirOverrides() {
    var rules = StreamRules()
    #expect(rules.modelUses.isEmpty)
    var falls = FallRules()
    falls.model = FallModelRules(model: model("aa"), threshold: 0.5)
    falls.shadow = FallModelRules(model: model("bb"), threshold: 0.6)
    rules.falls = falls
    falls.shadow = nil
    falls.early = FallModelRules(model: model("cc"), threshold: 0.7)
    rules.overrides = [
      RulesOverride(
        users: ["climber-*"], zscore: rules.zscore, series: rules.series, falls: falls,
        status: rules.status)
    ]
    let uses = rules.modelUses
    #expect(uses.map(\.role) == [.active, .shadow, .active, .early])
    #expect(uses.map(\.model.hash) == ["aa", "bb", "aa", "cc"])
    #expect(uses.map(\.users) == [[], [], ["climber-*"], ["climber-*"]])
    #expect(uses.map(\.threshold) == [0.5, 0.6, 0.5, 0.7] && uses[0].kind == "wearer")
  }

  @Test func candidatesGoWithTheirAgeAndTheirScoresWithThem() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    func add(_ count: Int, at time: Int64) throws {
      var batch = Decisions()
      batch.fallCandidates = (0..<count).map { candidate(at: time + Int64($0), shadow: 0.9) }
      try store.apply(batch)
    }
    let policy = Retention(maxAge: 100_000)
    try add(80, at: 0)
    #expect(try store.prune(now: 1_000_000, policy: policy).deleted == 0)
    try add(20, at: 500)
    #expect(try store.prune(now: 1_050_000, policy: policy).deleted == 0)
    var deleted = 0
    while true {
      let result = try store.prune(now: 1_100_000, policy: policy, budget: 30)
      #expect(result.fallCandidates <= 30)
      deleted += result.fallCandidates
      if result.isFinished { break }
    }
    #expect(deleted == 80)
    #expect(try texts("SELECT min(id), max(id) FROM fall_rows", store.connection) == ["81"])
    #expect(
      try texts("SELECT count(*) || min(candidate) FROM fall_score_rows", store.connection)
        == ["4081"])
    #expect(try texts("SELECT count(*) FROM models", store.connection) == ["2"])
  }

  @Test func theNewestCandidatesAreSparedForTheirSize() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.fallCandidates = (0..<200).map { candidate(at: Int64($0)) }
    for place in 0..<500 as Range<Int64> {
      batch.addWindow(0, start: place * 10_000, values: (0..<500).map { $0 &* 7_777_777 })
    }
    try store.apply(batch)
    var windows = 0
    var candidates = 0
    while true {
      let result = try store.prune(now: 0, policy: Retention(maxBytes: 1 << 18), budget: 50)
      windows += result.windows
      candidates += result.fallCandidates
      if result.isFinished { break }
    }
    // An eighth of a quarter of a mebibyte has room for 32 of them.
    #expect(windows == 500 && candidates == 168)
  }
}

import Glibc
import Testing

@testable import simulation

@Suite struct PopulationTests {
  @Test(arguments: RecordFormat.allCases)
  func theSameConfigurationMakesTheSameStream(_ format: RecordFormat) throws {
    func record(seed: UInt64) throws -> StreamRecording {
      try StreamRecording(records: 2_000) {
        $0.format = format
        $0.hertz = 5
        $0.seed = seed
        $0.anomalyEvery = 20
        $0.disturbances.late = 0.05
        $0.disturbances.outOfOrder = 0.05
        $0.disturbances.duplicates = 0.05
        $0.disturbances.malformed = 0.05
      }
    }
    let one = try record(seed: 7)
    let same = try record(seed: 7)
    let other = try record(seed: 8)
    #expect(one.messages == same.messages)
    #expect(one.truths == same.truths)
    #expect(one.messages != other.messages)
  }

  @Test(arguments: [RecordFormat.axes, .burst])
  func placedWearersTellWhereTheyAre_andAllElseStays(_ format: RecordFormat) throws {
    func record(placed: Double) throws -> StreamRecording {
      try StreamRecording(records: 4_000) {
        $0.users = 200
        $0.format = format
        $0.hertz = 3
        $0.anomalyEvery = 50
        $0.disturbances.malformed = 0.02
        $0.placed = placed
      }
    }
    let plain = try record(placed: 0)
    let placed = try record(placed: 0.1)
    #expect(plain.truths == placed.truths)
    #expect(plain.messages.count == placed.messages.count)
    var places: [String: Set<String>] = [:]
    for (one, other) in zip(plain.messages, placed.messages) where one != other {
      let match = try #require(
        other.text.firstMatch(
          of: #/,"latitude":(-?[0-9.]+),"longitude":(-?[0-9.]+),"timezone":"([A-Za-z_/]+)"/#),
        "\(other.text)")
      #expect(other.text.replacing(match.0, with: "") == one.text)
      #expect(ReadRecord(other.value, format) != nil)
      #expect(abs(Double(match.1) ?? 100) <= 90 && abs(Double(match.2) ?? 200) <= 180)
      places[other.key, default: []].insert("\(match.1) \(match.2)")
    }
    #expect((10...32).contains(places.count))
    #expect(places.values.allSatisfy { $0.count > 1 })
  }

  @Test func aWearerDoesNotDependOnHowManyOthersThereAre() throws {
    func ofUser3(_ users: Int) throws -> [Double] {
      try StreamRecording(records: users * 50) {
        $0.users = users
        $0.format = .burst
        $0.hertz = 4
      }
      .messages.filter { $0.key == "u-3" }
      .flatMap { ReadRecord($0.value, .burst)?.values ?? [] }
    }
    // The wearers' turns move by fractions of a second, the motion hardly: compare the mean.
    let few = try ofUser3(5)
    let many = try ofUser3(50)
    #expect(few.count == 200 && many.count == 200)
    let difference = few.reduce(0, +) - many.reduce(0, +)
    #expect(abs(difference) < 20)
  }

  @Test(arguments: RecordFormat.allCases)
  func everyRecordIsValidJSONOfItsFormat(_ format: RecordFormat) throws {
    let stream = try StreamRecording(records: 3_000) {
      $0.format = format
      $0.anomalyEvery = 50
      $0.hertz = 10
    }
    #expect(stream.messages.count == 3_000)
    for (i, message) in stream.messages.enumerated() {
      let record = try #require(ReadRecord(message.value, format), "\(message.text)")
      #expect(record.user == message.key)
      #expect(message.key == (format == .original ? "\(i % 10)" : "u-\(i % 10)"))
      let due = StreamRecording.start + Int64(i * 100)
      #expect(message.due == due)
      #expect(record.time == Double(format == .burst ? due - 1_000 : due))
      #expect(record.values.count == (format == .burst ? 10 : 1))
      // Nobody accelerates by more than 16 g, not even in a glitch.
      #expect(record.values.allSatisfy { $0 >= 0 && $0 < 16.5 })
    }
  }

  @Test func theOriginalsRecordIsWrittenAsItsProducerDid() throws {
    let stream = try StreamRecording(records: 1) { $0.format = .original }
    let text = try #require(stream.messages.first?.text)
    let pattern = /\{"userid": "0", "time": "2026-01-01 00:00:00 000000", "acc": "\d\.\d{4}"\}/
    #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
  }

  @Test func restIsOneGAndRunningIsFarBelowAFall() throws {
    let stream = try StreamRecording(records: 20_000) {
      $0.format = .burst
      $0.hertz = 20
    }
    let values = stream.messages.flatMap { ReadRecord($0.value, .burst)?.values ?? [] }
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - 1) < 0.05)
    #expect(values.max() ?? 9 < 2.9)
    // All of rest, walking and running occur.
    let (still, lively, fast) = (
      values.count { abs($0 - 1) < 0.05 }, values.count { $0 > 1.2 && $0 < 1.4 },
      values.count { $0 > 1.6 }
    )
    #expect(still > values.count / 4)
    #expect(lively > values.count / 100)
    #expect(fast > values.count / 1_000)
  }

  @Test(arguments: RecordFormat.allCases)
  func whatIsExtraordinaryIsInTheTruthAndTheOtherWayRound(_ format: RecordFormat) throws {
    let stream = try StreamRecording(records: 20_000) {
      $0.users = 20
      $0.format = format
      $0.anomalyEvery = 100
      $0.hertz = 50
    }
    var peaks: [String: [(time: Double, value: Double)]] = [:]
    for message in stream.messages {
      let record = try #require(ReadRecord(message.value, format))
      for (i, value) in record.values.enumerated() where value > 2.95 {
        let time = record.time + (record.hertz > 0 ? Double(i) * 1_000 / record.hertz : 0)
        peaks[record.user, default: []].append((time, value))
      }
    }
    let events = stream.truths.filter { $0.kind == .fall || $0.kind == .outlier }
    #expect(events.count == stream.counters.falls + stream.counters.outliers)
    #expect(stream.counters.falls > 20 && stream.counters.outliers > 20)
    let end = Double(StreamRecording.start + 20_000 / 20 * 1_000) - 3_000
    for event in events where Double(event.end) < end {
      let seen = peaks[event.user]?.contains {
        $0.time >= Double(event.start) - 1 && $0.time <= Double(event.end) + 1
      }
      #expect(seen == true, "\(event)")
    }
    for (user, times) in peaks {
      for (time, value) in times {
        let told = events.contains {
          $0.user == user && time >= Double($0.start) - 1 && time <= Double($0.end) + 1
        }
        #expect(told, "\(user) \(time) \(value)")
      }
    }
  }

  @Test func aFallIsFreeFallThenImpactThenStillness() throws {
    let stream = try StreamRecording(records: 600) {
      $0.users = 1
      $0.format = .burst
      $0.hertz = 50
      $0.anomalyEvery = 100
      $0.falls = 1
    }
    let samples = stream.messages.compactMap { ReadRecord($0.value, .burst) }.flatMap { record in
      record.values.enumerated().map { (record.time + Double($0) * 20, $1) }
    }
    let falls = stream.truths.filter { $0.kind == .fall }
    #expect(!falls.isEmpty)
    for fall in falls where Double(fall.end) + 10_000 < samples.last?.0 ?? 0 {
      let during = samples.filter { $0.0 >= Double(fall.start) && $0.0 <= Double(fall.end) }
      #expect(during.map(\.1).min() ?? 1 < 0.45)
      #expect((2.95...8.1).contains(during.map(\.1).max() ?? 0))
      let lowest = during.min { $0.1 < $1.1 }?.0 ?? 0
      let highest = during.max { $0.1 < $1.1 }?.0 ?? 0
      #expect(lowest < highest)
      let after = samples.filter {
        $0.0 > Double(fall.end) + 100 && $0.0 < Double(fall.end) + 10_000
      }
      #expect(after.allSatisfy { abs($0.1 - 1) < 0.05 })
    }
  }

  @Test func aFallTurnsTheDevice() throws {
    for seed in 1...20 {
      var motion = Motion(seed: UInt64(seed), user: 0)
      var random = SplitMix64(UInt64(seed), user: 0, index: 0, purpose: .record)
      let fall = Fall(onset: 99.7, impact: 100, upBefore: motion.posture(at: 99.7), &random)
      let before = motion.posture(at: 99)
      motion.fall = fall
      func angle(at time: Double) -> Double {
        let value = motion.sample(at: time, &random)
        let length = (value * value).sum().squareRoot()
        return acos((value * before).sum() / length) * 180 / Double.pi
      }
      #expect((40...140).contains(angle(at: 102)))
      #expect((40...140).contains(angle(at: 110)))
      // It is on its way when the body hits the ground.
      #expect(angle(at: 100) > 20)
    }
  }

  @Test func sharesAreKept() throws {
    let records = 100_000
    let stream = try StreamRecording(records: records) {
      $0.users = 1_000
      $0.anomalyEvery = 200
      $0.falls = 0.25
      $0.disturbances.late = 0.02
      $0.disturbances.outOfOrder = 0.03
      $0.disturbances.duplicates = 0.04
      $0.disturbances.malformed = 0.05
    }
    let c = stream.counters
    // Four standard deviations of a binomial; the seed is fixed, so this either holds or not.
    func expect(_ count: Int, _ share: Double) {
      let mean = share * Double(records)
      #expect(abs(Double(count) - mean) < 4 * mean.squareRoot(), "\(count) for \(mean)")
    }
    expect(c.late, 0.02)
    expect(c.outOfOrder, 0.03)
    expect(c.duplicates, 0.04)
    expect(c.malformed, 0.05)
    // Some wearers are down at any moment and have no second anomaly.
    #expect((400...520).contains(c.falls + c.outliers))
    #expect((80...150).contains(c.falls))
    #expect(c.records == records)
    #expect(c.messages == records + c.duplicates)
    #expect(stream.messages.count == c.messages)
    let told = [c.falls, c.outliers, c.late, c.outOfOrder, c.duplicates, c.malformed]
    #expect(stream.truths.count == told.reduce(0, +))
  }

  @Test func lateRecordsComeLateAndTheOrderOfDueTimesHolds() throws {
    let stream = try StreamRecording(records: 5_000) {
      $0.disturbances.late = 0.02
      $0.disturbances.lateBy = 7_000
      $0.disturbances.outOfOrder = 0.02
    }
    let late = Set(stream.truths.filter { $0.kind == .late }.map { "\($0.user) \($0.start)" })
    let swapped = Set(
      stream.truths.filter { $0.kind == .outOfOrder }.map { "\($0.user) \($0.start)" })
    var seen: [String: Double] = [:]
    var before: Int64 = 0
    for message in stream.messages {
      #expect(message.due >= before)
      before = message.due
      let record = try #require(ReadRecord(message.value, .axes))
      let name = "\(record.user) \(Int64(record.time))"
      let delay = Double(message.due) - record.time
      if late.contains(name) {
        #expect(delay == 7_000)
      } else if swapped.contains(name) {
        #expect(delay == 1_501)
        // The wearer's next record, if it was on time, has been seen.
        let next = "\(record.user) \(Int64(record.time) + 1_000)"
        let isLast = message.due > StreamRecording.start + 499_000
        if !isLast, !late.contains(next), !swapped.contains(next) {
          #expect(seen[record.user] ?? 0 > record.time)
        }
      } else {
        #expect(delay == 0)
      }
      seen[record.user] = max(seen[record.user] ?? 0, record.time)
    }
  }

  @Test func duplicatesAreTheSameBytesOneAfterTheOther() throws {
    let stream = try StreamRecording(records: 500) { $0.disturbances.duplicates = 1 }
    #expect(stream.messages.count == 1_000)
    for i in stride(from: 0, to: 1_000, by: 2) {
      #expect(stream.messages[i] == stream.messages[i + 1])
    }
  }

  @Test(arguments: RecordFormat.allCases)
  func everyKindOfMalformedRecordIsRefusedByAnIndependentReader(_ format: RecordFormat) throws {
    for kind in Malformation.allCases {
      var buffer = RecordBuffer()
      for offset in 0..<9 {
        buffer.removeAll()
        kind.write(
          to: &buffer, format: format, user: "u-1", time: StreamRecording.start + Int64(offset))
        let bytes = Array(buffer.view)
        #expect(ReadRecord(bytes, format) == nil, "\(kind)")
        #expect(!bytes.contains(0x0A))
        #expect(kind == .empty || !bytes.isEmpty)
      }
    }
    // And all of them turn up.
    let stream = try StreamRecording(records: 500) {
      $0.format = format
      $0.disturbances.malformed = 1
    }
    #expect(Set(stream.truths.map(\.detail)) == Set(Malformation.allCases.map(\.rawValue)))
  }

  @Test func settingsOutOfRangeAreRefused() {
    func expectRefused(_ change: (inout PopulationConfiguration) -> Void) {
      var configuration = PopulationConfiguration(startTime: 0)
      change(&configuration)
      #expect(throws: SimulationError.self) { try Population(configuration) }
    }
    expectRefused { $0.users = 0 }
    expectRefused { $0.rate = 0 }
    expectRefused { $0.rate = .nan }
    expectRefused { $0.hertz = 0 }
    expectRefused {
      $0.rate = 0.001
      $0.hertz = 1_000
    }
    expectRefused { $0.disturbances.late = -0.1 }
    expectRefused { $0.disturbances.malformed = 1.1 }
    expectRefused {
      $0.disturbances.late = 0.6
      $0.disturbances.duplicates = 0.6
    }
    expectRefused { $0.anomalyEvery = -1 }
    expectRefused { $0.startTime = -1 }
    expectRefused { $0.userPrefix = "\"" }
    expectRefused { $0.device = "a\nb" }
  }

  @Test func aTruthIsOneLineOfJSON() {
    let truth = Truth(kind: .outOfOrder, user: "u-1", start: 1, end: 2, detail: "x")
    #expect(
      truth.json
        == #"{"kind":"out_of_order","user":"u-1","start":1,"end":2,"detail":"x"}"#)
    let visit = Truth(
      kind: .person, user: "c-1", device: "door", start: 1, end: 2,
      visit: Truth.Visit(className: "person", zone: "restricted", isThreat: true))
    let fields =
      #"{"kind":"person","user":"c-1","device":"door","start":1,"end":2,"class":"person","#
      + #""zone":"restricted","is_threat":true,"detail":""}"#
    #expect(visit.json == fields)
  }
}

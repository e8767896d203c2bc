import Foundation
import Testing

@testable import simulation

@Suite struct CameraPopulationTests {
  @Test(arguments: CameraRecordFormat.allCases)
  func theSameConfigurationMakesTheSameStream(_ format: CameraRecordFormat) throws {
    func record(seed: UInt64) throws -> StreamRecording {
      try StreamRecording(cameraSeconds: 600) {
        $0.format = format
        $0.seed = seed
        $0.activity = 20
        $0.badTags = 0.05
        $0.disturbances.late = 0.05
        $0.disturbances.outOfOrder = 0.05
        $0.disturbances.duplicates = 0.05
        $0.disturbances.malformed = 0.05
      }
    }
    let one = try record(seed: 7)
    let same = try record(seed: 7)
    let other = try record(seed: 8)
    #expect(one.messages.count > 500)
    #expect(one.messages == same.messages)
    #expect(one.truths == same.truths)
    #expect(one.messages != other.messages)
  }

  @Test func everyFrameIsARecordInItsTurn() throws {
    let stream = try StreamRecording(cameraSeconds: 300) {
      $0.users = 2
      $0.cameras = 5
      $0.activity = 20
    }
    #expect(stream.messages.count == 300 * 2 * 10)
    let devices = ["door", "yard", "dock", "hall", "door-2"]
    for (i, message) in stream.messages.enumerated() {
      let frame = try #require(ReadFrame(message.value, .acalert), "\(message.text)")
      #expect(frame.user == "c-\(i % 10 / 5 + 1)" && frame.user == message.key)
      #expect(frame.device == devices[i % 5])
      #expect(frame.time == StreamRecording.start + Int64(i * 50))
      #expect(frame.time == message.due)
      #expect(frame.objects.allSatisfy { $0.probability >= 0.29 })
    }
  }

  @Test func tenUsersShareASiteAndItsTimeZone() throws {
    let stream = try StreamRecording(cameraSeconds: 1) { $0.users = 60 }
    var zones: [String: String] = [:]
    for message in stream.messages {
      let record = try #require(
        try JSONSerialization.jsonObject(with: Data(message.value)) as? [String: Any])
      let number = try #require(Int(message.key.dropFirst(2)))
      let site = try #require(record["site"] as? String)
      #expect(site == "s-\((number - 1) / 10 + 1)")
      let zone = try #require(record["timezone"] as? String)
      #expect(zones[site, default: zone] == zone)
      zones[site] = zone
      // The offset that the world goes by is the zone's, the year round.
      let known = try #require(SiteZone(rawValue: zone))
      for month in 0..<12 {
        let date = Date(timeIntervalSince1970: 1_767_225_600 + Double(month) * 30 * 86_400)
        let seconds = TimeZone(identifier: zone)?.secondsFromGMT(for: date)
        #expect(seconds == Int(known.offset * 3_600))
      }
    }
    #expect(zones.count == 6 && Set(zones.values).count == 5)
  }

  @Test func aFrigateObjectBeginsOnceAndEndsOnce() throws {
    let stream = try StreamRecording(cameraSeconds: 1_800) {
      $0.format = .frigate
      $0.activity = 30
    }
    var types: [String: [String]] = [:]
    var labels: [String: Set<String>] = [:]
    for message in stream.messages {
      let event = try #require(ReadFrame(message.value, .frigate), "\(message.text)")
      let id = try #require(event.id)
      types[id, default: []].append(try #require(event.type))
      labels[id, default: []].formUnion(event.objects.map(\.name))
    }
    #expect(types.count > 100)
    for (id, types) in types {
      #expect(types.first == "new" && types.count { $0 == "new" } == 1, "\(id)")
      #expect(types.dropLast().allSatisfy { $0 != "end" })
      #expect(labels[id]?.count == 1)
    }
    #expect(types.values.count { $0.last == "end" } > types.count - 20)
  }

  @Test(arguments: CameraRecordFormat.allCases)
  func disturbancesHaveTheSharesAskedFor(_ format: CameraRecordFormat) throws {
    let stream = try StreamRecording(cameraSeconds: 5_000) {
      $0.users = 1
      $0.format = format
      // Enough that nearly every frame shows something.
      $0.activity = format == .frigate ? 300 : 1
      $0.badTags = 0.06
      $0.disturbances.late = 0.02
      $0.disturbances.outOfOrder = 0.03
      $0.disturbances.duplicates = 0.04
      $0.disturbances.malformed = 0.05
    }
    let c = stream.counters
    #expect(c.records == 20_000)
    // The seed is fixed, so this either holds or not. In Frigate's format a frame can be silent.
    func expect(_ count: Int, _ share: Double) {
      let mean = share * 20_000
      let least = format == .frigate ? 0.8 * mean : mean - 4 * mean.squareRoot()
      #expect(Double(count) > least && Double(count) < mean + 4 * mean.squareRoot())
    }
    expect(c.late, 0.02)
    expect(c.outOfOrder, 0.03)
    expect(c.duplicates, 0.04)
    expect(c.malformed, 0.05)
    expect(c.badTags, 0.06 * 0.86)
    func told(_ kind: Truth.Kind) -> Int { stream.truths.count { $0.kind == kind } }
    #expect(told(.late) == c.late && told(.outOfOrder) == c.outOfOrder)
    #expect(told(.duplicate) == c.duplicates && told(.malformed) == c.malformed)
    #expect(told(.badTags) == c.badTags && told(.void) == c.voids)
    #expect(told(.person) + told(.animal) + told(.vehicle) == c.visits)
    if format == .acalert { #expect(c.messages == c.records + c.duplicates) }
    #expect(stream.messages.count == c.messages)
    // What is bad is refused, and nothing else.
    let bad = stream.messages.count {
      ReadFrame($0.value, format) == nil || $0.text.contains(#""user":"nobody-"#)
    }
    #expect(bad == c.malformed + c.badTags)
  }

  @Test func lateFramesComeLateAndTheOrderOfDueTimesHolds() throws {
    let stream = try StreamRecording(cameraSeconds: 600) {
      $0.disturbances.late = 0.02
      $0.disturbances.lateBy = 7_000
      $0.disturbances.outOfOrder = 0.02
    }
    var before: Int64 = 0
    var delays: [Int64: Int] = [:]
    for message in stream.messages {
      #expect(message.due >= before)
      before = message.due
      let frame = try #require(ReadFrame(message.value, .acalert))
      delays[message.due - frame.time, default: 0] += 1
    }
    #expect(Set(delays.keys) == [0, 751, 7_000])
    #expect(delays[7_000] == stream.counters.late)
    #expect(delays[751] == stream.counters.outOfOrder)
  }

  @Test(arguments: CameraRecordFormat.allCases)
  func everyKindOfMalformedRecordIsRefusedByAnIndependentReader(
    _ format: CameraRecordFormat
  ) throws {
    let template = CameraRecordTemplate(format: format, device: "door")
    for kind in Malformation.allCases {
      var buffer = RecordBuffer()
      for offset in 0..<9 {
        buffer.removeAll()
        kind.write(
          to: &buffer, format: template, user: "c-1",
          time: StreamRecording.start + Int64(offset))
        let bytes = Array(buffer.view)
        #expect(ReadFrame(bytes, format) == nil, "\(kind)")
        #expect(!bytes.contains(0x0A))
        #expect(kind == .empty || !bytes.isEmpty)
      }
    }
    // And all of them turn up, beside all kinds of bad tags.
    let stream = try StreamRecording(cameraSeconds: 200) {
      $0.format = format
      $0.activity = 300
      $0.badTags = 1
      $0.disturbances.malformed = 0.5
    }
    func details(_ kind: Truth.Kind) -> Set<String> {
      Set(stream.truths.filter { $0.kind == kind }.map(\.detail))
    }
    #expect(details(.malformed) == Set(Malformation.allCases.map(\.rawValue)))
    #expect(details(.badTags) == Set(BadTag.allCases.map(\.rawValue)))
  }

  @Test func settingsOutOfRangeAreRefused() {
    func expectRefused(_ change: (inout CameraPopulationConfiguration) -> Void) {
      var configuration = CameraPopulationConfiguration(startTime: 0)
      change(&configuration)
      #expect(throws: SimulationError.self) { try CameraPopulation(configuration) }
    }
    expectRefused { $0.users = 0 }
    expectRefused { $0.cameras = 17 }
    expectRefused { $0.rate = 0 }
    expectRefused { $0.rate = .nan }
    expectRefused { $0.activity = -1 }
    expectRefused { $0.noise = .infinity }
    expectRefused { $0.voids = -0.1 }
    expectRefused { $0.badTags = 1.1 }
    expectRefused { $0.disturbances.late = 2 }
    expectRefused { $0.startTime = -1 }
  }
}

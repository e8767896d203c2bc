import Testing

@testable import simulation

@Suite struct FaultRecordingTests {
  /// Short recordings that still have faults of each kind.
  private static func configuration(_ kind: FaultKind, seed: UInt64 = 5) -> FaultConfiguration {
    var configuration = FaultConfiguration(kind)
    configuration.seed = seed
    if kind.source != .meter { configuration.duration = 3 * 3_600_000 }
    return configuration
  }

  private static func recording(_ kind: FaultKind, user: Int = 1) throws -> FaultRecording {
    try FaultRecording(configuration(kind), user: user)
  }

  /// The recordings of a few devices, one of them coarse.
  private static func recordings(_ kind: FaultKind) throws -> [FaultRecording] {
    try (0..<6).map { try recording(kind, user: $0) }
  }

  private static func values(
    of fault: FaultRecording.Fault, in recording: FaultRecording
  ) -> [Double] {
    recording.readings.filter { fault.span.contains($0.time) }.map { Double($0.value) / 10_000 }
  }

  @Test(arguments: FaultKind.allCases)
  func theSameSeedMakesTheSameRecording_anotherAnother(_ kind: FaultKind) throws {
    let one = try Self.recording(kind)
    #expect(try Self.recording(kind) == one)
    #expect(try FaultRecording(Self.configuration(kind, seed: 6), user: 1).csv != one.csv)
    var more = Self.configuration(kind)
    more.users = 40
    #expect(try FaultRecording(more, user: 1) == one)
  }

  @Test(arguments: FaultKind.allCases)
  func faultsLieApartWithinTheRecording_andTimeGoesOn(_ kind: FaultKind) throws {
    for recording in try Self.recordings(kind) {
      let times = recording.readings.map(\.time)
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
      let first = try #require(times.first)
      let last = try #require(times.last)
      var before = first
      for fault in recording.faults {
        #expect(fault.span.lowerBound - before >= 500_000, "\(kind)")
        before = fault.span.upperBound
      }
      #expect(before < last)
    }
    #expect(try Self.recordings(kind).contains { !$0.faults.isEmpty })
  }

  @Test func aStuckDeviceShowsOneValue_orTwoThatAreOneStepApart() throws {
    var details: Set<String> = []
    for recording in try Self.recordings(.stuck) {
      for fault in recording.faults {
        details.insert(fault.detail)
        let values = Set(Self.values(of: fault, in: recording))
        #expect(values.count == (fault.detail == "held" ? 1 : 2))
        #expect((values.max() ?? 0) - (values.min() ?? 0) < 0.07)
      }
    }
    #expect(details == ["held", "flickers"])
  }

  @Test func ratesAreWhatTheFaultSays() throws {
    let expected: [(FaultKind, ClosedRange<Double>)] = [
      (.slow, 0.5...5.5), (.fast, 18...52), (.repeated, 18...52),
    ]
    for (kind, rates) in expected {
      for recording in try Self.recordings(kind) {
        for fault in recording.faults {
          let seconds = Double(fault.span.upperBound - fault.span.lowerBound) / 1_000
          // A dropout may take up to 20 s of it.
          guard seconds > 200 else { continue }
          let rate = Double(Self.values(of: fault, in: recording).count) / seconds
          #expect(rates.contains(rate), "\(kind) \(rate)")
        }
      }
    }
  }

  @Test func onlyRecordsThatAreRepeatedHaveTheSameTime() throws {
    for kind in [FaultKind.repeated, .fast] {
      let recording = try Self.recording(kind)
      let times = recording.readings.map(\.time)
      let twice = zip(times, times.dropFirst()).filter { $0 == $1 }.map(\.0)
      #expect(twice.isEmpty == (kind == .fast))
      #expect(twice.allSatisfy { time in recording.faults.contains { $0.span.contains(time) } })
    }
  }

  @Test func aBrokenChannelShowsWhatNobodyFeels_orTooMuch() throws {
    var details: Set<String> = []
    for recording in try Self.recordings(.limit) {
      for fault in recording.faults {
        details.insert(fault.detail)
        let values = Self.values(of: fault, in: recording)
        switch fault.detail {
        case "pinned": #expect(values.allSatisfy { $0 >= 16 })
        case "jumps": #expect(values.contains { $0 >= 16 } && values.contains { $0 < 4 })
        case "dead": #expect(values.allSatisfy { $0 < 0.03 })
        default: #expect(values.reduce(0, +) / Double(values.count) > 8)
        }
      }
      for reading in recording.readings
      where !recording.faults.contains(where: { $0.span.contains(reading.time) }) {
        #expect(reading.value < 90_000)
      }
    }
    #expect(details == ["pinned", "jumps", "dead", "scaled"])
  }

  @Test func aSpikeIsAFewReadings_aStepAndADriftAreOffTheLevel() throws {
    for kind in [FaultKind.spike, .step, .drift] {
      for recording in try Self.recordings(kind) {
        let all = recording.readings.map(\.value).sorted()
        let level = Double(all[all.count / 2]) / 10_000
        for fault in recording.faults {
          let distances = Self.values(of: fault, in: recording).map { abs($0 - level) }
          if kind == .spike {
            #expect((1...3).contains(distances.count))
            #expect(distances.allSatisfy { $0 > 1 })
          } else {
            #expect(distances.reduce(0, +) / Double(distances.count) > 1)
          }
        }
      }
    }
  }

  @Test func aMeterIsHealthyForFourWeeks() throws {
    for recording in try Self.recordings(.pattern) {
      let begin = try #require(recording.readings.first?.time)
      #expect(recording.faults.allSatisfy { $0.span.lowerBound - begin >= 28 * 86_400_000 })
    }
  }

  @Test func recordingsAndLabelsAreLinesThatABacktestReads() throws {
    let recording = try Self.recording(.spike)
    let lines = String(decoding: FaultRecording.header + recording.csv, as: UTF8.self)
      .split(separator: "\n")
    #expect(lines[0] == "user,device,ts,value")
    #expect(lines.count == recording.readings.count + 1)
    let first = recording.readings[0]
    let digits = String(first.value % 10_000)
    let value =
      "\(first.value / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
    #expect(lines[1] == "5-1,gauge,\(first.time),\(value)")
    let fault = try #require(recording.faults.first)
    #expect(
      recording.labelsCSV.hasPrefix(
        "5-1,gauge,\(fault.span.lowerBound),\(fault.span.upperBound),anomaly,spike,"))
    var short = Self.configuration(.spike)
    short.duration = 600_000
    let healthy = try FaultRecording(short, user: 0)
    #expect(healthy.labelsCSV.contains(",normal,"))
  }

  @Test func settingsOutOfRangeAreRefused() {
    func refused(_ change: (inout FaultConfiguration) -> Void) -> Bool {
      var configuration = FaultConfiguration(.stuck)
      change(&configuration)
      return (try? configuration.validate()) == nil
    }
    #expect(!refused { _ in })
    #expect(refused { $0.users = 0 })
    #expect(refused { $0.users = 10_001 })
    #expect(refused { $0.duration = 599_999 })
    #expect(refused { $0.duration = .max })
    #expect(refused { $0.startTime = -1 })
  }
}

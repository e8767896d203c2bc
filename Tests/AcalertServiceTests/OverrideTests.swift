import Detection
import ModelFiles
import Testing

@testable import AcalertService

struct OverrideTests {
  private static func stream(_ rest: String) throws -> StreamSettings {
    let text = "streams: [{name: a, topics: a, \(rest)}]"
    return try #require(try Configuration(text: text, file: "t").streams.first)
  }

  @Test func whatIsLeftOutIsAsInTheStream() throws {
    // The stream's own keys may come later in the file.
    let stream = try Self.stream(
      """
      overrides: [{users: "climber-*"}, {devices: [rig, "t?"], users: []}], zscore: {k: 5},
      status: {raise: {count: 4}}, detectors: {robust: {threshold: 9}}, combine: {hold: 2s},
      falls: {trigger: 2}
      """)
    #expect(stream.rules.overrides.map(\.users) == [["climber-*"], []])
    #expect(stream.rules.overrides.map(\.devices) == [[], ["rig", "t?"]])
    for entry in stream.rules.overrides {
      #expect(entry.zscore == stream.rules.zscore)
      #expect(entry.series == stream.rules.series)
      #expect(entry.falls == stream.rules.falls)
      #expect(entry.status == stream.rules.status)
    }
    #expect(stream.overrideModels == [stream.models, stream.models])
  }

  @Test func eachKeyChangesItselfAlone() throws {
    let stream = try Self.stream(
      """
      detectors: {robust: {threshold: 9, minSamples: 20}, range: {max: 8}}, combine: {hold: 2s},
      overrides: [{users: u, zscore: {k: 7.5}, detectors: {robust: {minSamples: 30}, range: off,
        rate: {}}, combine: {need: all}, status: {raise: {within: 9s}},
        falls: {model: {threshold: 0.9}, recovery: {angle: 50}}}]
      """)
    let entry = try #require(stream.rules.overrides.first)
    var zscore = stream.rules.zscore
    zscore.thousandthsOfK = 7_500
    #expect(entry.zscore == zscore)
    #expect(
      entry.series.detectors
        == [.robust(RobustRules(threshold: 9, minSamples: 30)), .rate(RateRules())])
    #expect(entry.series.combination == CombinationRules(need: .all, hold: 2_000))
    #expect(entry.status == StatusRules(raiseWithin: 9_000))
    var falls = try #require(stream.rules.falls)
    falls.model?.threshold = 0.9
    falls.recovery.angle = 50
    #expect(entry.falls == falls)
  }

  @Test func fallsCanBeToldOfSomeAlone() throws {
    let off = try Self.stream("overrides: [{users: u, falls: {enabled: false}}]")
    #expect(off.rules.falls != nil)
    #expect(off.rules.overrides[0].falls == nil)
    let on = try Self.stream(
      "falls: {enabled: false, trigger: 2}, overrides: [{users: u, falls: {enabled: true}}]")
    #expect(on.rules.falls == nil)
    #expect(on.rules.overrides[0].falls?.trigger == 2_000)
    #expect(on.rules.overrides[0].falls?.model?.model == StandardModels.fall)
  }

  @Test func versionFollowsOverrides() throws {
    func version(_ rest: String) throws -> String {
      try Configuration(text: "streams: [{name: a, topics: a, \(rest)}]", file: "t")
        .judgement(at: 0).version
    }
    let one = try version("overrides: [{users: u, zscore: {k: 7}}]")
    #expect(one != (try version("overrides: [{users: u, zscore: {k: 8}}]")))
    #expect(one != (try version("overrides: [{users: v, zscore: {k: 7}}]")))
    #expect(one == (try version("overrides: [{zscore: {k: 7}, users: [u]}]")))
  }
}

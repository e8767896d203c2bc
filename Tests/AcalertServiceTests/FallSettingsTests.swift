import Detection
import Foundation
import ModelFiles
import Testing

@testable import AcalertService

/// A logistic model of the peak alone, as its file.
func linearModel(intercept: Double, features: [String] = ["peak"]) -> String {
  """
  {"format": "acalert-linear/1", "features": [\(features.map { "\"\($0)\"" }.joined(separator: ", "))],
   "intercept": \(intercept), "coefficients": [\(features.map { _ in "1" }.joined(separator: ", "))]}
  """
}

struct FallSettingsTests {
  private static func stream(_ rest: String, file: String = "t") throws -> StreamSettings {
    let text = "streams: [{name: accelerometer, topics: accelerometer, \(rest)}]"
    return try #require(try Configuration(text: text, file: file).streams.first)
  }

  @Test func accelerationsAreJudgedByTheStandardModels() throws {
    let falls = try #require(try Self.stream("").rules.falls)
    #expect(falls.model?.model == StandardModels.fall)
    #expect(falls.model?.threshold == StandardModels.fallThreshold)
    #expect(falls.early?.model == StandardModels.possibleFall)
    #expect(falls.shadow == nil)
    #expect(falls.impact == nil)
    #expect(try Self.stream("unit: m/s2").rules.falls == falls)
    #expect(StreamSettings().rules.falls == falls)
    // Of the engine's own defaults it is the models alone that differ.
    var plain = falls
    plain.models = FallModels()
    #expect(plain == FallRules())
  }

  @Test func otherNumbersAreNotAskedForFalls() throws {
    #expect(try Self.stream("unit: none").rules.falls == nil)
    #expect(StreamSettings(cameras: CameraSettings()).rules.falls == nil)
    #expect(try Self.stream("falls: {enabled: false}").rules.falls == nil)
  }

  @Test func everyKeyIsRead() throws {
    let model = try TemporaryFile(linearModel(intercept: -3).utf8, suffix: ".json")
    let stream = try Self.stream(
      """
      falls: {enabled: true, trigger: 1.75, separation: 500ms,
        impact: {enabled: true, freeFall: 0.5, freeFallWithin: 900ms, peak: 3, rest: off, warns: no,
          restFor: 2s, restWithin: 6s, turn: 30.5},
        model: {file: \(model.path), threshold: 0.7}, early: {file: none},
        shadow: {file: standard, threshold: 0.9},
        combine: {need: all, weights: {model: 2, impact: 0.5}}, refractory: 20s,
        recovery: {angle: 40, upright: 5s, limit: 5m}, others: raise, minRate: 20,
        recordFrom: 0.3}
      """)
    let falls = try #require(stream.rules.falls)
    #expect(falls.trigger == 1_750)
    #expect(falls.separation == 500)
    #expect(
      falls.impact
        == ImpactRules(
          freeFall: 500, freeFallWithin: 900, peak: 3_000, rest: nil, restFor: 2_000,
          restWithin: 6_000, turn: 30.5, warns: false))
    #expect(falls.model?.threshold == 0.7)
    #expect(falls.model?.model.name == model.path.split(separator: "/").last.map(String.init))
    #expect(falls.early == nil)
    #expect(falls.shadow == FallModelRules(model: StandardModels.fall, threshold: 0.9))
    #expect(
      falls.combination == CombinationRules(need: .all, weights: ["model": 2, "impact": 0.5]))
    #expect(falls.refractory == 20_000)
    #expect(falls.recovery == RecoveryRules(angle: 40, upright: 5_000, limit: 300_000))
    #expect(falls.others == .raise)
    #expect(falls.minRate == 20)
    #expect(falls.recordFrom == 0.3)
    #expect(stream.models[.model] == .file(model.path))
    #expect(stream.models[.early] == .none)
    #expect(stream.models[.shadow] == .standard)
  }

  @Test func thresholdOfAnotherFileIsNotTheStandardOne() throws {
    let model = try TemporaryFile(linearModel(intercept: 0).utf8)
    #expect(
      try Self.stream("falls: {model: {file: \(model.path)}}").rules.falls?.model?.threshold == 0.5)
    #expect(
      try Self.stream("falls: {model: {threshold: 0.25}}").rules.falls?.model
        == FallModelRules(model: StandardModels.fall, threshold: 0.25))
    // Either may come first.
    #expect(
      try Self.stream("falls: {shadow: {threshold: 0.25, file: standard}}").rules.falls?.shadow
        == FallModelRules(model: StandardModels.fall, threshold: 0.25))
  }

  @Test func modelFilesAreSeenFromTheConfigurationsFolder() throws {
    let model = try TemporaryFile(linearModel(intercept: 0).utf8)
    let name = try #require(model.path.split(separator: "/").last)
    let stream = try Self.stream(
      "falls: {model: {file: \(name)}}", file: NSTemporaryDirectory() + "acalert.yaml")
    #expect(stream.rules.falls?.model?.model.name == String(name))
  }

  private static func fault(_ falls: String) -> ConfigurationError? {
    AcalertServiceTests.fault("streams: [{name: a, topics: a, falls: {\(falls)}}]")
  }

  @Test func filesThatAreNoModelsAreNamed() throws {
    let missing = try #require(Self.fault("model: {file: /nowhere/fall.json}"))
    #expect(missing.line == 1)
    #expect(
      missing.message
        == "streams[0].falls.model.file: cannot be used: /nowhere/fall.json: cannot be read; "
        + "does it exist, and may this user read it?")
    let text = try TemporaryFile("hello".utf8)
    #expect(
      Self.fault("shadow: {file: \(text.path)}")?.message.hasPrefix(
        "streams[0].falls.shadow.file: cannot be used: \(text.path): ") == true)
  }

  @Test func modelsThatAskForWhatIsNotMeasuredAreRefused() throws {
    let model = try TemporaryFile(
      linearModel(intercept: 0, features: ["peak", "shoe_size"]).utf8)
    #expect(
      Self.fault("early: {file: \(model.path)}")?.message.contains(
        "asks for the feature \"shoe_size\", which is not measured") == true)
  }

  @Test func earlyModelsMayOnlyAskForWhatIsKnownByThen() throws {
    guard let late = FallFeature.allCases.first(where: { $0.delay > 500 }) else { return }
    let model = try TemporaryFile(linearModel(intercept: 0, features: [late.name]).utf8)
    #expect(
      Self.fault("early: {file: \(model.path)}")?.message.contains(
        "which is known \(late.delay) ms after the peak") == true)
    #expect(Self.fault("shadow: {file: \(model.path)}") == nil)
  }

  @Test func summaryNamesTheModels() throws {
    let settings = try Configuration(
      text: """
        streams: [{name: a, topics: a, falls: {impact: {enabled: true}, combine: {need: all}},
          overrides: [{users: "climber-*", falls: {enabled: false}, zscore: {k: 6}}]}]
        """, file: "t")
    let summary = settings.summary(try RulesFiles(settings))
    let model = StandardModels.fall
    #expect(
      summary.contains(
        "  falls: model \(model.name), \(model.kind), sha256 \(model.hash.prefix(12)), from "))
    #expect(
      summary.contains(
        "  falls: impact, a peak of 2.5 g, rest below 0.2 g for 1s within 5s, turned by 45 degrees")
    )
    #expect(summary.contains("  falls: told by all of model and impact"))
    #expect(
      summary.contains(
        "  for users climber-*: flagged beyond 6 standard deviations\n    falls: not told"))
  }

  /// What docs/DETECTION.md compares with.
  @Test func rulesThatAreMeasuredAreConfigurations() throws {
    let folder = Repository.root.appendingPathComponent("training/rules")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count > 3)
    for file in files {
      let path = folder.appendingPathComponent(file).path
      let settings = try Configuration(
        text: String(contentsOfFile: path, encoding: .utf8), file: path)
      #expect(settings.streams.count == 1)
      let name = file.replacing(".yaml", with: "")
      if name.hasPrefix("fault-") {
        let script = try Repository.text("scripts/quality-faults")
        #expect(script.contains(" \(name.dropFirst(6)) "), "\(name)")
      } else {
        #expect(try Repository.text("scripts/quality").contains(name))
      }
    }
  }

  /// Each feature, and each key of a detector, is explained.
  @Test func theDetectorsAreDocumented() throws {
    let page = try Repository.text("docs/DETECTION.md")
    for feature in FallFeature.allCases { #expect(page.contains("| `\(feature.name)` |")) }
    for name in ["robust", "ewma", "cusum", "likelihood", "seasonal", "rate", "flatline", "range"] {
      #expect(page.contains("### `\(name)`"))
    }
    #expect(page.contains("### `novelty`") && page.contains("### `impact`"))
  }
}

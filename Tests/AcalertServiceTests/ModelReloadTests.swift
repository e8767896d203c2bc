import Detection
import Foundation
import Testing

@testable import AcalertService

/// A stream with a model of its own, an override with another, and a stream with the standard ones.
private struct Site {
  let model: TemporaryFile
  let other: TemporaryFile
  let settings: Configuration

  init() throws {
    model = try TemporaryFile(linearModel(intercept: -1).utf8, suffix: ".json")
    other = try TemporaryFile(linearModel(intercept: -2).utf8, suffix: ".json")
    settings = try Configuration(
      text: """
        streams:
          - {name: plain, topics: plain, kind: plain}
          - name: wrist
            topics: wrist
            falls: {model: {file: \(model.path), threshold: 0.6}}
            overrides:
              - {users: a, falls: {shadow: {file: \(other.path)}}}
              - {users: b, falls: {enabled: false}}
        """, file: "t")
  }

  func write(_ text: String, to file: TemporaryFile) throws {
    try text.write(toFile: file.path, atomically: true, encoding: .utf8)
  }
}

struct ModelReloadTests {
  @Test func newModelIsInstalledWhereverItIsUsed() throws {
    let site = try Site()
    let files = try RulesFiles(site.settings, now: { 5 })
    let before = files.judgement
    try site.write(linearModel(intercept: -7), to: site.model)
    var change: JudgementChange?
    let result = files.reload { change = $0 }
    #expect(result == .success(version: files.judgement.version, rules: 0, changed: true))
    let found = try #require(change)
    #expect(found.rules.isEmpty)
    #expect(found.models.keys.sorted() == [1])
    let models = try #require(found.models[1])
    let old = try #require(site.settings.streams[1].rules.falls?.models)
    #expect(models.stream.model?.model != old.model?.model)
    #expect(models.stream.model?.threshold == 0.6)
    #expect(models.stream.early == old.early)
    #expect(models.overrides.count == 2)
    #expect(models.overrides[0].model == models.stream.model)
    #expect(models.overrides[0].shadow == site.settings.streams[1].rules.overrides[0].falls?.shadow)
    #expect(models.overrides[1] == FallModels())
    #expect(found.judgement == files.judgement)
    #expect(found.judgement.version != before.version)
    let hash = try #require(models.stream.model?.model.hash)
    #expect(found.judgement.text.contains(hash.prefix(12)))
    #expect(files.streamRules[1].falls?.models == models.stream)
    #expect(files.streamRules[0] == site.settings.streams[0].rules)
  }

  @Test func sameFilesChangeNothing() throws {
    let site = try Site()
    let files = try RulesFiles(site.settings)
    let version = files.judgement.version
    #expect(version == site.settings.judgement(at: 0).version)
    #expect(
      files.reload { _ in Issue.record("something is installed") }
        == .success(version: version, rules: 0, changed: false))
    // Back and forth: what is compared with is what is in use.
    try site.write(linearModel(intercept: -7), to: site.other)
    _ = files.reload { _ in }
    try site.write(linearModel(intercept: -2), to: site.other)
    var change: JudgementChange?
    _ = files.reload { change = $0 }
    #expect(change != nil)
    #expect(files.judgement.version == version)
  }

  @Test(arguments: ["{", "", linearModel(intercept: 0, features: ["shoe_size"])])
  func badFileChangesNothingAndSaysWhy(_ text: String) throws {
    let site = try Site()
    let files = try RulesFiles(site.settings)
    let before = (files.judgement, files.streamRules)
    // A good one beside it is held back.
    try site.write(linearModel(intercept: -7), to: site.model)
    try site.write(text, to: site.other)
    let result = files.reload { _ in Issue.record("something is installed") }
    guard case .failure(let message) = result else {
      Issue.record("it is accepted")
      return
    }
    #expect(message.hasPrefix("\(site.other.path): "))
    #expect(files.judgement == before.0)
    #expect(files.streamRules == before.1)
    try FileManager.default.removeItem(atPath: site.other.path)
    guard case .failure = files.reload(install: { _ in Issue.record("installed") }) else {
      Issue.record("a missing file is accepted")
      return
    }
  }

  @Test func inboxKeepsWhatALaterChangeDoesNotSpeakOf() throws {
    let site = try Site()
    let files = try RulesFiles(site.settings)
    let inbox = RulesInbox()
    try site.write(linearModel(intercept: -7), to: site.model)
    _ = files.reload { inbox.put($0) }
    let models = try #require(files.streamRules[1].falls?.models)
    var later = JudgementChange(judgement: files.judgement)
    later.rules[7] = .standard
    inbox.put(later)
    let taken = try #require(inbox.take())
    #expect(taken.models[1]?.stream == models)
    #expect(taken.rules[7] == .standard)
    #expect(inbox.take()?.judgement == nil)
  }
}

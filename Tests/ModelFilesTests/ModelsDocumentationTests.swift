import Detection
import Foundation
import Testing

@testable import ModelFiles

/// What docs/MODELS.md says is what the script and the reader do.
@Suite struct ModelsDocumentationTests {
  private static func text(_ path: String) throws -> String {
    try String(
      contentsOf: PythonEnvironment.root.appendingPathComponent(path), encoding: .utf8)
  }

  private static func blocks(_ language: String) throws -> [String] {
    try text("docs/MODELS.md").matches(of: /```([a-z]*)\n((?:.|\n)*?)```/)
      .filter { $0.1 == language }.map { String($0.2) }
  }

  @Test func pythonShownIsPartOfTheScript() throws {
    let script = try Self.text("training/walkthrough.py")
    let blocks = try Self.blocks("python")
    #expect(blocks.count == 4)
    for block in blocks { #expect(script.contains(block), "\(block)") }
  }

  @Test func optionsShownAreThoseOfTheScript() throws {
    let script = try Self.text("training/walkthrough.py")
    let document = try Self.text("docs/MODELS.md")
    for option in ["--out", "--library", "--first", "--false-alarms"] {
      #expect(script.contains("add_argument(\"\(option)\""))
      #expect(document.contains(option))
    }
  }

  /// Features known half a second after the peak stand first, and the page says how many they are.
  @Test func earlyFeaturesComeFirstAndAreCounted() throws {
    let early = FallFeature.allCases.prefix { $0.delay <= 500 }.count
    #expect(early == FallFeature.allCases.filter { $0.delay <= 500 }.count)
    #expect(try Self.text("docs/MODELS.md").contains("`--first \(early)` takes"))
  }

  @Test func linearExampleCanBeRead() throws {
    let example = try #require(try Self.blocks("json").first)
    let model = try Model(file: Array(example.utf8), name: "example")
    #expect(model.features == ["peak", "turn"])
    // 2.25 · (3 − 2.5) / 0.5 + 0.75 · (0 − 30) / 20: the second value is missing, which is 0.
    let expected = 1 / (1 + exp(-(-1.5 + 2.25 - 1.125)))
    #expect(abs(model.probability([3, .nan]) - expected) < 1e-15)
  }

  @Test func errorsShownAreThoseThatAreGiven() throws {
    let document = try Self.text("docs/MODELS.md")
    func check(_ text: String, as name: String) {
      do throws(ModelFileError) {
        _ = try Model(file: Array(text.utf8), name: name)
        Issue.record("\(name) was read")
      } catch {
        #expect(document.contains("\n\(error)\n"), "\(error)")
      }
    }
    let trees = try Fixture.text("xgboost-3.2.json")
    check(trees.replacing("binary:logistic", with: "reg:squarederror"), as: "falls.json")
    check("{L\u{0}", as: "falls.json")
    let light = try Fixture.text("lightgbm-4.6.txt")
    check(light.replacing("objective=binary", with: "objective=regression"), as: "falls.txt")
    // The fourth tree's, of 15 nodes, without its first number.
    let last = try #require(trees.ranges(of: "\"split_conditions\":[").last)
    let comma = try #require(trees[last.upperBound...].firstIndex(of: ","))
    check(
      String(trees[..<last.upperBound] + trees[trees.index(after: comma)...]), as: "falls.json")
  }

  @Test func boundsAreDocumented() throws {
    let document = try Self.text("docs/MODELS.md")
    #expect(document.contains("\(Model.maxFileSize >> 20) MiB"))
    #expect(BoostedTrees.maxNodes == 1_000_000)
    #expect(document.contains("1,000,000 nodes in all, \(BoostedTrees.maxDepth) splits"))
  }
}

import Detection
import Testing

@testable import ModelFiles

/// The embedded models are read where they are first used and must not fail there: they fail here.
@Suite struct StandardModelsTests {
  @Test(arguments: ["fall", "possible-fall"]) func embeddedModelCanBeRead(name: String) throws {
    let file = try #require(EmbeddedAssets.files.first { $0.name == "\(name).json" })
    let model = try Model(file: file.text.withUTF8Buffer { Array($0) }, name: name)
    let unknown = model.probability(Array(repeating: .nan, count: model.features.count))
    #expect((0...1).contains(unknown))
  }

  @Test func theyAreTheFilesOfThatName() throws {
    #expect(StandardModels.fall.name == "fall")
    #expect(StandardModels.possibleFall.name == "possible-fall")
    #expect(StandardModels.fall != StandardModels.possibleFall)
    #expect((0..<1).contains(StandardModels.fallThreshold))
    #expect((0..<1).contains(StandardModels.possibleFallThreshold))
  }
}

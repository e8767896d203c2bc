import Backtesting
import Testing

@testable import AcalertService

struct TuningSpaceFileTests {
  @Test func everyKindOfValuesIsRead() throws {
    let space = try ParameterSpace(
      text: """
        parameters:
          zscore.k: [3, 4.5]
          zscore.sides: high
          zscore.minStd: {min: 0.1, max: 0.3, step: 0.1}
          status.raise.within: {min: 1, max: 3, step: 2, unit: s}
          falls.model.threshold: {min: 0.01, max: 1, step: 0.01, scale: log, count: 3}
          overrides[0].zscore.k: [1]
        """, file: "space.yaml")
    #expect(
      space.parameters.map(\.path) == [
        "zscore.k", "zscore.sides", "zscore.minStd", "status.raise.within", "falls.model.threshold",
        "overrides[0].zscore.k",
      ])
    let sets = try space.grid()
    #expect(sets.count == 2 * 3 * 2 * 3)
    #expect(
      sets.last?.settings.map(\.value) == ["4.5", "high", "0.3", "3s", "1", "1"])
  }

  @Test(
    arguments: [
      ("parameters:\n  zscore.k: [3, 3]", nil, "zscore.k has the value 3 twice"),
      ("parameters:\n  zscore.k: []", 2, "has no values"),
      ("parameters:\n  zscore.k: [[3]]", 2, "must be a single value"),
      ("parameters:\n  zscore..k: [3]", 2, "no path of keys"),
      ("parameters:\n  zscore.k: {min: 1, max: 2}", 2, "needs min, max and step"),
      ("parameters:\n  zscore.k: {min: 3, max: 2, step: 1}", 2, "max must be above min"),
      ("parameters:\n  zscore.k: {min: 1, max: 2, stop: 1}", 2, "did you mean \"step\"?"),
      ("parameters:\n  zscore.k: {min: 1, max: 2, step: 1, scale: log}", 2, "needs count"),
      ("parameters:\n  zscore.k: {min: 1, max: 2, step: 1, unit: 5}", 2, "is no unit"),
      ("parameter:\n  zscore.k: [3]", 1, "did you mean \"parameters\"?"),
      ("parameters: {}", nil, "no parameter"),
      ("", nil, "no parameter"),
      ("parameters: [", nil, "is not YAML"),
    ] as [(String, Int?, String)])
  func whatIsWrongIsSaidWithItsLine(text: String, line: Int?, message: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try ParameterSpace(text: text, file: "space.yaml")
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    if let line { #expect(error?.line == line) }
  }

  @Test func standardSpaceOfScalarsFitsTheDefaultConfiguration() throws {
    let overlay = try ConfigurationOverlay(text: "", file: "t")
    for set in try ParameterSpace.standard(hasFalls: false).grid() {
      #expect(throws: Never.self) { try overlay.settings(with: set) }
    }
    #expect(try ParameterSpace.standard(hasFalls: true).gridCount == 49)
  }
}

import Detection
import Testing

@testable import ModelFiles

@Suite struct PredictionTests {
  @Test(arguments: Fixture.all) func probabilitiesAreThoseOfPython(name: String) throws {
    let fixture = try Fixture(name)
    #expect(fixture.rows.count == 120)
    #expect(fixture.rows.joined().contains { $0.isNaN })
    #expect(Set(fixture.probabilities).count > 10)
    let deviation = fixture.model.deviation(rows: fixture.rows, from: fixture.probabilities)
    #expect(deviation <= 1e-7)
  }

  /// XGBoost adds and rounds as we do, so that nothing is left to differ but e^x on another processor.
  @Test(arguments: Fixture.xgboost) func sumsAreRoundedAsXGBoostRoundsThem(name: String) throws {
    let fixture = try Fixture(name)
    for (row, expected) in zip(fixture.rows, fixture.probabilities) {
      let found = Float(fixture.model.probability(row))
      #expect(abs(Int(found.bitPattern) - Int(Float(expected).bitPattern)) <= 2)
    }
  }

  @Test func modelsSayWhatTheyAre() throws {
    let trees = try Fixture("xgboost-3.2.json").model
    #expect(trees.features == ["peak", "rest std", "turn", "impulse", "jerk"])
    #expect(trees.kind == "4 boosted trees")
    #expect(trees.name == "xgboost-3.2.json")
    let light = try Fixture("lightgbm-4.6.txt").model
    #expect(light.features == ["peak", "rest_std", "turn", "impulse", "jerk"])
    #expect(light.kind == "4 boosted trees")
    #expect(try Fixture("linear.json").model.kind == "logistic regression")
  }

  /// What `sha256sum` prints.
  @Test func versionIsTheHashOfTheFile() throws {
    #expect(
      FileHash.hex(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let fixture = try Fixture("linear.json")
    #expect(fixture.model.hash == FileHash.hex(of: fixture.bytes))
    #expect(try Model(file: fixture.bytes, name: "other") == fixture.model)
    #expect(try Model(file: fixture.bytes + [0x0A], name: "linear.json") != fixture.model)
  }

  @Test func linesMayEndInCarriageReturns() throws {
    let fixture = try Fixture("lightgbm-4.6.txt")
    let text = try Fixture.text("lightgbm-4.6.txt").replacing("\n", with: "\r\n")
    let model = try Model(file: Array(text.utf8), name: "m")
    #expect(model.deviation(rows: fixture.rows, from: fixture.probabilities) <= 1e-7)
  }

  /// LightGBM writes it where only what is missing goes right.
  @Test func thresholdsMayBeInfinite() throws {
    let text = try Fixture.text("lightgbm-4.6.txt")
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("threshold=") })
    let first = try #require(line.dropFirst(10).split(separator: " ").first)
    for word in ["inf", "-inf"] {
      let other = text.replacing(
        line, with: line.replacing("=" + first, with: "=" + word), maxReplacements: 1)
      let model = try Model(file: Array(other.utf8), name: "m")
      #expect(model.probability([Double](repeating: 1, count: model.features.count)).isFinite)
    }
  }

  @Test func valuesMissingAreTheMeanOrWhatIsGiven() throws {
    func probability(_ more: String) throws -> Double {
      let text =
        "{\"format\": \"acalert-linear/1\", \"features\": [\"a\"], \"intercept\": 0, "
        + "\"coefficients\": [1]\(more)}"
      return try Model(file: Array(text.utf8), name: "m").probability([.nan])
    }
    #expect(try probability("") == 0.5)
    #expect(try probability(", \"means\": [3]") == 0.5)
    #expect(try probability(", \"means\": [3], \"missing\": [1e9]") == 1)
    #expect(try probability(", \"missing\": [-1e9]") == 0)
  }

  @Test func numbersAreReadToTheNearest() throws {
    var random = SystemRandomNumberGenerator()
    func check(_ text: String) {
      let bytes = Array(text.utf8)
      var next = 0
      let number = bytes.withUnsafeBufferPointer { NumberText.parse($0, &next) }
      #expect(number == Double(text), "\(text)")
      #expect(next == bytes.count, "\(text)")
    }
    for text in [
      "0", "-0", "1", "0.1", "-2.5E-1", "1e22", "1e23", "9007199254740993", "5E-324", "1e-400",
      "1.7976931348623157e308", "1e400", "123456789012345678901234567890",
      "0.000000000000000000001",
      "-1.0000000180025095e-35", "1.00000000000000005", "0.1e-999999999999999999999",
    ] { check(text) }
    for _ in 0..<2_000 {
      check("\(Double(bitPattern: UInt64.random(in: 0..<(0x7FF << 52), using: &random)))")
      check("\(Float.random(in: -10...10, using: &random))")
    }
    for text in ["", "-", ".5", "1.", "1e", "1e+", "+1", "e5"] {
      var next = 0
      let bytes = Array(text.utf8)
      #expect(bytes.withUnsafeBufferPointer { NumberText.parse($0, &next) } == nil, "\(text)")
    }
  }
}

import Detection
import Foundation
import ModelFiles
import Testing

/// Python's libraries, as they are installed today, and our reading of what they write.
@Suite(.serialized) struct PythonTests {
  /// What the walk-through trains on random candidates gives the same probabilities here as there.
  @Test(arguments: [
    ("xgboost", "model.json", "100 boosted trees"),
    ("lightgbm", "model.txt", "100 boosted trees"),
    ("linear", "model.json", "logistic regression"),
  ])
  func walkthroughTrainsWhatCanBeRead(library: String, file: String, kind: String) throws {
    let python = try PythonEnvironment()
    let table = CandidateTable(count: 1_000)
    try python.write(table.text, to: "features.csv")
    let output = try python.run(
      "training/walkthrough.py", "features.csv", "--out", file, "--library", library,
      "--probabilities", "probabilities.txt")
    let model = try Model(file: try python.bytes(file), name: file)
    #expect(model.features == CandidateTable.features)
    #expect(model.kind == kind)
    let expected = try python.text("probabilities.txt").split(separator: "\n").compactMap {
      Double($0)
    }
    #expect(expected.count == 1_000)
    #expect(Set(expected).count > 50)
    #expect(model.deviation(rows: table.rows, from: expected) <= 1e-6)

    #expect(output.contains("1000 candidates of 9 users, 6 features\n"))
    // It is easy to tell them apart, and users unseen are no harder than others.
    let half = try #require(output.split(separator: "\n").first { $0.hasPrefix("    0.500") })
    let found = try #require(half.split(separator: " ").dropFirst().first?.dropLast())
    #expect(try #require(Double(found)) > 80)
    #expect(
      output.firstMatch(of: /shadow: \{file: model.(json|txt), threshold: [01]\.[0-9]{3}\}\n/)
        != nil)
  }

  @Test func earlyModelsTakeTheFirstFeaturesOnly() throws {
    let python = try PythonEnvironment()
    try python.write(CandidateTable(count: 300).text, to: "features.csv")
    _ = try python.run(
      "training/walkthrough.py", "features.csv", "--out", "early.json", "--first", "4")
    let model = try Model(file: try python.bytes("early.json"), name: "early.json")
    #expect(model.features == Array(CandidateTable.features.prefix(4)))
  }

  /// The fixtures, made anew: what the libraries write today is what is read, to the last variant.
  @Test func fixturesMadeTodayAreReadAsWell() throws {
    let python = try PythonEnvironment()
    let script = "Tests/ModelFilesTests/Fixtures/make.py"
    _ = try python.run(script, "xgboost", "trees.json")
    _ = try python.run(script, "xgboost", "dart.json", "dart")
    _ = try python.run(script, "others")
    let names = try FileManager.default.contentsOfDirectory(atPath: python.folder.path)
      .filter { !$0.hasSuffix(".rows.json") && $0 != "output.txt" }
    #expect(names.count == 7)
    for name in names {
      let fixture = try Fixture(bytes: try python.bytes(name), name: name) {
        try python.bytes("\($0).rows.json")
      }
      let deviation = fixture.model.deviation(rows: fixture.rows, from: fixture.probabilities)
      #expect(deviation <= 1e-6, "\(name)")
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014), so that every run trains the same models.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// What `acalert features` writes, of candidates that were made up.
private struct CandidateTable {
  static let features = ["peak", "turn", "restStd", "impulse", "jerk", "count"]

  /// The values of those whose label is known.
  private(set) var rows: [[Double]] = []
  private(set) var text =
    "trial,user,group,activity,label,time_ms,\(features.joined(separator: ","))\n"

  /// - Parameter count: candidates whose label is known; as many again by 20 have none.
  init(count: Int) {
    var random = Generator(state: 7)
    func around(_ mean: Double, _ spread: Double) -> Double {
      mean + spread * (0..<6).reduce(0) { sum, _ in sum + .random(in: -1...1, using: &random) }
        / 1.4
    }
    for number in 0..<(count + count / 20) {
      let isKnown = number < count
      let isFall = Int.random(in: 0..<3, using: &random) == 0
      var row = [
        around(isFall ? 3.6 : 2.2, 0.5), around(isFall ? 80 : 20, 20),
        around(isFall ? 0.1 : 0.4, 0.1),
        around(1, 0.3), around(100, 40), Double(Int.random(in: 0..<5, using: &random)),
      ]
      for place in [2, 3] where Int.random(in: 0..<10, using: &random) == 0 { row[place] = .nan }
      if isKnown { rows.append(row) }
      let values = row.map { $0.isNaN ? "" : "\($0)" }.joined(separator: ",")
      text +=
        "t\(number / 2),u\(number / 2 % 9),g,\"falls, or not\","
        + "\(isKnown ? isFall ? "1" : "0" : ""),\(number * 10),\(values)\n"
    }
  }
}

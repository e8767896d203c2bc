import Detection
import Testing

@testable import ModelFiles

/// Whatever the bytes: a model that gives probabilities, or an error.
@Suite struct FuzzTests {
  /// Reads bytes, and asks what they lead to.
  private func read(_ bytes: [UInt8]) -> Bool {
    do throws(ModelFileError) {
      let model = try Model(file: bytes, name: "m")
      for value in [Double.nan, 0, 1, -1e300] {
        let p = model.probability(Array(repeating: value, count: model.features.count))
        #expect(p >= 0 && p <= 1)
      }
      return true
    } catch {
      #expect(!error.problem.isEmpty && !error.hint.isEmpty)
      return false
    }
  }

  @Test(arguments: ["xgboost-3.2-dart.json", "lightgbm-4.6.txt", "linear.json"])
  func truncatedFilesAreRefused(name: String) throws {
    let bytes = try Fixture.bytes(name)
    // What follows in LightGBM's text is about the training.
    let rest = try Fixture.text(name).firstRange(of: "\nfeature_importances")
    let end = try rest.map { try Fixture.text(name)[..<$0.lowerBound].utf8.count } ?? bytes.count
    let last = try #require(bytes[..<end].lastIndex { $0 != 0x0A })
    for count in stride(from: 0, to: last, by: 7) {
      #expect(!read(Array(bytes[..<count])), "\(count) bytes")
    }
    #expect(!read(Array(bytes[..<last])))
    #expect(read(bytes))
  }

  @Test(arguments: Fixture.all) func changedBytesNeverTrap(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var random = Steps(state: UInt64(name.utf8.count))
    for _ in 0..<400 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        // Digits and signs keep the form and change the meaning.
        case 1: changed[place] = "0123456789-.,E[]{}\"= \n".utf8.randomElement(using: &random) ?? 0
        case 2: changed.remove(at: place)
        default:
          let from = Int.random(in: 0..<changed.count, using: &random)
          changed.insert(contentsOf: changed[from..<min(from + 20, changed.count)], at: place)
        }
      }
      _ = read(changed)
    }
  }

  /// As many digits of the numbers as can be are replaced, so that the file stays well-formed and gets into
  /// the depths.
  @Test(arguments: Fixture.xgboost + Fixture.lightGBM) func changedNumbersNeverTrap(
    name: String
  ) throws {
    let bytes = try Fixture.bytes(name)
    let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
    var random = Steps(state: 3)
    var survivors = 0
    for _ in 0..<400 {
      var changed = bytes
      for _ in 0..<2 {
        let place = try #require(digits.randomElement(using: &random))
        changed[place] = UInt8.random(in: 0x30...0x39, using: &random)
      }
      if read(changed) { survivors += 1 }
    }
    #expect(survivors > 20)
  }

  @Test func chainsAreFollowedUpToABound() {
    for (depth, isRead) in [(BoostedTrees.maxDepth, true), (BoostedTrees.maxDepth + 1, false)] {
      #expect(read(chain(depth)) == isRead)
    }
    #expect(
      fault(chain(20_000))?.problem.hasSuffix("lies deeper than 512 splits") == true)
  }

  /// A LightGBM text of one tree whose every split has a leaf and the next split.
  private func chain(_ depth: Int) -> [UInt8] {
    func row(_ key: String, _ count: Int, _ value: (Int) -> Int) -> String {
      "\(key)=" + (0..<count).map { "\(value($0))" }.joined(separator: " ") + "\n"
    }
    let text =
      "tree\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=0\n"
      + "objective=binary sigmoid:1\nfeature_names=a\n\nTree=0\nnum_leaves=\(depth + 1)\n"
      + row("split_feature", depth) { _ in 0 } + row("threshold", depth) { $0 }
      + row("decision_type", depth) { _ in 8 } + row("left_child", depth) { -$0 - 1 }
      + row("right_child", depth) { $0 == depth - 1 ? -depth - 1 : $0 + 1 }
      + row("leaf_value", depth + 1) { $0 % 3 } + "\nend of trees\n"
    return Array(text.utf8)
  }

  @Test func moreNodesThanTheBoundAreRefused() {
    let forest = "Tree=0\nnum_leaves=1000001\nleaf_value=1\n"
    let text =
      "tree\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=0\n"
      + "objective=binary sigmoid:1\nfeature_names=a\n\n\(forest)end of trees\n"
    #expect(fault(text)?.problem == "is 1000001")
  }
}

/// SplitMix64 (Steele et al. 2014): the same numbers every time.
private struct Steps: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

import Detection
import Foundation
import Testing

@Suite struct BoostedTreesTests {
  typealias Node = BoostedTrees.Node

  private static func model(
    _ trees: [[Node]], features: Int = 1, arithmetic: BoostedTrees.Arithmetic = .double,
    base: Double = 0, steepness: Double = 1
  ) throws -> Model {
    Model(
      hash: "", name: "", features: (0..<features).map { "\($0)" },
      trees: try BoostedTrees(
        trees: trees, featureCount: features, arithmetic: arithmetic, base: base,
        steepness: steepness))
  }

  /// Which way a value goes at one split: the leaves are −1 and 1.
  private static func goesRight(
    _ value: Double, threshold: Double, missing: BoostedTrees.Missing = .left,
    arithmetic: BoostedTrees.Arithmetic = .double
  ) throws -> Bool {
    let split = Node.split(feature: 0, threshold: threshold, missing: missing, left: 1, right: 2)
    let model = try model([[split, .leaf(-1), .leaf(1)]], arithmetic: arithmetic)
    return [value].withUnsafeBufferPointer { model.probability($0) } > 0.5
  }

  @Test func valuesUpToTheThresholdGoLeft() throws {
    #expect(try !Self.goesRight(1, threshold: 1))
    #expect(try Self.goesRight(1.0.nextUp, threshold: 1))
    #expect(try !Self.goesRight(-.infinity, threshold: 1))
    #expect(try Self.goesRight(.infinity, threshold: 1))
    #expect(try !Self.goesRight(5e300, threshold: .infinity))
    #expect(try Self.goesRight(-5e300, threshold: -.infinity))
  }

  @Test func singleArithmeticRoundsValues() throws {
    let threshold = Double(Float(0.1))
    #expect(try !Self.goesRight(threshold.nextUp, threshold: threshold, arithmetic: .single))
    #expect(try Self.goesRight(threshold.nextUp, threshold: threshold, arithmetic: .double))
  }

  @Test func missingValuesGoWhereTheSplitSays() throws {
    for threshold in [-1.0, 1] {
      #expect(try !Self.goesRight(.nan, threshold: threshold, missing: .left))
      #expect(try Self.goesRight(.nan, threshold: threshold, missing: .right))
      #expect(
        try Self.goesRight(.nan, threshold: threshold, missing: .asZero)
          == Self.goesRight(0, threshold: threshold))
      for zero in [0, -0.0, 1e-36, -1e-36, BoostedTrees.zero, .nan] {
        #expect(try !Self.goesRight(zero, threshold: threshold, missing: .leftWithZeros))
        #expect(try Self.goesRight(zero, threshold: threshold, missing: .rightWithZeros))
      }
      for value in [1e-34, -1e-34, 2, -2] {
        for missing in [BoostedTrees.Missing.leftWithZeros, .rightWithZeros] {
          #expect(
            try Self.goesRight(value, threshold: threshold, missing: missing) == (value > threshold)
          )
        }
      }
    }
  }

  @Test func treesAreAddedUp() throws {
    let stump: [Node] = [.leaf(0.25)]
    for count in 1...9 {
      let model = try Self.model(
        Array(repeating: stump, count: count), base: 1, steepness: 2)
      let expected = 1 / (1 + exp(-2 * (1 + 0.25 * Double(count))))
      #expect(abs([0].withUnsafeBufferPointer { model.probability($0) } - expected) < 1e-15)
      #expect(model.kind == (count == 1 ? "1 boosted tree" : "\(count) boosted trees"))
    }
  }

  /// Against walking the nodes as they are described.
  @Test func laidOutTreesLeadWhereTheNodesLead() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      let trees = (0..<Int.random(in: 1...11, using: &random)).map { _ in
        Self.randomTree(&random)
      }
      let model = try Self.model(trees, features: 4)
      for _ in 0..<40 {
        let row = (0..<4).map { _ in
          [.nan, 0, Double(Int.random(in: -3...3, using: &random))].randomElement() ?? 0
        }
        let expected = trees.reduce(0) { $0 + Self.leaf($1, row) }
        let found = row.withUnsafeBufferPointer { model.probability($0) }
        #expect(abs(found - 1 / (1 + exp(-expected))) < 1e-12)
      }
    }
  }

  /// A tree whose leaves have been split at random; its nodes lie in no order.
  private static func randomTree(_ random: inout SystemRandomNumberGenerator) -> [Node] {
    var nodes: [Node] = [.leaf(0)]
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let leaves = nodes.indices.filter { if case .leaf = nodes[$0] { true } else { false } }
      guard let place = leaves.randomElement(using: &random) else { break }
      let missing: [BoostedTrees.Missing] = [
        .left, .right, .asZero, .leftWithZeros, .rightWithZeros,
      ]
      nodes[place] = .split(
        feature: Int.random(in: 0..<4, using: &random),
        threshold: Double(Int.random(in: -3...3, using: &random)),
        missing: missing.randomElement(using: &random) ?? .left, left: nodes.count + 1,
        right: nodes.count)
      for _ in 0..<2 { nodes.append(.leaf(Double.random(in: -1...1, using: &random))) }
    }
    return nodes
  }

  private static func leaf(_ nodes: [Node], _ row: [Double]) -> Double {
    var place = 0
    while case .split(let feature, let threshold, let missing, let left, let right) = nodes[place] {
      let value = row[feature]
      let isLeft =
        switch missing {
        case .leftWithZeros where value.isNaN || value == 0, .left where value.isNaN: true
        case .rightWithZeros where value.isNaN || value == 0, .right where value.isNaN: false
        case .asZero where value.isNaN: 0 <= threshold
        default: value <= threshold
        }
      place = isLeft ? left : right
    }
    guard case .leaf(let value) = nodes[place] else { return .nan }
    return value
  }

  private func fault(_ nodes: [Node], features: Int = 1) -> String? {
    do {
      _ = try BoostedTrees(trees: [nodes], featureCount: features, arithmetic: .double)
      return nil
    } catch {
      #expect(error.tree == 0)
      return error.problem
    }
  }

  @Test func nodesThatFormNoTreeAreRefused() {
    func split(_ left: Int, _ right: Int, feature: Int = 0, threshold: Double = 0) -> Node {
      .split(feature: feature, threshold: threshold, missing: .left, left: left, right: right)
    }
    #expect(fault([]) == "has no nodes")
    #expect(fault([split(0, 1), .leaf(0)]) == "leads to node 0, which another node leads to, too")
    #expect(fault([split(1, 1), .leaf(0)]) == "leads to node 1, which another node leads to, too")
    #expect(fault([split(1, 2), .leaf(0)]) == "leads to node 2, which is not there")
    #expect(fault([split(1, -1), .leaf(0)]) == "leads to node -1, which is not there")
    #expect(fault([split(1, 2, feature: 1), .leaf(0), .leaf(0)]) == "asks feature 1 of 1")
    #expect(
      fault([split(1, 2, threshold: .nan), .leaf(0), .leaf(0)])
        == "has a threshold that is not a number")
    #expect(fault([.leaf(.infinity)]) == "is a leaf whose value is not finite")
    // What no way leads to is left out.
    #expect(fault([.leaf(0), split(7, 8)]) == nil)
  }
}

extension BoostedTrees {
  /// Lays out trees for walking.
  ///
  /// - Parameters:
  ///   - trees: the first node of each is its root; nodes that no way leads to are left out.
  ///   - featureCount: how many values are given.
  ///   - base: what the sum starts from.
  ///   - steepness: what the sum is multiplied by.
  /// - Throws: if nodes form no tree (a child is not there, or is that of two nodes), if a feature is not
  ///   there, if a number is none, or if it is all too large.
  public init(
    trees sources: [[Node]], featureCount: Int, arithmetic: Arithmetic, base: Double = 0,
    steepness: Double = 1
  ) throws(Fault) {
    guard featureCount > 0 else { throw Fault(problem: "there are no features") }
    guard base.isFinite, steepness.isFinite else {
      throw Fault(problem: "the base or the steepness of the sum is not finite")
    }
    guard sources.reduce(0, { $0 + $1.count }) <= Self.maxNodes else {
      throw Fault(problem: "the trees have more than \(Self.maxNodes) nodes")
    }
    var layout = Layout(featureCount: featureCount)
    for (number, nodes) in sources.enumerated() {
      do {
        try layout.append(nodes)
      } catch {
        throw Fault(tree: number, node: error.node, problem: error.problem)
      }
    }
    for place in layout.trees.indices {
      layout.trees[place].depthOfEight = layout.trees[place...].prefix(8).map(\.depth).max() ?? 0
    }
    self.featureCount = featureCount
    self.arithmetic = arithmetic
    self.base = base
    self.steepness = steepness
    trees = layout.trees
    steps = layout.steps
    leaves = layout.leaves
    zeroless = layout.zeroless
  }

  /// Invariant: of every step the slot is below `featureCount + zeroless.count`, and both places that it
  /// leads to are there.
  private struct Layout {
    let featureCount: Int
    var trees: [Tree] = []
    var steps: [Step] = []
    var leaves: [Double] = []
    var zeroless: [Int] = []

    init(featureCount: Int) { self.featureCount = featureCount }

    /// Lays out a tree level by level, so that siblings lie side by side.
    mutating func append(_ nodes: [Node]) throws(Fault) {
      guard !nodes.isEmpty else { throw Fault(problem: "has no nodes") }
      let root = steps.count
      var depth = 0
      // Nodes in the order of their places, from `root` on.
      var order = [(node: 0, depth: 0)]
      var isPlaced = [Bool](repeating: false, count: nodes.count)
      isPlaced[0] = true
      var next = 0
      while next < order.count {
        let (node, level) = order[next]
        let place = root + next
        next += 1
        depth = max(depth, level)
        guard depth <= BoostedTrees.maxDepth else {
          throw Fault(node: node, problem: "lies deeper than \(BoostedTrees.maxDepth) splits")
        }
        guard
          case .split(let feature, let threshold, let missing, let left, let right) = nodes[node]
        else {
          try appendLeaf(nodes[node], node, at: place)
          continue
        }
        for child in [left, right] {
          guard nodes.indices.contains(child) else {
            throw Fault(node: node, problem: "leads to node \(child), which is not there")
          }
          guard !isPlaced[child] else {
            throw Fault(
              node: node, problem: "leads to node \(child), which another node leads to, too")
          }
          isPlaced[child] = true
        }
        guard (0..<featureCount).contains(feature) else {
          throw Fault(node: node, problem: "asks feature \(feature) of \(featureCount)")
        }
        guard !threshold.isNaN else {
          throw Fault(node: node, problem: "has a threshold that is not a number")
        }
        let leftPlace = UInt32(root + order.count)
        order.append((left, level + 1))
        order.append((right, level + 1))
        let goesRight = Self.isMissingRight(missing, threshold)
        steps.append(
          Step(
            threshold: threshold, slot: slot(of: feature, missing),
            next: leftPlace << 1 | (goesRight ? 1 : 0)))
        leaves.append(0)
      }
      // Places are below `maxNodes`: they and their doubles fit.
      trees.append(Tree(root: UInt32(root), depth: Int32(depth)))
    }

    private mutating func appendLeaf(_ leaf: Node, _ node: Int, at place: Int) throws(Fault) {
      guard case .leaf(let value) = leaf, value.isFinite else {
        throw Fault(node: node, problem: "is a leaf whose value is not finite")
      }
      steps.append(Step(threshold: .infinity, slot: 0, next: UInt32(place) << 1))
      leaves.append(value)
    }

    private static func isMissingRight(_ missing: Missing, _ threshold: Double) -> Bool {
      switch missing {
      case .left, .leftWithZeros: false
      case .right, .rightWithZeros: true
      case .asZero: 0 > threshold
      }
    }

    private mutating func slot(of feature: Int, _ missing: Missing) -> UInt32 {
      guard missing == .leftWithZeros || missing == .rightWithZeros else { return UInt32(feature) }
      if let known = zeroless.firstIndex(of: feature) { return UInt32(featureCount + known) }
      zeroless.append(feature)
      return UInt32(featureCount + zeroless.count - 1)
    }
  }
}

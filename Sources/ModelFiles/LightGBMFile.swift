import Detection

/// What LightGBM's `save_model("….txt")` writes, versions 3 and 4 of the format: a head, trees, and
/// parameters of the training, which are not read. A line is `key=value`, or a key alone.
///
/// The meaning of its keys: LightGBM's `src/io/tree.cpp` and `include/LightGBM/tree.h`. A value goes left
/// if it is NOT GREATER than the threshold, both as 64-bit numbers. A child that is negative is a leaf: −1
/// the first, −2 the second.
struct LightGBMFile {
  let features: [String]
  let trees: BoostedTrees

  init(_ data: [UInt8]) throws(ModelFileError) {
    let sections = try LightGBMSections(data)
    let head = sections.head
    for key in ["num_class", "num_tree_per_iteration"] {
      guard try head.integer(key) == 1 else {
        throw ModelFileError(
          "is \(try head.integer(key))", at: head.place(key),
          hint: "train with objective=\"binary\"")
      }
    }
    let steepness = try Self.steepness(head)
    let features = try FeatureNames.check(
      try head.text("feature_names").split(separator: " ").map(String.init),
      at: head.place("feature_names"))
    let last = try head.integer("max_feature_idx")
    guard last == features.count - 1 else {
      throw ModelFileError.damaged(
        "is \(last), but there are \(features.count) names of features",
        at: head.place("max_feature_idx"))
    }
    var nodes = 0
    var trees: [[BoostedTrees.Node]] = []
    for section in sections.trees {
      trees.append(try Self.nodes(of: section))
      nodes += trees[trees.count - 1].count
      guard nodes <= BoostedTrees.maxNodes else {
        throw ModelFileError(
          "there are more than \(BoostedTrees.maxNodes) nodes", at: section.place("num_leaves"),
          hint: "fewer or smaller trees will do")
      }
    }
    self.features = features
    do {
      // A random forest gives the mean of its trees.
      self.trees = try BoostedTrees(
        trees: trees, featureCount: features.count, arithmetic: .double,
        steepness: head.has("average_output") ? steepness / Double(trees.count) : steepness)
    } catch {
      throw ModelFileError(error, place: { "Tree=\($0)" })
    }
  }

  /// The factor of the sum: `binary sigmoid:1`.
  private static func steepness(_ head: LightGBMSection) throws(ModelFileError) -> Double {
    let words = try head.text("objective").split(separator: " ")
    guard words.first == "binary" else {
      throw ModelFileError(
        "is \(words.first?.prefix(40) ?? "nothing"), whose values are no probabilities of an event",
        at: head.place("objective"), hint: "train with objective=\"binary\"")
    }
    guard let sigmoid = words.dropFirst().first(where: { $0.hasPrefix("sigmoid:") }) else {
      return 1
    }
    guard let value = Double(sigmoid.dropFirst("sigmoid:".count)), value > 0, value.isFinite else {
      throw ModelFileError.damaged("has a sigmoid that is no number", at: head.place("objective"))
    }
    return value
  }

  /// Bits of `decision_type`.
  private enum Decision {
    static let categorical = 1
    static let defaultLeft = 2
    /// 0: nothing is missing, 1: zeros are, 2: NaN is.
    static func missing(_ type: Int) -> Int { type >> 2 & 3 }
  }

  /// The splits, then the leaves.
  private static func nodes(
    of tree: LightGBMSection
  ) throws(ModelFileError) -> [BoostedTrees.Node] {
    let leaves = try tree.integer("num_leaves")
    guard leaves > 0, leaves <= BoostedTrees.maxNodes else {
      throw ModelFileError.damaged("is \(leaves)", at: tree.place("num_leaves"))
    }
    if tree.has("is_linear"), try tree.integer("is_linear") != 0 {
      throw ModelFileError(
        "is a tree with linear leaves", at: tree.place("is_linear"),
        hint: "train with linear_tree=False")
    }
    if tree.has("num_cat"), try tree.integer("num_cat") != 0 {
      throw ModelFileError(
        "splits by categories", at: tree.place("num_cat"), hint: "train with numeric features only")
    }
    let values = try tree.numbers("leaf_value", leaves)
    let splits = leaves - 1
    guard splits > 0 else { return values.map { .leaf($0) } }
    let features = try tree.integers("split_feature", splits)
    let thresholds = try tree.numbers("threshold", splits)
    let types = try tree.integers("decision_type", splits)
    let left = try tree.integers("left_child", splits)
    let right = try tree.integers("right_child", splits)
    var nodes: [BoostedTrees.Node] = []
    nodes.reserveCapacity(splits + leaves)
    for split in 0..<splits {
      let type = types[split]
      guard type & Decision.categorical == 0 else {
        throw ModelFileError(
          "splits by categories", at: tree.place("decision_type"),
          hint: "train with numeric features only")
      }
      nodes.append(
        .split(
          feature: features[split], threshold: thresholds[split],
          missing: try missing(type, tree),
          left: child(left[split], splits), right: child(right[split], splits)))
    }
    return nodes + values.map { .leaf($0) }
  }

  private static func child(_ index: Int, _ splits: Int) -> Int {
    index >= 0 ? index : splits + ~index
  }

  private static func missing(
    _ type: Int, _ tree: LightGBMSection
  ) throws(ModelFileError) -> BoostedTrees.Missing {
    let isLeft = type & Decision.defaultLeft != 0
    switch Decision.missing(type) {
    case 0: return .asZero
    case 1: return isLeft ? .leftWithZeros : .rightWithZeros
    case 2: return isLeft ? .left : .right
    default:
      throw ModelFileError.damaged(
        "holds \(type), which means nothing", at: tree.place("decision_type"))
    }
  }
}

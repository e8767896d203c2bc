import Detection

/// What XGBoost's `save_model("….json")` writes, since version 1.
///
/// The format: <https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html>. A value goes left
/// if it is LESS than the threshold, both as 32-bit numbers.
struct XGBoostFile {
  let features: [String]
  let trees: BoostedTrees

  private static let objectives = ["binary:logistic", "reg:logistic"]

  init(_ root: JSONPlace) throws(ModelFileError) {
    let learner = try root["learner"]
    let objective = try learner["objective"]["name"]
    guard Self.objectives.contains(try objective.string()) else {
      throw ModelFileError(
        "is \(try objective.string().prefix(40)), whose values are no probabilities of an event",
        at: objective.path, hint: "train with objective=\"binary:logistic\"")
    }
    let parameters = try learner["learner_model_param"]
    for name in ["num_class", "num_target"] {
      // 0 classes say that there are two.
      guard let count = parameters.member(name), try count.integerText() > 1 else { continue }
      throw ModelFileError(
        "is \(try count.integerText())", at: count.path,
        hint: "train one model for the one question whether it is an event")
    }

    let names =
      learner.member("feature_names") ?? JSONPlace(.numbers([]), path: "learner.feature_names")
    let features = try FeatureNames.check(try names.strings(), at: names.path)
    let featureCount = try parameters["num_feature"]
    guard try featureCount.integerText() == features.count else {
      throw ModelFileError.damaged(
        "is \(try featureCount.integerText()), but there are \(features.count) names of features",
        at: featureCount.path)
    }
    let booster = try Booster(try learner["gradient_booster"])
    var nodes = 0
    var trees: [[BoostedTrees.Node]] = []
    for (place, tree) in booster.trees.enumerated() {
      trees.append(try Self.nodes(of: tree, weight: booster.weights?[place] ?? 1))
      nodes += trees[place].count
      guard nodes <= BoostedTrees.maxNodes else {
        throw ModelFileError(
          "there are more than \(BoostedTrees.maxNodes) nodes", at: tree.path,
          hint: "fewer or smaller trees will do")
      }
    }
    let base = try Self.base(try parameters["base_score"])
    self.features = features
    do {
      self.trees = try BoostedTrees(
        trees: trees, featureCount: features.count, arithmetic: .single, base: base)
    } catch {
      throw ModelFileError(error, place: { "\(booster.path).trees[\($0)]" })
    }
  }

  /// The trees of `gbtree`, or of `dart`, which wraps them and gives each a weight.
  private struct Booster {
    let trees: [JSONPlace]
    let weights: [Float]?
    let path: String

    init(_ booster: JSONPlace) throws(ModelFileError) {
      let name = try booster["name"]
      let model: JSONPlace
      switch try name.string() {
      case "gbtree": model = try booster["model"]
      case "dart": model = try booster["gbtree"]["model"]
      default:
        throw ModelFileError(
          "is \(try name.string().prefix(40))", at: name.path,
          hint: "train with booster=\"gbtree\" or \"dart\"")
      }
      path = model.path
      trees = try model["trees"].elements()
      guard !trees.isEmpty else {
        throw ModelFileError("is empty", at: "\(path).trees", hint: "train for a round at least")
      }
      // A file that was cut and mended to be JSON again would otherwise lose trees unseen.
      let count = try model["gbtree_model_param"]["num_trees"]
      guard try count.integerText() == trees.count else {
        throw ModelFileError.damaged(
          "is \(try count.integerText()), but there are \(trees.count) trees", at: count.path)
      }
      guard booster.has("weight_drop") else {
        weights = nil
        return
      }
      weights = try booster["weight_drop"].numbers(trees.count).map { Float($0) }
    }
  }

  /// The sum that trees add to: the base score is a probability, written `5E-1` or, since 3.1, `[5E-1]`.
  private static func base(_ place: JSONPlace) throws(ModelFileError) -> Double {
    var text = try place.string()[...]
    if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
    guard let number = Float(text), number > 0, number < 1 else {
      throw ModelFileError(
        "is \"\(text.prefix(40))\", a probability between 0 and 1 was expected", at: place.path,
        hint: "train with objective=\"binary:logistic\" and one target")
    }
    return Double(Logit.single(number))
  }

  private static func nodes(
    of tree: JSONPlace, weight: Float
  ) throws(ModelFileError) -> [BoostedTrees.Node] {
    let parameters = try tree["tree_param"]
    let size = try parameters["num_nodes"]
    let count = try size.integerText()
    guard count > 0, count <= BoostedTrees.maxNodes else {
      throw ModelFileError.damaged("is \(count)", at: size.path)
    }
    // 0 and 1 are one number a leaf.
    if let width = parameters.member("size_leaf_vector"), try width.integerText() > 1 {
      throw ModelFileError(
        "is \(try width.integerText()): a tree of several targets", at: width.path,
        hint: "train one model for one target")
    }
    let left = try tree["left_children"].integers(count)
    let right = try tree["right_children"].integers(count)
    let conditions = try tree["split_conditions"].numbers(count)
    let features = try tree["split_indices"].integers(count)
    let defaultLeft = try tree["default_left"].numbers(count)
    let types = try tree.member("split_type")?.integers(count)
    var nodes: [BoostedTrees.Node] = []
    nodes.reserveCapacity(count)
    for node in 0..<count {
      guard left[node] >= 0 else {
        nodes.append(.leaf(Double(Float(conditions[node]) * weight)))
        continue
      }
      if let types, types[node] != 0 {
        throw ModelFileError(
          "splits by categories", at: "\(tree.path).split_type[\(node)]",
          hint: "train with numeric features only")
      }
      nodes.append(
        .split(
          feature: features[node],
          // Less than a 32-bit number is up to the one before it.
          threshold: Double(Float(conditions[node]).nextDown),
          missing: defaultLeft[node] != 0 ? .left : .right, left: left[node], right: right[node]))
    }
    return nodes
  }
}

import Detection
import Foundation
import ModelFiles

/// A smaller model made of a larger one: the first of its trees.
enum FirstTrees {
  /// - Parameter file: of boosted trees, as XGBoost writes it.
  /// - Throws: if it is none, or has fewer trees.
  static func of(_ file: [UInt8], _ count: Int) throws -> Model {
    guard var root = try JSONSerialization.jsonObject(with: Data(file)) as? [String: Any],
      var learner = root["learner"] as? [String: Any],
      var booster = learner["gradient_booster"] as? [String: Any],
      var model = booster["model"] as? [String: Any],
      var shape = model["gbtree_model_param"] as? [String: Any],
      let trees = model["trees"] as? [Any], let info = model["tree_info"] as? [Any],
      let rounds = model["iteration_indptr"] as? [Any], trees.count >= count
    else { throw BenchmarkError("this is no file of XGBoost with \(count) trees") }
    model["trees"] = Array(trees.prefix(count))
    model["tree_info"] = Array(info.prefix(count))
    // One tree a round: the place of each, and of the end.
    model["iteration_indptr"] = Array(rounds.prefix(count + 1))
    shape["num_trees"] = "\(count)"
    model["gbtree_model_param"] = shape
    booster["model"] = model
    learner["gradient_booster"] = booster
    root["learner"] = learner
    return try Model(
      file: Array(JSONSerialization.data(withJSONObject: root)), name: "first \(count) trees")
  }
}

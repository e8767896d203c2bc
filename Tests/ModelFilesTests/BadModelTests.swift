import Testing

@testable import ModelFiles

/// Every file that cannot be used is refused by a text that says what is wrong, where, and what to do.
@Suite struct BadModelTests {
  @Test func formatsThatAreNoneOfOurs() {
    #expect(
      fault("  \n")?.description.hasPrefix("m: is empty (acalert reads save_model(") == true)
    #expect(fault("PK\u{3}\u{4}")?.problem == "is no model of a known format")
    #expect(fault([0x80, 0x04, 0x95])?.problem == "is a Python pickle, which is a program")
    #expect(fault("{L\u{0}")?.problem == "is XGBoost's binary form, UBJSON")
    #expect(fault("{L\u{0}")?.hint == "save it as JSON: save_model(\"model.json\")")
    #expect(fault("binf")?.problem == "is XGBoost's old binary form")
    #expect(fault("{}")?.problem == "is JSON, but no model of a known format")
    #expect(fault("[{\"nodeid\": 0}]")?.hint.hasPrefix("dumps cannot be used") == true)
    #expect(
      fault("{\"name\": \"tree\", \"tree_info\": []}")?.problem
        == "is a dump of LightGBM's, not a model")
  }

  @Test func textThatIsNoJSON() {
    #expect(
      fault("{\"learner\":")?.description
        == "m: byte 11: is no JSON: the text ends too early (the file is damaged or incomplete: "
        + "save the model again)")
    #expect(fault("{\"a\":1,\"a\":2}")?.problem == "is no JSON: a name that comes twice")
    #expect(fault("{\"a\":1}x")?.problem == "is no JSON: more text behind the value")
    #expect(fault("{\"a\":\u{1}}")?.problem == "is no JSON: a value was expected")
    #expect(
      fault(String(repeating: "[", count: 100_000))?.problem == "is no JSON: nested too deep")
    #expect(
      fault(String(repeating: "{\"a\":", count: 100_000))?.problem == "is no JSON: nested too deep")
    #expect(fault([0x7B, 0x22, 0xFF, 0x22, 0x7D])?.problem == "is not UTF-8")
  }

  // MARK: XGBoost

  /// The fixture with a text in it replaced by another; each must be there.
  private func xgboost(_ changes: (old: String, new: String)...) throws -> ModelFileError? {
    var text = try Fixture.text("xgboost-3.2.json")
    for (old, new) in changes {
      let range = try #require(text.range(of: old), "\(old)")
      text.replaceSubrange(range, with: new)
    }
    return fault(text)
  }

  private let trees = "learner.gradient_booster.model.trees"

  @Test func xgboostOfAnotherPurpose() throws {
    let objective = try #require(
      try xgboost(("\"binary:logistic\"", "\"reg:squarederror\"")))
    #expect(
      objective.description
        == "m: learner.objective.name: is reg:squarederror, whose values are no probabilities of "
        + "an event (train with objective=\"binary:logistic\")")
    let booster = try xgboost(("\"name\":\"gbtree\"", "\"name\":\"gblinear\""))
    #expect(booster?.place == "learner.gradient_booster.name")
    #expect(booster?.hint == "train with booster=\"gbtree\" or \"dart\"")
    let classes = try xgboost(("\"num_class\":\"0\"", "\"num_class\":\"3\""))
    #expect(classes?.place == "learner.learner_model_param.num_class")
    let targets = try xgboost(("\"num_target\":\"1\"", "\"num_target\":\"2\""))
    #expect(targets?.place == "learner.learner_model_param.num_target")
    let leaves = try xgboost(("\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"2\""))
    #expect(leaves?.place == "\(trees)[0].tree_param.size_leaf_vector")
    let categories = try xgboost(("\"split_type\":[0", "\"split_type\":[1"))
    #expect(categories?.description.contains("split_type[0]: splits by categories") == true)
    let names = try xgboost(("[\"peak\",\"rest std\",\"turn\",\"impulse\",\"jerk\"]", "[]"))
    #expect(names?.place == "learner.feature_names")
    #expect(names?.problem == "there are no names of features")
    #expect(try xgboost(("\"turn\"", "\"peak\""))?.problem == "feature \"peak\" comes twice")
  }

  @Test func xgboostWithWrongNumbers() throws {
    for score in ["[1E0]", "0E0", "-1E0", "NaN", "[5E-1,5E-1]", "x", ""] {
      let error = try xgboost(("\"[4.275E-1]\"", "\"\(score)\""))
      #expect(error?.place == "learner.learner_model_param.base_score", "\(score)")
    }
    let count = try xgboost(("\"num_trees\":\"4\"", "\"num_trees\":\"5\""))
    #expect(count?.problem == "is 5, but there are 4 trees")
    let features = try xgboost(
      ("\"num_feature\":\"5\",\"num_target\"", "\"num_feature\":\"6\",\"num_target\""))
    #expect(features?.problem == "is 6, but there are 5 names of features")
    let nodes = try xgboost(("\"num_nodes\":\"15\"", "\"num_nodes\":\"14\""))
    #expect(nodes?.problem == "holds 15 numbers, 14 were expected")
    for size in ["0", "-1", "2000000000", "99999999999", "1.5", "x"] {
      let error = try xgboost(("\"num_nodes\":\"15\"", "\"num_nodes\":\"\(size)\""))
      #expect(error?.place == "\(trees)[0].tree_param.num_nodes", "\(size)")
    }
    let index = try xgboost(("\"split_indices\":[", "\"split_indices\":[1E30,"))
    #expect(index?.place == "\(trees)[0].split_indices")
  }

  /// A tree of one split, whose children are to be said.
  private func tree(
    _ left: String, _ right: String, condition: String = "1", leaf: String = "1", feature: Int = 0
  ) -> ModelFileError? {
    fault(
      """
      {"learner":{"feature_names":["a"],"gradient_booster":{"model":{"gbtree_model_param":{
      "num_trees":"1"},"trees":[{"default_left":[0,0,0],"left_children":[\(left)],
      "right_children":[\(right)],"split_conditions":[\(condition),1,\(leaf)],
      "split_indices":[\(feature),0,0],"tree_param":{"num_nodes":"3"}}]},"name":"gbtree"},
      "learner_model_param":{"base_score":"5E-1","num_feature":"1"},
      "objective":{"name":"binary:logistic"}},"version":[1,0,0]}
      """)
  }

  @Test func nodesThatFormNoTree() {
    #expect(tree("1,-1,-1", "2,-1,-1") == nil)
    #expect(
      tree("0,-1,-1", "2,-1,-1")?.description
        == "m: \(trees)[0]: node 0 leads to node 0, which another node leads to, too "
        + "(the file is damaged or incomplete: save the model again)")
    #expect(tree("1,0,-1", "2,2,-1")?.problem.hasPrefix("node 1 leads to node 0") == true)
    #expect(tree("1,-1,-1", "1,-1,-1")?.problem.hasPrefix("node 0 leads to node 1") == true)
    #expect(tree("1,-1,-1", "3,-1,-1")?.problem == "node 0 leads to node 3, which is not there")
    #expect(tree("1,-1,-1", "-1,-1,-1")?.problem == "node 0 leads to node -1, which is not there")
    #expect(
      tree("1,-1,-1", "2,-1,-1", condition: "NaN")?.problem
        == "node 0 has a threshold that is not a number")
    for leaf in ["NaN", "Infinity", "-Infinity", "1E39"] {
      #expect(
        tree("1,-1,-1", "2,-1,-1", leaf: leaf)?.problem
          == "node 2 is a leaf whose value is not finite")
    }
    #expect(tree("1,-1,-1", "2,-1,-1", feature: 1)?.problem == "node 0 asks feature 1 of 1")
    #expect(tree("1,-1,-1", "2,-1,-1", feature: -1)?.problem == "node 0 asks feature -1 of 1")
  }

  // MARK: LightGBM

  private func lightGBM(_ old: String, _ new: String) throws -> ModelFileError? {
    var text = try Fixture.text("lightgbm-4.6.txt")
    let range = try #require(text.range(of: old), "\(old)")
    text.replaceSubrange(range, with: new)
    return fault(text)
  }

  @Test func lightGBMOfAnotherPurpose() throws {
    let objective = try lightGBM("objective=binary sigmoid:1", "objective=regression")
    #expect(
      objective?.description
        == "m: line 7, objective: is regression, whose values are no probabilities of an event "
        + "(train with objective=\"binary\")")
    #expect(try lightGBM("num_class=1", "num_class=3")?.place == "line 3, num_class")
    #expect(
      try lightGBM("num_tree_per_iteration=1", "num_tree_per_iteration=2")?.hint
        == "train with objective=\"binary\"")
    #expect(try lightGBM("num_cat=0", "num_cat=1")?.problem == "splits by categories")
    #expect(try lightGBM("decision_type=2", "decision_type=1")?.problem == "splits by categories")
    #expect(
      try lightGBM("is_linear=0", "is_linear=1")?.problem == "is a tree with linear leaves")
    #expect(
      try lightGBM("objective=binary sigmoid:1\n", "")?.description
        == "m: objective: is missing (the file is damaged or incomplete: save the model again)")
  }

  @Test func lightGBMWithWrongNumbers() throws {
    let decision = try lightGBM("decision_type=2", "decision_type=14")
    #expect(decision?.problem == "holds 14, which means nothing")
    #expect(decision?.place.hasSuffix("Tree=0, decision_type") == true)
    #expect(try lightGBM("sigmoid:1", "sigmoid:0")?.place == "line 7, objective")
    #expect(try lightGBM("sigmoid:1", "sigmoid:nan")?.place == "line 7, objective")
    #expect(
      try lightGBM("num_leaves=7", "num_leaves=8")?.problem
        == "holds 7 numbers, 8 were expected")
    #expect(try lightGBM("num_leaves=7", "num_leaves=-7")?.problem == "is -7")
    #expect(
      try lightGBM("num_leaves=7", "num_leaves=7x")?.problem
        == "is \"7x\", a number was expected")
    #expect(try lightGBM("leaf_value=", "leaf_value=nan ")?.problem.hasPrefix("holds some") == true)
    #expect(try lightGBM("threshold=", "threshold=0x1 ")?.problem.hasPrefix("holds some") == true)
    #expect(
      try lightGBM("left_child=", "left_child=0 ")?.problem == "holds 7 numbers, 6 were expected")
    #expect(try lightGBM("Tree=1", "Tree=2")?.problem == "tree 1 was expected")
    #expect(
      try lightGBM("num_class=1", "num_class=1\nnum_class=1")?.problem == "num_class comes twice")
    #expect(
      try lightGBM("max_feature_idx=4", "max_feature_idx=5")?.problem
        == "is 5, but there are 5 names of features")
    #expect(try lightGBM("end of trees", "")?.problem == "ends before \"end of trees\"")
    #expect(fault("tree\nend of trees\n")?.problem == "has no trees")
  }

  // MARK: Linear

  private func linear(_ members: String) -> ModelFileError? {
    fault("{\"format\": \"acalert-linear/1\", \(members)}")
  }

  @Test func linearFilesWithFaults() {
    let good = "\"features\": [\"a\", \"b\"], \"intercept\": 1, \"coefficients\": [1, 2]"
    #expect(linear(good) == nil)
    #expect(fault("{\"format\": \"acalert-linear/2\"}")?.place == "format")
    #expect(fault("{\"format\": 1}")?.problem == "is a number, a string was expected")
    #expect(linear("\"features\": [\"a\", 1]")?.place == "features[1]")
    #expect(linear("\"features\": [\"a\", \"a\"]")?.problem == "feature \"a\" comes twice")
    #expect(linear("\"features\": [\"\"]")?.problem == "a feature has no name")
    #expect(linear("\"features\": []")?.problem == "there are no names of features")
    #expect(linear("\"features\": [\"a\"]")?.problem == "intercept is missing")
    #expect(linear("\"features\": [\"a\"], \"intercept\": NaN")?.problem == "is not finite")
    #expect(
      linear("\"features\": [\"a\"], \"intercept\": 1, \"coefficients\": [1, 2]")?.description
        == "m: coefficients: holds 2 numbers, 1 were expected (the file is damaged or incomplete: "
        + "save the model again)")
    #expect(linear("\(good), \"scales\": [1, 0]")?.place == "scales[1]")
    #expect(linear("\(good), \"means\": [1, Infinity]")?.place == "means[1]")
    #expect(linear("\(good), \"missing\": [null, 1]")?.place == "missing")
  }
}

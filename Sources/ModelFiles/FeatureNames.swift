/// The names of a model's features, by which their values are found.
enum FeatureNames {
  /// - Throws: if there are none, or one is empty or comes twice.
  static func check(_ names: [String], at place: String) throws(ModelFileError) -> [String] {
    guard !names.isEmpty else {
      throw ModelFileError(
        "there are no names of features", at: place,
        hint: "train from a DataFrame with named columns, or give feature_names")
    }
    var known: Set<String> = []
    for name in names {
      guard !name.isEmpty, known.insert(name).inserted else {
        throw ModelFileError(
          name.isEmpty ? "a feature has no name" : "feature \"\(name.prefix(40))\" comes twice",
          at: place, hint: "give each feature a name of its own")
      }
    }
    return names
  }
}

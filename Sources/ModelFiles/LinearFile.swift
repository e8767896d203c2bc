import Detection

/// A logistic regression in JSON:
///
///     {"format": "acalert-linear/1", "features": ["peak", …], "intercept": -1.5, "coefficients": […],
///      "means": […], "scales": […], "missing": […]}
///
/// The last three may be left out. See docs/MODELS.md.
struct LinearFile {
  static let format = "acalert-linear/1"

  let features: [String]
  let model: LinearModel

  init(_ root: JSONPlace) throws(ModelFileError) {
    let format = try root["format"]
    guard try format.string() == Self.format else {
      throw ModelFileError(
        "is \"\(try format.string().prefix(40))\"", at: format.path,
        hint: "\(Self.format) is the one that is known")
    }
    let names = try root["features"]
    features = try FeatureNames.check(try names.strings(), at: names.path)
    let intercept = try root["intercept"].finiteNumber()
    let count = features.count
    let coefficients = try Self.finite(try root["coefficients"], count)
    let means = try root.member("means").map { place throws(ModelFileError) in
      try Self.finite(place, count)
    }
    let scales = try root.member("scales").map { place throws(ModelFileError) in
      try Self.finite(place, count)
    }
    let missing = try root.member("missing").map { place throws(ModelFileError) in
      try Self.finite(place, count)
    }
    if let scales, let place = scales.firstIndex(of: 0) {
      throw ModelFileError(
        "is 0", at: "scales[\(place)]", hint: "a feature that never varies has scale 1")
    }
    model = LinearModel(
      intercept: intercept,
      terms: coefficients.indices.map { place in
        LinearModel.Term(
          coefficient: coefficients[place], mean: means?[place] ?? 0, scale: scales?[place] ?? 1,
          missing: missing?[place])
      })
  }

  private static func finite(
    _ place: JSONPlace, _ count: Int
  ) throws(ModelFileError) -> [Double] {
    let numbers = try place.numbers(count)
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw ModelFileError(
        "is not finite", at: "\(place.path)[\(index)]", hint: "give each feature a finite number")
    }
    return numbers
  }
}

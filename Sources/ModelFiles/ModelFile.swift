import Detection

extension Model {
  /// Largest file that is read, in bytes.
  public static let maxFileSize = 64 << 20

  /// Reads a model from a file's bytes, whose format is recognised by its content:
  ///
  /// - JSON as XGBoost's `save_model("….json")` writes it,
  /// - text as LightGBM's `save_model("….txt")` writes it,
  /// - JSON of a logistic regression: `{"format": "acalert-linear/1", …}`.
  ///
  /// What of each is supported says docs/MODELS.md. Any bytes are safe to read: they lead to a model or to
  /// an error.
  ///
  /// - Parameter name: what the model is called in texts, e.g. the file's name.
  public init(file data: [UInt8], name: String) throws(ModelFileError) {
    do {
      try self.init(recognising: data, name: name)
    } catch {
      var error = error
      error.name = name
      throw error
    }
  }

  private init(recognising data: [UInt8], name: String) throws(ModelFileError) {
    guard data.count <= Self.maxFileSize else {
      throw ModelFileError(
        "has more than \(Self.maxFileSize >> 20) MiB", hint: "fewer or smaller trees will do")
    }
    let hash = FileHash.hex(of: data)
    switch try FileFormat(recognising: data) {
    case .lightGBM:
      let file = try LightGBMFile(data)
      self.init(hash: hash, name: name, features: file.features, trees: file.trees)
    case .json:
      let root = JSONPlace(try JSONValue.parse(data))
      if root.has("learner") {
        let file = try XGBoostFile(root)
        self.init(hash: hash, name: name, features: file.features, trees: file.trees)
      } else if root.has("format") {
        let file = try LinearFile(root)
        self.init(hash: hash, name: name, features: file.features, linear: file.model)
      } else {
        throw FileFormat.unknownJSON(root)
      }
    }
  }
}

/// What a file is, by its first bytes.
private enum FileFormat {
  case json, lightGBM

  static let hint =
    "acalert reads save_model(\"model.json\") of XGBoost, save_model(\"model.txt\") of LightGBM, "
    + "and acalert-linear/1"

  init(recognising data: [UInt8]) throws(ModelFileError) {
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = data.firstIndex(where: { !space.contains($0) }) else {
      throw ModelFileError("is empty", hint: Self.hint)
    }
    let start = data[first...]
    if start.starts(with: "tree\n".utf8) || start.starts(with: "tree\r\n".utf8) {
      self = .lightGBM
    } else if start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[") {
      // UBJSON follows the brace with the type of the length of a name, JSON never with a letter.
      if let next = start.dropFirst().first, "iUIlL$#".utf8.contains(next) {
        throw ModelFileError(
          "is XGBoost's binary form, UBJSON", hint: "save it as JSON: save_model(\"model.json\")")
      }
      self = .json
    } else if start.starts(with: "binf".utf8) {
      throw ModelFileError(
        "is XGBoost's old binary form", hint: "save it as JSON: save_model(\"model.json\")")
    } else if start.first == 0x80 {
      throw ModelFileError(
        "is a Python pickle, which is a program", hint: "save the model itself: \(Self.hint)")
    } else {
      throw ModelFileError("is no model of a known format", hint: Self.hint)
    }
  }

  static func unknownJSON(_ root: JSONPlace) -> ModelFileError {
    if root.has("tree_info") {
      return ModelFileError(
        "is a dump of LightGBM's, not a model", hint: "write it with save_model(\"model.txt\")")
    }
    if case .object = root.value {
      return ModelFileError("is JSON, but no model of a known format", hint: hint)
    }
    return ModelFileError(
      "is JSON, but no model: \(root.value.typeName)",
      hint: "dumps cannot be used, only what save_model writes: \(hint)")
  }
}

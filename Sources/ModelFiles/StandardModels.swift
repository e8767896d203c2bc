import Detection

/// The models that come with the program, and the probabilities from which on they find a fall.
public enum StandardModels {
  /// Tells falls two seconds after the peak.
  public static let fall = embedded("fall")
  public static let fallThreshold = 0.407
  /// Says half a second after the peak whether a fall is possible.
  public static let possibleFall = embedded("possible-fall")
  public static let possibleFallThreshold = 0.127

  /// The file that ``fall`` is read from, as XGBoost writes it.
  public static var fallFile: [UInt8] { file("fall") }

  /// Reads `Assets/<name>.json`, which is part of the binary.
  ///
  /// That it is there and can be read depends on nothing but the binary itself, and `StandardModelsTests`
  /// reads it: where that test has passed, this cannot fail.
  private static func embedded(_ name: String) -> Model {
    do {
      return try Model(file: file(name), name: name)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func file(_ name: String) -> [UInt8] {
    guard let file = EmbeddedAssets.files.first(where: { $0.name == "\(name).json" }) else {
      preconditionFailure("\(name).json is not embedded")
    }
    return file.text.withUTF8Buffer { Array($0) }
  }
}

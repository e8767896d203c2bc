import Detection

/// The models that come with the program.
public enum StandardModels {
  /// Tells falls two seconds after the peak.
  public static let fall: Model? = nil
  /// Says half a second after the peak whether a fall is possible.
  public static let possibleFall: Model? = nil
}

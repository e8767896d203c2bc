/// The version of this build, as CHANGELOG.md has it.
public enum AcalertVersion {
  public static let current = "0.1.0"
}

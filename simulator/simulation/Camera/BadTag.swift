/// The ways in which a camera's record can say wrongly whose it is, or where.
public enum BadTag: String, CaseIterable, Sendable {
  /// A user that nobody knows: `nobody-17`.
  case unknownUser = "unknown_user"
  case missingDevice = "missing_device"
  case emptyDevice = "empty_device"
  /// A device of 300 bytes.
  case longDevice = "long_device"
  /// `Mars/Olympus_Mons`.
  case unknownTimeZone = "unknown_timezone"
}

/// Who or what is watched: a wearer with a device, or a camera.
public struct SubjectIdentity: Hashable, Sendable {
  /// What kind of subject this is, as the stream's configuration names it: `wearer`, `camera`, …
  public var kind: String
  /// The user's id, 1 to 256 bytes of UTF-8.
  public var user: String
  /// The device's id, empty where the records name none (the original's format does not).
  public var device: String

  public init(kind: String, user: String, device: String = "") {
    self.kind = kind
    self.user = user
    self.device = device
  }
}

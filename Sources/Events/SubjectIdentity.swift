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

  // Ids are bytes: those that Unicode calls canonically equivalent, and that `String` would call equal,
  // are still two subjects.
  public static func == (left: SubjectIdentity, right: SubjectIdentity) -> Bool {
    left.kind.utf8.elementsEqual(right.kind.utf8) && left.user.utf8.elementsEqual(right.user.utf8)
      && left.device.utf8.elementsEqual(right.device.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    for part in [kind, user, device] {
      var part = part
      part.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      hasher.combine(0 as UInt8)
    }
  }
}

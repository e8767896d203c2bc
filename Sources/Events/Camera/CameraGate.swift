/// Decides which cameras are known, and which limits each must keep.
///
/// The answers for the cameras seen last are kept, so that a camera costs the matching of its patterns
/// only once in a while. Belongs to one thread; bounded.
final class CameraGate {
  /// The limits of the stream, followed by those of its devices.
  let limits: UnsafeMutablePointer<ImageLimits>
  private let limitsCount: Int

  private let known: (users: GlobSet, devices: GlobSet)
  private let devices:
    [(users: GlobSet, devices: GlobSet, known: (users: GlobSet, devices: GlobSet))]
  /// Whether the answer is the same for every camera.
  private let isTrivial: Bool

  /// What is known of one camera: a slot of a direct-mapped cache.
  private struct Answer {
    var user = ShortText()
    var device = ShortText()
    /// The number of its limits, or one of the two below.
    var verdict: Int32 = 0
  }

  private static let unknownUser: Int32 = -1
  private static let unknownDevice: Int32 = -2

  private let answers: UnsafeMutablePointer<Answer>
  private static let bits: UInt64 = 13

  init(_ format: CameraFormat) {
    known = (GlobSet(format.limits.users), GlobSet(format.limits.devices))
    devices = format.deviceLimits.map {
      (
        GlobSet($0.users), GlobSet($0.devices),
        (GlobSet($0.limits.users), GlobSet($0.limits.devices))
      )
    }
    isTrivial = known.users.isEmpty && known.devices.isEmpty && devices.isEmpty
    let all = [format.limits] + format.deviceLimits.map(\.limits)
    limitsCount = all.count
    limits = .allocate(capacity: all.count)
    for (index, one) in all.enumerated() { (limits + index).initialize(to: ImageLimits(one)) }
    let slots = isTrivial ? 1 : 1 << Int(Self.bits)
    answers = .allocate(capacity: slots)
    answers.initialize(repeating: Answer(), count: slots)
  }

  deinit {
    for index in 0..<limitsCount { limits[index].deallocate() }
    limits.deinitialize(count: limitsCount)
    limits.deallocate()
    answers.deallocate()
  }

  /// The limits of a camera.
  ///
  /// - Throws: `unknownUser`, `unknownDevice`; with offset 0.
  @inline(__always)
  func admit(
    user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer
  ) throws(InvalidRecord) -> UnsafePointer<ImageLimits> {
    let verdict = isTrivial ? 0 : keptVerdict(user, device)
    guard verdict >= 0 else {
      throw verdict == Self.unknownUser
        ? InvalidRecord(.unknownUser, field: .user, offset: 0)
        : InvalidRecord(.unknownDevice, field: .device, offset: 0)
    }
    return UnsafePointer(limits + Int(verdict))
  }

  private func keptVerdict(
    _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer
  ) -> Int32 {
    // Longer ids are matched each time.
    guard let userText = ShortText(user), let deviceText = ShortText(device) else {
      return verdict(user, device)
    }
    let answer = answers + deviceText.slot(bits: Self.bits, userText.mixed(0))
    if answer.pointee.user == userText, answer.pointee.device == deviceText {
      return answer.pointee.verdict
    }
    let found = verdict(user, device)
    answer.pointee = Answer(user: userText, device: deviceText, verdict: found)
    return found
  }

  @inline(never)
  private func verdict(
    _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer
  ) -> Int32 {
    guard known.users.admits(user) else { return Self.unknownUser }
    guard known.devices.admits(device) else { return Self.unknownDevice }
    for (index, one) in devices.enumerated()
    where one.users.admits(user) && one.devices.admits(device) {
      guard one.known.users.admits(user) else { return Self.unknownUser }
      guard one.known.devices.admits(device) else { return Self.unknownDevice }
      return Int32(index + 1)
    }
    return 0
  }
}

/// The limits of ``CameraLimits`` as they are checked. Whoever makes one must `deallocate` it.
struct ImageLimits {
  /// In the form of ``ImageLimits/canonical(_:)``.
  let formats: [[UInt8]]
  /// The format that was admitted last.
  private let admitted: UnsafeMutablePointer<ShortText>
  let width: ClosedRange<Int32>?
  let height: ClosedRange<Int32>?
  let bytes: ClosedRange<Int64>?
  let minContrast: Int32
  let needsFormat: Bool
  let needsSite: Bool
  let needsTime: Bool
  let needsTimeZone: Bool
  let needsLocation: Bool
  let needsImage: Bool

  init(_ limits: CameraLimits) {
    formats = limits.imageFormats.map { format in
      var format = format
      return format.withUTF8 { Self.canonical(UnsafeRawBufferPointer($0)) }
    }
    admitted = .allocate(capacity: 1)
    admitted.initialize(to: ShortText())
    width = limits.width.map { Int32(clamping: $0.lowerBound)...Int32(clamping: $0.upperBound) }
    height = limits.height.map { Int32(clamping: $0.lowerBound)...Int32(clamping: $0.upperBound) }
    bytes = limits.bytes.map { Int64($0.lowerBound)...Int64($0.upperBound) }
    minContrast = limits.minContrast
    needsFormat = !limits.imageFormats.isEmpty
    needsSite = limits.required.contains(.site)
    needsTime = limits.required.contains(.time)
    needsTimeZone = limits.required.contains(.timezone)
    needsLocation = limits.required.contains(.latitude) || limits.required.contains(.longitude)
    needsImage = limits.required.contains(.image)
  }

  func deallocate() { admitted.deallocate() }

  /// Whether an image may have this format.
  @inline(__always)
  func admits(format: UnsafeRawBufferPointer) -> Bool {
    guard let text = ShortText(format) else { return admitsSlowly(format) }
    if text == admitted.pointee { return true }
    guard admitsSlowly(format) else { return false }
    admitted.pointee = text
    return true
  }

  @inline(never)
  private func admitsSlowly(_ format: UnsafeRawBufferPointer) -> Bool {
    format.count <= CameraFormat.maxImageFormatBytes && formats.contains(Self.canonical(format))
  }

  /// Lower case, without `image/`, and `jpeg` for `jpg`.
  private static func canonical(_ format: UnsafeRawBufferPointer) -> [UInt8] {
    var name = format.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    if name.starts(with: "image/".utf8) { name.removeFirst(6) }
    return name == Array("jpg".utf8) ? Array("jpeg".utf8) : name
  }
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo): http://www.isthe.com/chongo/tech/comp/fnv
enum IDHash {
  @inline(__always)
  static func hash(
    _ bytes: UnsafeRawBufferPointer, _ seed: UInt64 = 0xcbf2_9ce4_8422_2325
  ) -> UInt64 {
    var hash = seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}

extension DetectedObject {
  /// What ``track`` is for an object that a detector calls so: never 0.
  public static func track(ofID id: UnsafeRawBufferPointer) -> UInt64 {
    max(1, IDHash.hash(id))
  }
}

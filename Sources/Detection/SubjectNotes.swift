/// What is kept of the few subjects that are in an episode, or have just come back from silence.
struct SubjectNotes: Equatable {
  /// What is kept of a camera; never empty.
  var camera: CameraNotes?
  /// The open episode, while the state is `warning` or `danger`.
  var episode: Episode?
  /// Why the subject is in its state, in words.
  var reason: String?
  /// Windows before this time were closed when the subject fell silent; what comes for them now is late.
  var floor: Int64 = .min
  /// The cause `abnormal` has been told and is not over, though the state, `stale` or `unknown`, does not
  /// show it any more.
  var isAbnormalKeptOpen = false

  var isEmpty: Bool {
    episode == nil && reason == nil && floor == .min && camera == nil && !isAbnormalKeptOpen
  }
}

/// The notes' durable form: a version byte, then fields as little-endian 64-bit words. A camera's have a
/// version of their own, with its notes behind the first word; so have those with a cause kept open,
/// which otherwise read as the first version does.
extension SubjectNotes {
  private static let version: UInt8 = 1
  private static let cameraVersion: UInt8 = 2
  private static let keptOpenVersion: UInt8 = 3

  /// The bytes that `init(evidence:)` reads; empty if there is nothing to keep.
  var evidence: [UInt8] {
    if episode == nil && floor == .min && camera == nil && !isAbnormalKeptOpen { return [] }
    let plain = isAbnormalKeptOpen ? Self.keptOpenVersion : Self.version
    var bytes: [UInt8] = [camera == nil ? plain : Self.cameraVersion]
    func append(_ value: Int64) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(floor)
    camera?.encode(into: &bytes)
    guard camera == nil, let episode else { return bytes }
    append(episode.quietSince ?? .min)
    append(episode.referenceUntil)
    append(episode.reference.count)
    append(episode.reference.sum)
    append(Int64(bitPattern: episode.reference.squaresLow))
    append(Int64(episode.reference.squaresHigh))
    for time in episode.abnormalTimes { append(time) }
    return bytes
  }

  /// Reads what `evidence` wrote; `nil` if the bytes are of another version or cut short.
  init?(evidence: [UInt8]) {
    self.init()
    if evidence.isEmpty { return }
    if evidence[0] == Self.cameraVersion, evidence.count >= 9,
      let camera = CameraNotes(evidence[9...])
    {
      self.camera = camera
      floor = Int64(
        bitPattern: evidence[1..<9].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      return
    }
    isAbnormalKeptOpen = evidence[0] == Self.keptOpenVersion
    guard evidence[0] == Self.version || isAbnormalKeptOpen, (evidence.count - 1) % 8 == 0 else {
      return nil
    }
    let words = stride(from: 1, to: evidence.count, by: 8).map { start in
      evidence[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }.map { Int64(bitPattern: $0) }
    guard let floor = words.first else { return nil }
    self.floor = floor
    if words.count == 1 { return }
    guard words.count >= 7, let high = UInt32(exactly: words[6]) else { return nil }
    let reference = WindowSums(
      count: words[3], sum: words[4], squaresLow: UInt64(bitPattern: words[5]), squaresHigh: high)
    var episode = Episode(reference: reference, referenceUntil: words[2])
    episode.quietSince = words[1] == .min ? nil : words[1]
    episode.abnormalTimes = Array(words[7...])
    self.episode = episode
  }
}

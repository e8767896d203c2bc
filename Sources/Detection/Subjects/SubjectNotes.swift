import Events

/// What is kept of the few subjects that are in an episode, or have just come back from silence.
///
/// When all fall silent at once there is one of each: what is noted of silence is small, the rest lies elsewhere.
struct SubjectNotes: Equatable {
  /// What is kept of a camera; never empty.
  var camera: CameraNotes? {
    get { rare.fields.camera }
    set { rare.fields.camera = newValue }
  }
  /// The open episode, while the state is `warning` or `danger`.
  var episode: Episode? {
    get { rare.fields.episode }
    set { rare.fields.episode = newValue }
  }
  /// The open fall, or the possibility of one; also while the subject is silent.
  var fall: FallEpisode? {
    get { rare.fields.fall }
    set { rare.fields.fall = newValue }
  }
  /// Why the subject is in its state, in words.
  var reason: String?
  /// Windows before this time were closed when the subject fell silent; what comes for them now is late.
  var floor: Int64 = .min
  /// The cause `abnormal` has been told and is not over, though the state, `stale` or `unknown`, does not
  /// show it any more.
  var isAbnormalKeptOpen = false
  private var rare = Rare<RareFields>()

  private struct RareFields: Detection.RareFields {
    var camera: CameraNotes?
    var episode: Episode?
    var fall: FallEpisode?
  }

  var isEmpty: Bool { rare.isEmpty && reason == nil && floor == .min && !isAbnormalKeptOpen }
}

/// The notes' durable form: a version byte, then fields as little-endian 64-bit words. A camera's have a
/// version of their own, with its notes behind the first word; so have those with a cause kept open,
/// which otherwise read as the first version does, and those with a fall.
extension SubjectNotes {
  private static let version: UInt8 = 1
  private static let cameraVersion: UInt8 = 2
  private static let keptOpenVersion: UInt8 = 3
  private static let fallVersion: UInt8 = 4

  /// The bytes that `init(evidence:)` reads; empty if there is nothing to keep.
  var evidence: [UInt8] {
    if let fall { return evidence(with: fall) }
    if episode == nil && floor == .min && camera == nil && !isAbnormalKeptOpen { return [] }
    let plain = isAbnormalKeptOpen ? Self.keptOpenVersion : Self.version
    var bytes: [UInt8] = [camera == nil ? plain : Self.cameraVersion]
    func append(_ value: Int64) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(floor)
    camera?.encode(into: &bytes)
    guard camera == nil, let episode else { return bytes }
    for word in episode.words { append(word) }
    return bytes
  }

  /// Behind the floor lie the flags (1: the cause `abnormal` is kept open, 2: there is an episode), the fall's
  /// words, and with an episode its level and its words.
  private func evidence(with fall: FallEpisode) -> [UInt8] {
    var words = [floor, (isAbnormalKeptOpen ? 1 : 0) | (episode == nil ? 0 : 2)] + fall.words
    if let episode { words += [Int64(episode.level.rawValue)] + episode.words }
    var bytes = [Self.fallVersion]
    for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }

  private init?(fallWords words: [Int64]) {
    self.init()
    guard words.count >= 2 + FallEpisode.wordCount,
      let fall = FallEpisode(words: words[2..<2 + FallEpisode.wordCount])
    else { return nil }
    floor = words[0]
    isAbnormalKeptOpen = words[1] & 1 != 0
    self.fall = fall
    guard words[1] & 2 != 0 else { return }
    let rest = words[(2 + FallEpisode.wordCount)...]
    guard let level = rest.first.flatMap({ UInt8(exactly: $0) }).flatMap(SafetyState.init),
      var episode = Episode(words: rest.dropFirst())
    else { return nil }
    episode.level = level
    self.episode = episode
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
    guard [Self.version, Self.keptOpenVersion, Self.fallVersion].contains(evidence[0]),
      (evidence.count - 1) % 8 == 0
    else { return nil }
    let words = stride(from: 1, to: evidence.count, by: 8).map { start in
      evidence[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }.map { Int64(bitPattern: $0) }
    if evidence[0] == Self.fallVersion {
      self.init(fallWords: words)
      return
    }
    guard let floor = words.first else { return nil }
    self.floor = floor
    if words.count == 1 { return }
    guard let episode = Episode(words: words.dropFirst()) else { return nil }
    self.episode = episode
  }
}

/// An episode's durable form, without its level.
extension Episode {
  fileprivate var words: [Int64] {
    [
      quietSince ?? .min, referenceUntil, reference.count, reference.sum,
      Int64(bitPattern: reference.squaresLow), Int64(reference.squaresHigh),
    ] + abnormalTimes
  }

  fileprivate init?(words: ArraySlice<Int64>) {
    let words = Array(words)
    guard words.count >= 6, let high = UInt32(exactly: words[5]) else { return nil }
    self.init(
      reference: WindowSums(
        count: words[2], sum: words[3], squaresLow: UInt64(bitPattern: words[4]),
        squaresHigh: high),
      referenceUntil: words[1])
    quietSince = words[0] == .min ? nil : words[0]
    abnormalTimes = Array(words[6...])
  }
}

/// A fall's durable form.
extension FallEpisode {
  fileprivate static let wordCount = 5

  fileprivate var words: [Int64] {
    let axes = posture.map { posture in
      Int64(UInt16(bitPattern: posture.x)) | Int64(UInt16(bitPattern: posture.y)) << 16
        | Int64(UInt16(bitPattern: posture.z)) << 32
    }
    return [Int64(level.rawValue), peak, toldAt, axes ?? -1, uprightSince ?? .min]
  }

  fileprivate init?(words: ArraySlice<Int64>) {
    let words = Array(words)
    guard words.count == Self.wordCount, let raw = UInt8(exactly: words[0]),
      let level = SafetyState(rawValue: raw), level == .warning || level == .danger
    else { return nil }
    func axis(_ shift: Int64) -> Int16 { Int16(truncatingIfNeeded: words[3] >> shift) }
    self.init(
      level: level, peak: words[1], toldAt: words[2],
      posture: words[3] < 0 ? nil : AxisSample(x: axis(0), y: axis(16), z: axis(32)),
      uprightSince: words[4] == .min ? nil : words[4])
  }
}

/// Decodes camera records from their bytes, without allocation or copying on the way of a good record.
///
/// One decoder serves one thread at a time: it owns the memory that its results live in. Of the records
/// it keeps only names, in the vocabularies, and which cameras it knows.
///
/// A record is one JSON object (RFC 8259), or such an object in a CloudEvents 1.0 envelope, structured or
/// binary. It is checked to its last byte, members of no interest included, as ``RecordDecoder`` does.
///
/// What is cheap is checked first. One pass over the bytes checks the JSON and finds where the members of
/// the top level begin; the tags are settled from there: the user and the device, the time zone, the
/// time; then the image's limits hold or not; and only then the detections are read. A record of a camera
/// that is not known costs that one pass.
public final class CameraDecoder {
  /// What the records look like.
  public let format: CameraFormat
  let names: FrameNames
  let timeZones: TimeZoneTable

  let gate: CameraGate
  let tables: CameraTables
  let values: ValueReader
  let defaults: CameraDefaults
  let classNumbers = NameCache()
  let zoneNumbers = NameCache()
  let timeZoneNumbers = NameCache()
  /// Classes by the numbers that TensorFlow's models give them; −1: none.
  let labelClasses: [Int32]

  // Memory of the decoder's own, reached through `let` pointers, so that no access needs the run-time
  // exclusivity check of a class's `var`.

  let powers: UnsafeMutablePointer<UInt64>
  let scratch: UnsafeMutablePointer<UInt8>
  /// Unescaped texts that frames point to, and ids that are looked at once.
  let text: UnsafeMutablePointer<UInt8>
  let textCapacity: Int
  let trackText: UnsafeMutablePointer<UInt8>
  /// Where the values of an object's known members begin, by the raw values of their ``FieldName``.
  let places: UnsafeMutablePointer<UnsafePointer<UInt8>>
  let draft: UnsafeMutablePointer<CameraDraft>
  /// MegaDetector's detection categories, then its classification categories.
  let categories: UnsafeMutablePointer<CategoryTable>

  private static let textReserve = 4 * ValueReader.maxIDBytes

  /// - Parameters:
  ///   - format: must be valid, see ``CameraFormat/validate()``.
  ///   - names: takes up the classes and zones that records name.
  ///   - timeZones: numbers the time zones.
  public init(format: CameraFormat = .standard, names: FrameNames, timeZones: TimeZoneTable) {
    self.format = format
    self.names = names
    self.timeZones = timeZones
    gate = CameraGate(format)
    tables = CameraTables(format)
    defaults = CameraDefaults(format.defaults)
    powers = .allocate(capacity: 20)
    var power: UInt64 = 1
    for exponent in 0..<20 {
      powers[exponent] = power
      power &*= 10
    }
    let size = min(max(1, format.maxRecordBytes), 64 << 20)
    scratch = .allocate(capacity: size)
    values = ValueReader(powers: powers, scratch: scratch)
    // Each text is unescaped into it at most once, so a record's size is room enough; the rest is for
    // ids, of which room for the longest is asked for before one is read.
    textCapacity = size + Self.textReserve
    text = .allocate(capacity: textCapacity)
    trackText = .allocate(capacity: ValueReader.maxIDBytes)
    places = .allocate(capacity: 64)
    places.initialize(repeating: UnsafePointer(scratch), count: 64)
    draft = .allocate(capacity: 1)
    draft.initialize(to: CameraDraft())
    categories = .allocate(capacity: 2)
    for index in 0..<2 { (categories + index).initialize(to: CategoryTable()) }
    var classes: [Int32] = []
    if format.shape == .tensorflow {
      let last = min(format.labels.keys.max() ?? 0, CameraFormat.maxLabel)
      classes = Array(repeating: -1, count: max(0, last) + 1)
      for (number, name) in format.labels where classes.indices.contains(number) {
        if let id = names.classes.intern(name) { classes[number] = Int32(id) }
      }
    }
    labelClasses = classes
  }

  deinit {
    for index in 0..<2 { categories[index].deallocate() }
    categories.deallocate()
    draft.pointee.deallocate()
    draft.deallocate()
    places.deallocate()
    trackText.deallocate()
    text.deallocate()
    scratch.deallocate()
    powers.deallocate()
    tables.deallocate()
    classNumbers.deallocate()
    zoneNumbers.deallocate()
    timeZoneNumbers.deallocate()
    defaults.deallocate()
  }

  /// The frames of the record decoded last. Valid until the next `decode`, and only while that record's
  /// bytes, its key and the values of its headers are. Empty if the record was invalid.
  public var batch: FrameBatch {
    FrameBatch(
      frames: draft.pointee.frames.elements, objects: draft.pointee.objects.elements,
      zoneIDs: draft.pointee.zoneIDs.elements)
  }

  /// Decodes one record.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - key: The message's key. One of the form `user/device` gives tags that the record lacks.
  ///   - arrival: When it arrived, in milliseconds since 1970: the moment that `maxFutureSkew` counts
  ///     from, and the time of frames that have none. Negative means unknown.
  ///   - header: The value of the message's last header of a name, `nil` if it has none. It is asked for
  ///     `ce_specversion`, and for others only if there is that one.
  /// - Throws: The first fault found.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer? = nil, arrival: Int64,
    header: (String) -> UnsafeRawBufferPointer? = { _ in nil }
  ) throws(InvalidRecord) {
    draft.pointee.removeAll()
    do {
      try decodeRecord(bytes, key: key, arrival: arrival, header: header)
    } catch {
      draft.pointee.removeAll()
      throw error
    }
  }

  @inline(__always)
  private func decodeRecord(
    _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer?, arrival: Int64,
    header: (String) -> UnsafeRawBufferPointer?
  ) throws(InvalidRecord) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else {
      throw InvalidRecord(.emptyRecord, offset: 0)
    }
    guard bytes.count <= format.maxRecordBytes, bytes.count <= textCapacity - Self.textReserve
    else {
      throw InvalidRecord(.recordTooLarge, offset: format.maxRecordBytes)
    }
    var cursor = JSONCursor(base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    cursor.skipSpace()
    guard !cursor.isAtEnd else { throw cursor.fault(.emptyRecord) }
    guard cursor.next.pointee == UInt8(ascii: "{") else { throw try cursor.wrongType(depth: 0) }
    let top = try scanTop(&cursor)
    cursor.skipSpace()
    guard cursor.isAtEnd else { throw cursor.fault(.notJSON) }
    var message = CameraMessage(key: key, arrival: arrival, end: cursor.offset)
    var members = top.members
    if top.isEvent {
      members = try openEnvelope(&cursor, top, &message)
    } else {
      if let duplicate = top.duplicate { throw duplicate }
      if let version = header("ce_specversion") {
        try readHeaders(version: version, header, &message)
      }
    }
    switch format.shape {
    case .acalert: try decodeAcalert(&cursor, members, message)
    case .frigate: try decodeFrigate(&cursor, members, message)
    case .megadetector: try decodeMegaDetector(&cursor, members, message)
    case .tensorflow: try decodeTensorFlow(&cursor, members, message)
    }
  }
}

/// What comes with a record.
struct CameraMessage {
  let key: UnsafeRawBufferPointer?
  let arrival: Int64
  /// Where the record ends: the place of what is not there.
  let end: Int
  /// What the CloudEvents envelope says.
  var envelope = TagDraft()
}

/// Tags that have been read; empty or negative for those that have not.
struct TagDraft {
  var user = UnsafeRawBufferPointer(start: nil, count: 0)
  var device = UnsafeRawBufferPointer(start: nil, count: 0)
  var site = UnsafeRawBufferPointer(start: nil, count: 0)
  var timeZone = UnsafeRawBufferPointer(start: nil, count: 0)
  var time: Int64 = -1
  var location: GeoLocation?
}

/// The texts of ``CameraTags``, in memory of their own. Whoever makes one must `deallocate` it.
struct CameraDefaults {
  let tags: TagDraft
  private let text: UnsafeMutableRawPointer

  init(_ defaults: CameraTags) {
    let all = [defaults.user, defaults.device, defaults.site, defaults.timezone]
      .map { Array(($0 ?? "").utf8) }
    let text = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, all.reduce(0) { $0 + $1.count }), alignment: 1)
    var used = 0
    let parts = all.map { part in
      (text + used).copyMemory(from: part, byteCount: part.count)
      defer { used += part.count }
      return UnsafeRawBufferPointer(start: text + used, count: part.count)
    }
    tags = TagDraft(user: parts[0], device: parts[1], site: parts[2], timeZone: parts[3])
    self.text = text
  }

  func deallocate() { text.deallocate() }
}

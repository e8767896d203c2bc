/// Decodes records from their bytes, without allocation, reference counting or copying on the way of a
/// good record.
///
/// One decoder serves one thread at a time: it owns the memory that its results live in. It keeps no
/// state from one record to the next.
///
/// A record is one JSON object (RFC 8259), checked to its last byte, fields of no interest included.
/// What is accepted is a subset of what RFC 8259 allows: known fields must not be repeated, strings
/// must be Unicode text, and nesting has a limit. Numbers may be written as JSON numbers or as strings
/// that hold a JSON number and nothing else.
///
/// Rounding: each number goes from its decimal text to the stream's resolution once, half away from
/// zero (see ``RecordFormat/Unit`` for m/s²). Of three axes each is rounded so, then the magnitude of
/// the three integers is rounded to the nearest unit, and ``axes`` are made of the three integers.
public final class RecordDecoder {
  /// What the records look like.
  public let format: RecordFormat

  let table: FieldTable<RecordField>
  let fixedPoint: FixedPoint
  let shortDecimal: ShortDecimal?
  let axisScale: AxisScale
  /// Whether the numbers on three axes are accelerations, so that somebody may ask for them.
  let keepsAxes: Bool
  let values: ValueReader
  let maxRecordBytes: Int
  let maxFutureSkew: Int64
  let maxBurstSamples: Int
  let timeZones: TimeZoneTable?
  let timeZoneNumbers = NameCache()

  // Memory of the decoder's own, allocated by `init` and freed by `deinit`. It is reached through `let`
  // pointers, so that no access needs the run-time exclusivity check of a class's `var`.

  /// 10^0 … 10^19.
  let powers: UnsafeMutablePointer<UInt64>
  let sampleStorage: UnsafeMutablePointer<Sample>
  /// A burst's axes in units of the resolution, until all have been read: x, y, z, x, y, …
  let axisUnits: UnsafeMutablePointer<Int32>
  @usableFromInline let axisStorage: UnsafeMutablePointer<AxisSample>
  /// Unescaped ids: `maxIDBytes` for the user, then as much for the device, the time zone, the site.
  let idText: UnsafeMutablePointer<UInt8>
  /// Any other unescaped string. Unescaping never lengthens, so a record's size is room enough.
  let scratch: UnsafeMutablePointer<UInt8>
  @usableFromInline let placeDraft: UnsafeMutablePointer<PlaceDraft>
  @usableFromInline let result: UnsafeMutablePointer<DecodedRecord>

  /// The longest id of a user or a device, in bytes.
  public static let maxIDBytes = ValueReader.maxIDBytes

  /// - Parameters:
  ///   - format: what the records look like.
  ///   - timeZones: the time zones that records may name; `nil` takes every text that could be a name.
  public init(format: RecordFormat = .standard, timeZones: TimeZoneTable? = nil) {
    self.format = format
    self.timeZones = timeZones
    maxRecordBytes = format.maxRecordBytes
    maxFutureSkew = format.maxFutureSkew
    maxBurstSamples = format.maxBurstSamples
    table = FieldTable(
      RecordField.allCases.flatMap { field in format.names[field].map { (field, $0) } })
    powers = .allocate(capacity: 20)
    var power: UInt64 = 1
    for exponent in 0..<20 {
      powers[exponent] = power
      power &*= 10
    }
    fixedPoint = FixedPoint(format, powers: powers)
    shortDecimal = ShortDecimal(fixedPoint)
    axisScale = AxisScale(digits: format.digits)
    keepsAxes = format.unit != .none
    sampleStorage = .allocate(capacity: maxBurstSamples)
    axisUnits = .allocate(capacity: 3 * maxBurstSamples)
    axisStorage = .allocate(capacity: maxBurstSamples)
    idText = .allocate(capacity: 4 * Self.maxIDBytes)
    scratch = .allocate(capacity: maxRecordBytes)
    values = ValueReader(powers: powers, scratch: scratch)
    placeDraft = .allocate(capacity: 1)
    placeDraft.initialize(to: PlaceDraft())
    result = .allocate(capacity: 1)
    result.initialize(to: DecodedRecord(empty: idText, sampleStorage))
  }

  deinit {
    table.deallocate()
    powers.deallocate()
    sampleStorage.deallocate()
    axisUnits.deallocate()
    axisStorage.deallocate()
    idText.deallocate()
    scratch.deallocate()
    placeDraft.deallocate()
    result.deallocate()
    timeZoneNumbers.deallocate()
  }

  /// The user's id of the record decoded last: 1 to 256 bytes of UTF-8. Valid until the next `decode`
  /// and only while that record's bytes are. Empty if the record was invalid.
  @inlinable
  public var user: UnsafeRawBufferPointer { result.pointee.user }

  /// The device's id of the record decoded last: at most 256 bytes of UTF-8, empty if it named none.
  /// Valid as long as ``user`` is.
  @inlinable
  public var device: UnsafeRawBufferPointer { result.pointee.device }

  /// The samples of the record decoded last, at least one, times not decreasing. Valid until the next
  /// `decode`. Empty if the record was invalid.
  @inlinable
  public var samples: UnsafeBufferPointer<Sample> { result.pointee.samples }

  /// The acceleration on the three axes at each of ``samples``, in their order, in thousandths of a g: from
  /// the integers at the stream's resolution, half away from zero, held at ±32767. Valid as long as
  /// ``samples`` are. Empty if the record has single values, was invalid, or the stream's unit is
  /// ``RecordFormat/Unit/none``.
  @inlinable
  public var axes: UnsafeBufferPointer<AxisSample> {
    UnsafeBufferPointer(start: axisStorage, count: result.pointee.axisCount)
  }

  /// Where the subject is by the record decoded last; `nil` if the record says nothing of it. Valid as
  /// long as ``user`` is.
  @inlinable
  public var place: ReportedPlace? {
    result.pointee.hasPlace ? placeDraft.pointee.place : nil
  }

  /// Decodes one record.
  ///
  /// - Parameters:
  ///   - bytes: The record. They need to outlive the use of ``user`` and ``device``.
  ///   - arrival: When it arrived, in milliseconds since 1970: the moment that `maxFutureSkew` counts
  ///     from. Negative means unknown, and no time is too far ahead then.
  /// - Throws: The first fault found.
  public func decode(_ bytes: UnsafeRawBufferPointer, arrival: Int64) throws(InvalidRecord) {
    do {
      try decodeObject(bytes, arrival: arrival)
    } catch {
      result.pointee = DecodedRecord(empty: idText, sampleStorage)
      throw error
    }
  }

  @inline(__always)
  private func decodeObject(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64
  ) throws(InvalidRecord) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else {
      throw InvalidRecord(.emptyRecord, offset: 0)
    }
    guard bytes.count <= maxRecordBytes else {
      throw InvalidRecord(.recordTooLarge, offset: maxRecordBytes)
    }
    var cursor = JSONCursor(base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    var draft = RecordDraft(empty: idText)
    cursor.skipSpace()
    guard !cursor.isAtEnd else { throw cursor.fault(.emptyRecord) }
    guard cursor.next.pointee == UInt8(ascii: "{") else { throw try cursor.wrongType(depth: 0) }
    cursor.next += 1
    if try cursor.peekToken() == UInt8(ascii: "}") {
      cursor.next += 1
    } else {
      repeat {
        guard try cursor.peekToken() == UInt8(ascii: "\"") else { throw cursor.fault(.notJSON) }
        let name = cursor.offset
        let field = try cursor.scanName(in: table, scratch: scratch)
        try cursor.expect(UInt8(ascii: ":"))
        if let field {
          guard draft.seen & field.bit == 0 else {
            throw InvalidRecord(.duplicateField, field: field.fieldName, offset: name)
          }
          draft.seen |= field.bit
          do {
            try read(field, &cursor, &draft)
          } catch {
            throw InvalidRecord(error.reason, field: field.fieldName, offset: error.offset)
          }
        } else {
          try cursor.skipValue(depth: 1)
        }
      } while try !cursor.passSeparator(orClose: UInt8(ascii: "}"))
    }
    cursor.skipSpace()
    guard cursor.isAtEnd else { throw cursor.fault(.notJSON) }
    try finish(&draft, arrival: arrival, offset: cursor.offset)
  }

  /// Checks that the record is whole, computes what needs more than one field, and publishes the result.
  @inline(__always)
  private func finish(
    _ draft: inout RecordDraft, arrival: Int64, offset: Int
  ) throws(InvalidRecord) {
    func require(_ field: RecordField) throws(InvalidRecord) {
      guard draft.seen & field.bit != 0 else {
        throw InvalidRecord(.missingField, field: field.fieldName, offset: offset)
      }
    }
    try require(.user)
    let hasValue = draft.seen & RecordField.value.bit != 0
    let hasAxes =
      draft.seen & (RecordField.x.bit | RecordField.y.bit | RecordField.z.bit) != 0
    let hasSamples = draft.seen & RecordField.samples.bit != 0
    guard (hasValue ? 1 : 0) + (hasAxes ? 1 : 0) + (hasSamples ? 1 : 0) <= 1 else {
      throw InvalidRecord(.ambiguousShape, offset: offset)
    }
    if hasSamples {
      try require(.burstStart)
      try require(.rate)
      guard
        draft.rate.setTimes(sampleStorage, count: draft.sampleCount, start: draft.burstStart)
      else { throw InvalidRecord(.badTime, field: .samples, offset: offset) }
    } else {
      if hasAxes {
        try require(.x)
        try require(.y)
        try require(.z)
        guard let magnitude = FixedPoint.magnitude(draft.x, draft.y, draft.z) else {
          throw InvalidRecord(.outOfBounds, offset: offset)
        }
        draft.value = magnitude
        if keepsAxes {
          axisStorage.pointee = axisScale.sample(draft.x, draft.y, draft.z)
          draft.axisCount = 1
        }
      } else {
        try require(.value)
      }
      try require(.time)
      sampleStorage.pointee = Sample(time: draft.time, value: draft.value)
      draft.sampleCount = 1
    }
    let last = sampleStorage[draft.sampleCount - 1].time
    // Neither side is negative: the difference does not overflow.
    guard arrival < 0 || last - arrival <= maxFutureSkew else {
      throw InvalidRecord(.tooFarAhead, field: hasSamples ? .samples : .time, offset: offset)
    }
    let hasPlace = draft.seen & RecordField.placeBits != 0 ? try finishPlace(offset: offset) : false
    result.pointee = DecodedRecord(
      user: draft.user, device: draft.device,
      samples: UnsafeBufferPointer(start: sampleStorage, count: draft.sampleCount),
      axisCount: draft.axisCount, hasPlace: hasPlace)
  }
}

/// Where the parts of the record decoded last are.
@usableFromInline
struct DecodedRecord {
  @usableFromInline var user: UnsafeRawBufferPointer
  @usableFromInline var device: UnsafeRawBufferPointer
  @usableFromInline var samples: UnsafeBufferPointer<Sample>
  /// So many of the decoder's axis samples are the record's: as many as samples, or none.
  @usableFromInline var axisCount: Int
  /// Whether the decoder's ``PlaceDraft`` is the record's.
  @usableFromInline var hasPlace: Bool
}

extension DecodedRecord {
  init(empty text: UnsafeMutablePointer<UInt8>, _ samples: UnsafeMutablePointer<Sample>) {
    user = UnsafeRawBufferPointer(start: text, count: 0)
    device = user
    self.samples = UnsafeBufferPointer(start: samples, count: 0)
    axisCount = 0
    hasPlace = false
  }
}

/// What has been read of a record so far.
struct RecordDraft {
  /// The fields read, a ``RecordField/bit`` each.
  var seen: UInt32 = 0
  var user: UnsafeRawBufferPointer
  var device: UnsafeRawBufferPointer
  var time: Int64 = 0
  var value: Int32 = 0
  var x: Int32 = 0
  var y: Int32 = 0
  var z: Int32 = 0
  var burstStart: Int64 = 0
  var rate = BurstRate()
  /// The burst's values are already in the decoder's memory; their times are not.
  var sampleCount = 0
  /// So many axis samples are in the decoder's memory.
  var axisCount = 0

  @inline(__always)
  init(empty text: UnsafeMutablePointer<UInt8>) {
    user = UnsafeRawBufferPointer(start: text, count: 0)
    device = user
  }
}

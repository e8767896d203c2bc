import Detection

/// The place behind which a page begins: the sort key and the id of the last row before it.
///
/// Outside it is an opaque text that is safe in a URL: base64url of a version byte, the sort, the
/// order, and the key.
struct Cursor: Equatable {
  enum Key: Equatable {
    case integer(Int64)
    /// `place` is the row's `state_order`.
    case state(urgency: Int64, place: Int64)
    case number(Double)
    case user(String, device: String)
  }

  var sort: StatusSort
  var order: SortOrder
  var key: Key
  var id: Int64

  private static let version: UInt8 = 2

  init(sort: StatusSort, order: SortOrder, key: Key, id: Int64) {
    self.sort = sort
    self.order = order
    self.key = key
    self.id = id
  }

  /// The place behind `record`.
  init(behind record: StatusRecord, sort: StatusSort, order: SortOrder) {
    let key: Key =
      switch sort {
      case .state: .state(urgency: record.state.urgency, place: record.stateOrder)
      case .user: .user(record.identity.user, device: record.identity.device)
      case .since: .integer(record.since)
      case .lastSeen: .integer(record.lastSeen)
      case .revision: .integer(record.revision)
      case .value: .number(record.value ?? -.infinity)
      case .score: .number(record.score ?? -.infinity)
      }
    self.init(sort: sort, order: order, key: key, id: record.subjectID)
  }

  var text: String {
    var bytes = ByteWriter()
    bytes.bytes = [Self.version, Self.number(of: sort), order == .ascending ? 0 : 1]
    switch key {
    case .integer(let value): bytes.append(value)
    case .state(let urgency, let place):
      bytes.append(urgency)
      bytes.append(place)
    case .number(let value): bytes.append(Int64(bitPattern: value.bitPattern))
    case .user(let user, let device):
      bytes.append(user)
      bytes.append(device)
    }
    bytes.append(id)
    return Base64URL.encode(bytes.bytes)
  }

  /// Reads a cursor that a page with the same sort and order gave out.
  ///
  /// - Throws: ``StoreError`` with code `invalidCursor`.
  init(_ text: String, sort: StatusSort, order: SortOrder) throws {
    guard let bytes = Base64URL.decode(text) else { throw Self.invalid }
    var reader = ByteReader(bytes: bytes)
    guard reader.byte() == Self.version, reader.byte() == Self.number(of: sort),
      reader.byte() == (order == .ascending ? 0 : 1), let key = Self.key(&reader, sort: sort),
      let id = reader.integer(), reader.isAtEnd
    else { throw Self.invalid }
    self.init(sort: sort, order: order, key: key, id: id)
  }

  private static func key(_ reader: inout ByteReader, sort: StatusSort) -> Key? {
    switch sort {
    case .state:
      guard let urgency = reader.integer(), let place = reader.integer() else { return nil }
      return .state(urgency: urgency, place: place)
    case .user:
      guard let user = reader.text(), let device = reader.text() else { return nil }
      return .user(user, device: device)
    case .since, .lastSeen, .revision: return reader.integer().map(Key.integer)
    case .value, .score:
      guard let bits = reader.integer() else { return nil }
      let value = Double(bitPattern: UInt64(bitPattern: bits))
      return value.isNaN ? nil : .number(value)
    }
  }

  private static func number(of sort: StatusSort) -> UInt8 {
    UInt8(StatusSort.allCases.firstIndex(of: sort) ?? 0)
  }

  static let invalid = StoreError(
    code: .invalidCursor, message: "the cursor does not belong to this query",
    attempted: "read a page", hint: "leave the cursor out to begin with the first page")
}

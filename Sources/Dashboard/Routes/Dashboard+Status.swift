import Detection
import Events
import HTTPServer
import Store

/// The status table.
extension Dashboard {
  /// `GET /api/v1/status`
  func statusPage(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(
      request, known: ["state", "kind", "prefix", "sort", "order", "limit", "cursor"])
    let query = StatusQuery(
      states: try parameters.states("state"), kind: parameters["kind"],
      userPrefix: parameters["prefix"] ?? "",
      sort: try parameters.choice("sort", of: StatusSort.allCases) ?? .state,
      order: try parameters.choice("order", of: [SortOrder.ascending, .descending]),
      limit: try parameters.integer("limit", in: 1...1_000) ?? 100,
      cursor: parameters["cursor"])
    let page = try readers.withReader { try $0.statusPage(query) }

    var writer = JSONWriter(capacity: 512 + page.items.count * 512)
    writer.literal("{\"revision\":")
    writer.integer(page.revision)
    writer.literal(",\"total\":")
    writer.integer(page.total)
    writer.literal(",\"counts\":")
    writer.counts(page.counts)
    writer.literal(",\"items\":")
    writer.rows(page.items)
    writer.literal(",\"next\":")
    writer.optional(page.next)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/status/{kind}/{user}[/{device}]`
  func status(of path: SubjectPath, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    switch try readers.withReader({ try find(path, $0) }) {
    case .failure(let answer): return .response(answer)
    case .found(let record):
      var writer = JSONWriter(capacity: 1_024)
      writer.row(record)
      return .response(.json(writer.bytes))
    }
  }

  enum Lookup {
    case found(StatusRecord)
    case failure(HTTPResponse)
  }

  /// The one subject that a path names.
  func find(_ path: SubjectPath, _ reader: StoreReader) throws -> Lookup {
    if let device = path.device {
      let record = try reader.status(kind: path.kind, user: path.user, device: device)
      return record.map(Lookup.found)
        ?? .failure(.notFound("There is no such subject: no record of it has come yet."))
    }
    let records = try reader.statuses(kind: path.kind, user: path.user)
    guard let first = records.first else {
      return .failure(.notFound("There is no such user: no record of them has come yet."))
    }
    guard records.count > 1 else { return .found(first) }
    var devices = JSONWriter()
    devices.byte(UInt8(ascii: "["))
    for (place, record) in records.enumerated() {
      devices.comma(unless: place == 0)
      devices.string(record.identity.device)
    }
    devices.byte(UInt8(ascii: "]"))
    return .failure(
      .problem(
        status: 409,
        detail: "This user has several devices: name one of them at the end of the path.",
        extra: ["devices": String(decoding: devices.bytes, as: UTF8.self)]))
  }
}

extension JSONWriter {
  /// Rows as an array.
  mutating func rows(_ records: some Sequence<StatusRecord>) {
    byte(UInt8(ascii: "["))
    var isFirst = true
    for record in records {
      comma(unless: isFirst)
      isFirst = false
      row(record)
    }
    byte(UInt8(ascii: "]"))
  }

  /// A string or `null`.
  mutating func optional(_ text: String?) {
    if let text { string(text) } else { literal("null") }
  }
}

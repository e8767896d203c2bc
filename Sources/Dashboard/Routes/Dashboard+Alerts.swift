import Detection
import HTTPServer
import Store

/// Alerts, and what people do about them.
extension Dashboard {
  private enum Severity: String, CaseIterable {
    case warning, danger

    var state: SafetyState { self == .danger ? .danger : .warning }
  }

  private enum Truth: String, CaseIterable {
    case `true`, `false`
  }

  /// `GET /api/v1/alerts`: the open ones by severity, all others newest first.
  func alertPage(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(
      request,
      known: [
        "state", "severity", "kind", "user", "device", "site", "cause", "acknowledged", "from",
        "to", "limit", "cursor",
      ])
    var query = AlertQuery()
    query.phases = try parameters.choice("state", of: AlertQuery.Phases.allCases) ?? .open
    query.severity = try parameters.choice("severity", of: Severity.allCases)?.state
    query.kind = parameters["kind"]
    query.user = parameters["user"]
    query.device = parameters["device"]
    query.site = parameters["site"]
    query.cause = try parameters["cause"].map { text in
      guard let cause = Cause(name: text) else {
        throw BadParameter(
          message:
            "cause must be abnormal, fall, void_image, stale, or rule: and a rule's id, like "
            + "rule:200.")
      }
      return cause.name
    }
    query.isAcknowledged = try parameters.choice("acknowledged", of: Truth.allCases).map {
      $0 == .true
    }
    query.from = try parameters.time("from")
    query.to = try parameters.time("to")
    query.limit = try parameters.integer("limit", in: 1...1_000) ?? 100
    query.cursor = parameters["cursor"]
    if let from = query.from, let to = query.to, from > to {
      throw BadParameter(message: "from must not be after to.")
    }
    let page = try readers.withReader { [query] in try $0.alertPage(query) }

    var writer = JSONWriter(capacity: 256 + page.items.count * 1_024)
    writer.literal("{\"revision\":")
    writer.integer(page.revision)
    writer.literal(",\"counts\":{\"danger\":")
    writer.integer(page.counts.danger)
    writer.literal(",\"warning\":")
    writer.integer(page.counts.warning)
    writer.literal(",\"acknowledged\":")
    writer.integer(page.counts.acknowledged)
    writer.literal("},\"items\":")
    writer.alerts(page.items)
    writer.literal(",\"next\":")
    writer.optional(page.next)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/alerts/{id}`
  func alert(_ id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    return try readers.withReader { reader in
      // The alert first: whatever it shows is among the events that are read after it.
      guard let record = try reader.alert(id) else { return .response(Self.noAlert) }
      let verdicts = try reader.verdicts(ofAlert: id)
      let events = try reader.alertEvents(of: id)
      let notifications = try reader.alertNotifications(of: id)
      var writer = JSONWriter(capacity: 4_096)
      writer.alert(
        record, verdicts: verdicts, events: events, notifications: notifications)
      return .response(.json(writer.bytes))
    }
  }

  /// `POST /api/v1/alerts/{id}/ack`
  func acknowledge(alert id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    try change(id, request, facts.alerts.acknowledge)
  }

  /// `POST /api/v1/alerts/{id}/resolve`
  func resolve(alert id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    try change(id, request, facts.alerts.resolve)
  }

  /// `POST /api/v1/alerts/{id}/verdict`
  func judge(alert id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    if let refusal = request.refusalUnlessJSON { return .response(refusal) }
    let body = try VerdictBody(request.body)
    try facts.alerts.judge(
      id, Verdict(kind: body.kind, note: body.note, author: body.author, time: facts.now()))
    return try answer(withAlert: id)
  }

  private func change(
    _ id: Int64, _ request: HTTPRequest, _ change: (Int64, String, String) throws -> Void
  ) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    if let refusal = request.refusalUnlessJSON { return .response(refusal) }
    let body = try AlertBody(request.body)
    try change(id, body.author, body.note)
    return try answer(withAlert: id)
  }

  private func answer(withAlert id: Int64) throws -> HTTPReply {
    guard let record = try readers.withReader({ try $0.alert(id) }) else {
      return .response(Self.noAlert)
    }
    var writer = JSONWriter(capacity: 1_024)
    writer.alert(record)
    return .response(.json(writer.bytes))
  }

  static func response(to refusal: AlertFacts.Refusal) -> HTTPResponse {
    switch refusal {
    case .unknown: noAlert
    case .resolved: .problem(status: 409, detail: "This alert is resolved already.")
    case .alreadyAcknowledged:
      .problem(status: 409, detail: "Somebody has acknowledged this alert already.")
    case .busy: busy("The service is too busy to change an alert. Try again in a moment.")
    }
  }

  private static var noAlert: HTTPResponse {
    .notFound("There is no such alert: there never was, or it is older than what is kept.")
  }
}

/// The body of `POST /api/v1/alerts/{id}/ack` and `…/resolve`.
struct AlertBody {
  var author: String
  var note: String

  /// - Throws: `BadParameter` for everything that is not exactly what it should be.
  init(_ bytes: [UInt8]) throws {
    let members = try BodyMembers(bytes, known: ["author", "note"])
    author = try members.text("author", maxBytes: Alert.Acknowledgement.maxAuthorBytes)
    note = try members.text(
      "note", maxBytes: Alert.Acknowledgement.maxNoteBytes, lines: true)
  }
}

import Detection
import HTTPServer
import Store

/// Threats, and what operators say of them.
extension Dashboard {
  /// `GET /api/v1/threats`: newest first.
  func threatPage(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(
      request,
      known: ["kind", "user", "device", "rule", "verdict", "from", "to", "limit", "cursor"])
    let query = ThreatQuery(
      kind: parameters["kind"], user: parameters["user"], device: parameters["device"],
      rule: try parameters.integer("rule", in: 1...Int.max),
      from: try parameters.time("from"), to: try parameters.time("to"),
      verdict: try parameters.choice("verdict", of: ThreatQuery.VerdictFilter.allCases),
      limit: try parameters.integer("limit", in: 1...1_000) ?? 100, cursor: parameters["cursor"])
    if let from = query.from, let to = query.to, from > to {
      throw BadParameter(message: "from must not be after to.")
    }
    let page = try readers.withReader { try $0.threatPage(query) }
    var writer = JSONWriter(capacity: 256 + page.items.count * 768)
    writer.literal("{\"items\":[")
    for (place, threat) in page.items.enumerated() {
      writer.comma(unless: place == 0)
      writer.threat(threat)
    }
    writer.literal("],\"next\":")
    writer.optional(page.next)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/threats/{id}`
  func threat(_ id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    let (found, verdicts) = try readers.withReader { reader in
      // The threat second: the verdict that it shows is among those read, or newer.
      let verdicts = try reader.verdicts(ofThreat: id)
      return (try reader.threat(id), verdicts)
    }
    guard let found else { return .response(Self.noThreat) }
    var writer = JSONWriter(capacity: 2_048)
    writer.threat(found, history: verdicts)
    return .response(.json(writer.bytes))
  }

  /// `POST /api/v1/threats/{id}/verdict`
  func setVerdict(ofThreat id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    if let refusal = request.refusalUnlessJSON { return .response(refusal) }
    let body = try VerdictBody(request.body)
    let verdict = Verdict(
      kind: body.kind, note: body.note, author: body.author, time: facts.now())
    guard try facts.setVerdict(verdict, id),
      let threat = try readers.withReader({ try $0.threat(id) })
    else { return .response(Self.noThreat) }
    var writer = JSONWriter(capacity: 1_024)
    writer.threat(threat)
    return .response(.json(writer.bytes))
  }

  private static var noThreat: HTTPResponse {
    .notFound("There is no such threat: there never was, or it is older than what is kept.")
  }
}

extension JSONWriter {
  /// A threat, and on request all verdicts on it, oldest first.
  mutating func threat(_ threat: ThreatRecord, history: [Verdict]? = nil) {
    literal("{\"id\":")
    integer(threat.id)
    literal(",\"kind\":")
    string(threat.identity.kind)
    literal(",\"user\":")
    string(threat.identity.user)
    literal(",\"device\":")
    string(threat.identity.device)
    literal(",\"site\":")
    string(threat.site)
    literal(",\"time\":")
    time(threat.time)
    literal(",\"rule\":")
    integer(threat.rule)
    literal(",\"name\":")
    string(threat.name)
    literal(",\"severity\":")
    string(threat.severity.name)
    literal(",\"objects\":[")
    for (place, object) in threat.objects.enumerated() {
      comma(unless: place == 0)
      self.object(object)
    }
    literal("],\"reason\":")
    string(threat.reason)
    if let cause = threat.place {
      place(topic: cause.topic, partition: cause.partition)
      integer(cause.offset)
    } else {
      noPlace()
    }
    literal(",\"config\":")
    optional(threat.judgement.isEmpty ? nil : threat.judgement)
    literal(",\"verdict\":")
    if let verdict = threat.verdict { self.verdict(verdict) } else { literal("null") }
    if let history {
      literal(",\"verdicts\":[")
      for (place, verdict) in history.enumerated() {
        comma(unless: place == 0)
        self.verdict(verdict)
      }
      byte(UInt8(ascii: "]"))
    }
    byte(UInt8(ascii: "}"))
  }

  private mutating func object(_ object: Threat.Object) {
    literal("{\"class\":")
    string(object.className)
    literal(",\"probability\":")
    value(object.probability)
    literal(",\"zone\":")
    optional(object.zone)
    byte(UInt8(ascii: "}"))
  }

  mutating func verdict(_ verdict: Verdict) {
    literal("{\"verdict\":")
    string(verdict.kind.rawValue)
    literal(",\"note\":")
    string(verdict.note)
    literal(",\"author\":")
    string(verdict.author)
    literal(",\"time\":")
    time(verdict.time)
    byte(UInt8(ascii: "}"))
  }
}

import Detection
import HTTPServer
import Store

/// The models that tell falls, side by side.
extension Dashboard {
  /// What is reported on if nobody says since when: a week, in milliseconds.
  private static let usualSpan: Int64 = 7 * 86_400_000

  /// `GET /api/v1/models`
  func models(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["since", "until"])
    // The newest samples may be a little ahead of our clock.
    let until = try parameters.time("until")
    let end = until ?? facts.now() + 60_000
    let since = try parameters.time("since") ?? end - Self.usualSpan
    guard since <= end else {
      throw BadParameter(message: "since must not be after until.")
    }
    let report = try readers.withReader { try $0.modelReport(from: since, to: end) }
    var writer = JSONWriter(capacity: 4_096)
    writer.literal("{\"since\":")
    writer.time(since)
    writer.literal(",\"until\":")
    writer.time(end)
    writer.literal(",\"in_use\":[")
    for (place, use) in facts.streams().flatMap(\.modelUses).enumerated() {
      writer.comma(unless: place == 0)
      writer.use(use)
    }
    writer.byte(UInt8(ascii: "]"))
    writer.members(of: report)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/models/disagreements`: newest first.
  func disagreements(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["limit", "before"])
    let limit = try parameters.integer("limit", in: 1...1_000) ?? 50
    let before = try parameters.integer("before", in: 1...Int.max).map(Int64.init)
    let page = try readers.withReader { try $0.disagreements(limit: limit, before: before) }
    var writer = JSONWriter(capacity: 256 + page.items.count * 768)
    writer.literal("{\"items\":[")
    for (place, candidate) in page.items.enumerated() {
      writer.comma(unless: place == 0)
      writer.candidate(candidate, withFeatures: false)
    }
    writer.literal("],\"next\":")
    if let next = page.next { writer.integer(next) } else { writer.literal("null") }
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/models/candidates/{id}`
  func fallCandidate(_ id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    guard let candidate = try readers.withReader({ try $0.fallCandidate(id) }) else {
      return .response(
        .notFound("There is no such candidate: there never was, or it is older than what is kept."))
    }
    var writer = JSONWriter(capacity: 4_096)
    writer.candidate(candidate, withFeatures: true)
    return .response(.json(writer.bytes))
  }
}

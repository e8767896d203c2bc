import HTTPServer
import Store

/// Silences: who is not to be told of what, and until when.
extension Dashboard {
  private enum Wanted: String, CaseIterable {
    case active, pending, expired, all
  }

  /// The most silences that are listed.
  private static let maxSilences = 10_000

  /// `GET /api/v1/silences`: newest first.
  func silences(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["state"])
    let wanted = try parameters.choice("state", of: Wanted.allCases)
    let now = facts.now()
    let wantsExpired = wanted == .expired || wanted == .all
    let found = try readers.withReader {
      try $0.silences(endingAfter: wantsExpired ? .min : now, limit: Self.maxSilences)
    }
    var writer = JSONWriter(capacity: 256 + found.count * 512)
    writer.literal("{\"items\":[")
    var isFirst = true
    for silence in found.sorted(by: { $0.id > $1.id }) {
      let state = silence.state(at: now)
      switch wanted {
      case .all: break
      case nil: if state == .expired { continue }
      case let wanted?: if state.rawValue != wanted.rawValue { continue }
      }
      writer.comma(unless: isFirst)
      isFirst = false
      writer.silence(silence, at: now)
    }
    writer.literal("]}")
    return .response(.json(writer.bytes))
  }

  /// `GET /api/v1/silences/{id}`
  func silence(_ id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    return try shown(id)
  }

  /// `POST /api/v1/silences`
  func addSilence(_ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    if let refusal = request.refusalUnlessJSON { return .response(refusal) }
    let silence = try SilenceBody(request.body, now: facts.now()).silence
    let id = try facts.alerts.addSilence(silence)
    guard case .response(var response) = try shown(id, status: 201) else {
      return .response(Self.noSilence)
    }
    response.headers["Location"] = "/api/v1/silences/\(id)"
    return .response(response)
  }

  /// `DELETE /api/v1/silences/{id}`: it is over from now on, and stays on record.
  func expireSilence(_ id: Int64, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    guard request.body.isEmpty else { throw BadParameter(message: "This takes no body.") }
    guard try facts.alerts.expireSilence(id) else { return .response(Self.noSilence) }
    return try shown(id)
  }

  private func shown(_ id: Int64, status: Int = 200) throws -> HTTPReply {
    guard let silence = try readers.withReader({ try $0.silence(id) }) else {
      return .response(Self.noSilence)
    }
    var writer = JSONWriter(capacity: 512)
    writer.silence(silence, at: facts.now())
    return .response(.json(writer.bytes, status: status))
  }

  private static var noSilence: HTTPResponse {
    .notFound("There is no such silence: there never was, or it is older than what is kept.")
  }
}

extension Silence {
  enum State: String {
    case active, pending, expired
  }

  func state(at now: Int64) -> State {
    if ends <= now { return .expired }
    return starts <= now ? .active : .pending
  }
}

extension JSONWriter {
  fileprivate mutating func silence(_ silence: Silence, at now: Int64) {
    literal("{\"id\":")
    integer(silence.id)
    literal(",\"matchers\":")
    strings(silence.matchers)
    literal(",\"starts\":")
    time(silence.starts)
    literal(",\"ends\":")
    time(silence.ends)
    literal(",\"author\":")
    string(silence.author)
    literal(",\"comment\":")
    string(silence.comment)
    literal(",\"created\":")
    time(silence.created)
    literal(",\"state\":")
    string(silence.state(at: now).rawValue)
    byte(UInt8(ascii: "}"))
  }
}

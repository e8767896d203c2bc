import HTTPServer

/// The service itself: its figures, its probes, its metrics.
extension Dashboard {
  /// `GET /api/v1/service`
  func service(_ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    let state = facts.service()
    var writer = JSONWriter(capacity: 1_024)
    writer.literal("{\"version\":")
    writer.string(state.version)
    writer.literal(",\"started\":")
    writer.time(state.started)
    writer.literal(",\"records\":")
    writer.integer(state.records)
    writer.literal(",\"records_per_second\":")
    writer.value(state.recordsPerSecond)
    writer.literal(",\"samples\":")
    writer.integer(state.samples)
    writer.literal(",\"lag\":")
    if let lag = state.lag { writer.integer(lag) } else { writer.literal("null") }
    writer.literal(",\"unheard_seconds\":")
    if let unheard = state.unheardSeconds {
      writer.integer(unheard)
    } else {
      writer.literal("null")
    }
    writer.literal(",\"invalid\":")
    writer.integer(state.invalid)
    writer.literal(",\"lost\":")
    writer.integer(state.lost)
    writer.literal(",\"late\":")
    writer.integer(state.late)
    writer.literal(",\"watchers\":")
    writer.integer(state.watchers == 0 ? feed.watchers : state.watchers)
    writer.literal(",\"streams\":[")
    for (place, stream) in state.streams.enumerated() {
      writer.comma(unless: place == 0)
      writer.literal("{\"name\":")
      writer.string(stream.name)
      writer.literal(",\"type\":")
      writer.string(stream.type.rawValue)
      writer.literal(",\"kind\":")
      writer.string(stream.kind)
      writer.literal(",\"unit\":")
      writer.string(stream.unit)
      writer.literal(",\"k\":")
      writer.value(stream.type == .camera ? nil : stream.k)
      writer.literal(",\"window_ms\":")
      writer.integer(stream.windowMilliseconds)
      writer.byte(UInt8(ascii: "}"))
    }
    writer.literal("]}")
    return .response(.json(writer.bytes))
  }

  /// `GET /livez`: the process answers.
  func live(_ request: HTTPRequest) throws -> HTTPReply { .response(.text("ok")) }

  /// `GET /readyz`: the process can do its work.
  func ready(_ request: HTTPRequest) throws -> HTTPReply {
    let checks = facts.readiness()
    let isReady = checks.allSatisfy(\.isReady)
    var writer = JSONWriter(capacity: 512)
    writer.literal(isReady ? "{\"status\":\"ready\"" : "{\"status\":\"not_ready\"")
    writer.literal(",\"checks\":{")
    for (place, check) in checks.enumerated() {
      writer.comma(unless: place == 0)
      writer.string(check.name)
      writer.byte(UInt8(ascii: ":"))
      writer.string(check.isReady ? "ok" : check.detail.isEmpty ? "not ready" : check.detail)
    }
    writer.literal("}}")
    return .response(.json(writer.bytes, status: isReady ? 200 : 503))
  }

  /// `GET /metrics`
  func metrics(_ request: HTTPRequest) throws -> HTTPReply {
    .response(
      HTTPResponse(
        headers: [
          "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-cache",
        ], body: Array(facts.metrics().utf8)))
  }
}

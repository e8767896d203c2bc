import HTTPServer

/// `GET /events`: the stream of changes.
extension Dashboard {
  func events(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(
      request, known: ["state", "kind", "user", "since", "transitions", "alerts"])
    let filter = EventFilter(
      states: try parameters.states("state"), kind: parameters["kind"], user: parameters["user"],
      transitionsOnly: try parameters.flag("transitions"),
      alerts: try parameters.flag("alerts", default: true))
    var since = try parameters.revision("since")
    // A browser that reconnects repeats the address with its old `since`; what it saw last comes in this
    // field. One that we never sent cannot be gone on from.
    if let last = request.headers["Last-Event-ID"], !last.isEmpty {
      since = Int64(last).flatMap { $0 >= 0 ? $0 : nil }
    }
    let session = EventSession(
      filter: filter, since: since, feed: feed, readers: readers, report: facts.report)
    return .events(session.stream)
  }
}

import HTTPServer
import Store

/// All routes of the service: the interface under `/api/v1`, the event stream, the probes, the page.
///
/// A pure function from requests to answers over the store's readers, the feed and the service's facts;
/// it owns no thread and nothing that must be closed.
public final class Dashboard: Sendable {
  /// The `Host` names under which a service that is bound to a loopback address is asked for: pass them
  /// as `allowedHosts` then. A page from elsewhere whose name was made to point at 127.0.0.1 (DNS
  /// rebinding) still says its own name here.
  public static let loopbackHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

  let readers: ReaderPool
  let feed: Feed
  let facts: ServiceFacts
  private let allowedHosts: Set<String>?
  private let assets = Assets()

  /// - Parameters:
  ///   - feed: the one whose log the server serves.
  ///   - allowedHosts: the only names, in lower case and without port, that requests may give in their
  ///     `Host` field; `nil` to take any.
  public init(
    readers: ReaderPool, feed: Feed, facts: ServiceFacts, allowedHosts: Set<String>? = nil
  ) {
    self.readers = readers
    self.feed = feed
    self.facts = facts
    self.allowedHosts = allowedHosts
  }

  /// Answers any request; for the server.
  public var handler: HTTPServer.Handler {
    { request in self.reply(to: request) }
  }

  private func reply(to request: HTTPRequest) -> HTTPReply {
    switch routed(request) {
    case .events(let stream): return .events(stream)
    case .response(var response):
      response.headers["X-Content-Type-Options"] = "nosniff"
      return .response(response)
    }
  }

  private func routed(_ request: HTTPRequest) -> HTTPReply {
    if let refusal = refusal(ofHost: request) { return .response(refusal) }
    guard let endpoint = endpoint(request.pathSegments) else { return .response(.notFound()) }
    guard let route = endpoint.route(for: request.method) else {
      return .response(.methodNotAllowed(allowing: endpoint.methods))
    }
    if let refusal = CrossSite.refusal(of: request) { return .response(refusal) }
    do {
      return try route(request)
    } catch let error as BadParameter {
      return .response(.problem(status: 400, detail: error.message))
    } catch let refusal as AlertFacts.Refusal {
      return .response(Self.response(to: refusal))
    } catch {
      return .response(response(to: error))
    }
  }

  typealias Route = (HTTPRequest) throws -> HTTPReply

  /// What answers at a path; `nil` if nothing does.
  private func endpoint(_ path: [String]) -> Endpoint? {
    switch path.first {
    case nil: Endpoint(get: page("index.html"))
    case "alerts" where path.count == 1: Endpoint(get: page("alerts.html"))
    case "reports" where path.count == 1: Endpoint(get: page("reports.html"))
    case "models" where path.count == 1: Endpoint(get: page("models.html"))
    case "events" where path.count == 1: Endpoint(get: events)
    case "livez" where path.count == 1: Endpoint(get: live)
    case "readyz" where path.count == 1: Endpoint(get: ready)
    case "metrics" where path.count == 1: Endpoint(get: metrics)
    case "assets" where path.count == 2:
      assets[path[1]].map { asset in Endpoint(get: { .response(asset($0)) }) }
    case "api" where path.count > 2 && path[1] == "v1": interface(Array(path[2...]))
    default: nil
    }
  }

  private func interface(_ path: [String]) -> Endpoint? {
    let rest = path.dropFirst()
    switch path[0] {
    case "status" where rest.isEmpty: return Endpoint(get: statusPage)
    case "status":
      guard let subject = SubjectPath(rest) else { return nil }
      return Endpoint(get: { try self.status(of: subject, $0) })
    case "wearers" where rest.last == "trace":
      guard let subject = SubjectPath(["wearer"] + rest.dropLast()) else { return nil }
      return Endpoint(get: { try self.trace(of: subject, $0) })
    case "subjects" where rest.last == "trace":
      guard let subject = SubjectPath(rest.dropLast()) else { return nil }
      return Endpoint(get: { try self.trace(of: subject, $0) })
    case "threats" where rest.isEmpty: return Endpoint(get: threatPage)
    case "threats":
      // Ids are given out from 1; nothing else can name a threat.
      guard let id = Int64(path[1]), id > 0 else { return nil }
      switch rest.dropFirst() {
      case []: return Endpoint(get: { try self.threat(id, $0) })
      case ["verdict"]: return Endpoint(post: { try self.setVerdict(ofThreat: id, $0) })
      default: return nil
      }
    case "alerts" where rest.isEmpty: return Endpoint(get: alertPage)
    case "alerts":
      guard let id = Int64(path[1]), id > 0 else { return nil }
      switch rest.dropFirst() {
      case []: return Endpoint(get: { try self.alert(id, $0) })
      case ["ack"]: return Endpoint(post: { try self.acknowledge(alert: id, $0) })
      case ["resolve"]: return Endpoint(post: { try self.resolve(alert: id, $0) })
      case ["verdict"]: return Endpoint(post: { try self.judge(alert: id, $0) })
      default: return nil
      }
    case "silences" where rest.isEmpty: return Endpoint(get: silences, post: addSilence)
    case "silences" where rest.count == 1:
      guard let id = Int64(path[1]), id > 0 else { return nil }
      return Endpoint(
        get: { try self.silence(id, $0) }, delete: { try self.expireSilence(id, $0) })
    case "receivers" where rest.isEmpty: return Endpoint(get: receivers)
    case "reports" where rest == ["daily"]: return Endpoint(get: dailyReport)
    case "models" where rest.isEmpty: return Endpoint(get: models)
    case "models" where rest == ["disagreements"]: return Endpoint(get: disagreements)
    case "models" where rest.count == 2 && path[1] == "candidates":
      guard let id = Int64(path[2]), id > 0 else { return nil }
      return Endpoint(get: { try self.fallCandidate(id, $0) })
    case "rules" where rest.isEmpty: return Endpoint(get: rules, post: reloadRules)
    case "configs" where path.count == 2 && !path[1].isEmpty:
      return Endpoint(get: { try self.configuration(path[1], $0) })
    case "invalid" where rest.isEmpty: return Endpoint(get: invalid)
    case "service" where rest.isEmpty: return Endpoint(get: service)
    default: return nil
    }
  }

  private func page(_ name: String) -> Route {
    { request in .response(self.assets[name].map { $0(request) } ?? .notFound()) }
  }

  // MARK: What is refused, what fails

  private func refusal(ofHost request: HTTPRequest) -> HTTPResponse? {
    // HTTP/1.0 knows no Host, and no browser speaks it.
    guard let allowedHosts, let host = request.headers["Host"] else { return nil }
    let name: Substring
    if host.hasPrefix("[") {
      name = host.firstIndex(of: "]").map { host[...$0] } ?? host[...]
    } else {
      name = host.prefix { $0 != ":" }
    }
    if allowedHosts.contains(name.lowercased()) { return nil }
    let known = allowedHosts.sorted().joined(separator: ", ")
    return .problem(
      status: 403,
      detail: "This service is not called by the name in the Host field. It answers to: \(known).")
  }

  private func response(to error: any Error) -> HTTPResponse {
    guard let error = error as? StoreError else {
      facts.report("a request failed: \(error)")
      return .problem(status: 500, detail: "The request failed for an internal reason.")
    }
    switch error.code {
    case .invalidCursor:
      return .problem(
        status: 400,
        detail: "cursor is not one that this query gave out: repeat the query without it.")
    case .invalidValue: return .problem(status: 400, detail: "\(error.message).")
    case .readersBusy, .timedOut, .busy:
      facts.report("a request was turned away: \(error)")
      return Self.busy("The database is busy. Try again in a moment.")
    default:
      facts.report("a request failed: \(error)")
      return .problem(status: 500, detail: "The database could not be read or written.")
    }
  }

  /// 503 with the field that says when to come again.
  static func busy(_ detail: String) -> HTTPResponse {
    var response = HTTPResponse.problem(status: 503, detail: detail)
    response.headers["Retry-After"] = "1"
    return response
  }
}

/// What a path takes.
struct Endpoint {
  var get: Dashboard.Route?
  var post: Dashboard.Route?
  var delete: Dashboard.Route?

  /// What `Allow` says.
  var methods: [HTTPMethod] {
    (get == nil ? [] : [.get, .head]) + (post == nil ? [] : [.post])
      + (delete == nil ? [] : [.delete])
  }

  func route(for method: HTTPMethod) -> Dashboard.Route? {
    switch method {
    case .get, .head: get
    case .post: post
    case .delete: delete
    default: nil
    }
  }
}

/// The path that names a subject, or a user of unknown device.
struct SubjectPath {
  var kind: String
  var user: String
  /// `nil` if left out. A slash at the end names the device without a name.
  var device: String?

  /// - Parameter segments: kind, user and perhaps device; `nil` if they are not that.
  init?(_ segments: some Collection<String>) {
    let parts = Array(segments)
    guard (2...3).contains(parts.count), !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    kind = parts[0]
    user = parts[1]
    device = parts.count == 3 ? parts[2] : nil
  }
}

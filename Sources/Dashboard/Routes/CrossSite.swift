import HTTPServer

/// Keeps pages of other sites from changing anything through a visitor's browser.
///
/// There is no log-in whose token a page could lack, and a browser sends a simple POST to anywhere. But
/// it always says where a POST comes from: `Origin` (<https://fetch.spec.whatwg.org/#origin-header>)
/// and, since 2023 in all of them, `Sec-Fetch-Site` (<https://www.w3.org/TR/fetch-metadata/>). Programs
/// that are no browsers send neither, and have no visitor whose place on the network they could borrow.
enum CrossSite {
  /// 403 if the request would change something and another site is behind it.
  static func refusal(of request: HTTPRequest) -> HTTPResponse? {
    guard request.method != .get, request.method != .head else { return nil }
    let host = request.headers["Host"] ?? ""
    for origin in request.headers.values(of: "Origin") where !isOwn(origin, host: host) {
      return refusal("The Origin field names another site than the Host field.")
    }
    for site in request.headers.values(of: "Sec-Fetch-Site")
    where site != "same-origin" && site != "none" {
      return refusal("The Sec-Fetch-Site field says that another site is behind this request.")
    }
    return nil
  }

  private static func refusal(_ why: String) -> HTTPResponse {
    .problem(
      status: 403, detail: why + " Only the service's own pages and programs may change anything.")
  }

  /// Whether an origin, `scheme://host[:port]`, is the host that was asked. Schemes may differ: a proxy
  /// that ends TLS leaves `https` in the origin. `null`, the origin of sandboxed frames and local
  /// files, is nobody's own.
  private static func isOwn(_ origin: String, host: String) -> Bool {
    let origin = origin.lowercased()
    for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme)
    {
      let own = withoutPort(host.lowercased(), port)
      return !own.isEmpty && withoutPort(String(origin.dropFirst(scheme.count)), port) == own
    }
    return false
  }

  private static func withoutPort(_ host: String, _ port: String) -> String {
    host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
  }
}

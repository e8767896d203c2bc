import HTTPServer

/// The web page's files, which are part of the binary.
struct Assets: Sendable {
  /// Everything from ourselves and nothing from anywhere else; nobody may put the page into a frame.
  private static let policy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    + "object-src 'none'"

  private struct Asset: Sendable {
    var body: [UInt8]
    var contentType: String
    var entityTag: String
  }

  private let assets: [String: Asset]

  init() {
    var assets: [String: Asset] = [:]
    for file in EmbeddedAssets.files {
      let body = file.text.withUTF8Buffer { Array($0) }
      assets[file.name] = Asset(
        body: body, contentType: Self.contentType(of: file.name),
        entityTag: HTTPResponse.entityTag(of: body))
    }
    self.assets = assets
  }

  /// What answers for a file; `nil` if there is no such file.
  subscript(name: String) -> ((HTTPRequest) -> HTTPResponse)? {
    guard let asset = assets[name] else { return nil }
    return { request in
      var response = HTTPResponse.asset(
        asset.body, contentType: asset.contentType, entityTag: asset.entityTag, for: request)
      response.headers["Content-Security-Policy"] = Self.policy
      response.headers["Referrer-Policy"] = "no-referrer"
      return response
    }
  }

  private static func contentType(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    case "json": "application/json"
    default: "text/plain; charset=utf-8"
    }
  }
}

import CCurl

/// The parts of an http or https URL, by libcurl's own parser, so that what is checked is what is called.
struct WebAddress: Equatable, Sendable {
  var scheme: String
  var host: String
  /// Begins with a slash.
  var path: String
  /// Without the question mark; empty if there is none.
  var query: String
  /// Password in the address, if there is one.
  var password: String

  /// `nil` for anything that is not a whole URL of one of the two schemes.
  init?(_ text: String) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }), let url = curl_url() else {
      return nil
    }
    defer { curl_url_cleanup(url) }
    guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
    func part(_ part: CURLUPart) -> String {
      var found: UnsafeMutablePointer<CChar>?
      guard curl_url_get(url, part, &found, 0) == CURLUE_OK, let found else { return "" }
      defer { curl_free(found) }
      return String(cString: found)
    }
    scheme = part(CURLUPART_SCHEME).lowercased()
    host = part(CURLUPART_HOST)
    path = part(CURLUPART_PATH)
    query = part(CURLUPART_QUERY)
    password = part(CURLUPART_PASSWORD)
    guard scheme == "http" || scheme == "https", !host.isEmpty else { return nil }
  }
}

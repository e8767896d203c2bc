import Foundation

/// Takes secrets out of texts that others have written: an error page likes to repeat the address that was
/// asked for, and an API the key that it does not know.
struct Redaction: Sendable {
  /// The longest first, so that none hides a part of another.
  private let words: [String]

  /// - Parameter secrets: Addresses are taken apart as well: their path, query and long parts of them are
  ///   secret, their host is not. Texts of fewer than four characters are not looked for.
  init(_ secrets: [Secret]) {
    var words: Set<String> = []
    for secret in secrets {
      let text = secret.revealed
      if text == "application/json" { continue }
      words.insert(text)
      for scheme in ["Bearer ", "Basic "] where text.hasPrefix(scheme) {
        words.insert(String(text.dropFirst(scheme.count)))
      }
      guard let address = WebAddress(text) else { continue }
      words.insert(address.password)
      if address.path.utf8.count >= 8 {
        words.insert(address.path)
        words.insert(address.query.isEmpty ? address.path : "\(address.path)?\(address.query)")
      }
      for part in address.path.split(separator: "/") where part.utf8.count >= 8 {
        words.insert(String(part))
      }
      for pair in address.query.split(separator: "&") {
        words.insert(String(pair.split(separator: "=", maxSplits: 1).last ?? pair))
      }
    }
    self.words = words.filter { $0.utf8.count >= 4 }.sorted { ($1.count, $0) < ($0.count, $1) }
  }

  func clean(_ text: String) -> String {
    words.reduce(text) { $0.replacingOccurrences(of: $1, with: "<secret>") }
  }
}

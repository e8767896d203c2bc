import Foundation

/// A mailbox of RFC 5322 as configurations write it: `ann@example.org` or `Ann <ann@example.org>`.
struct MailAddress: Equatable, Sendable {
  var name: String
  /// `ann@example.org`, ASCII.
  var address: String

  /// `nil` if it is none, or would have to be quoted.
  init?(_ text: String) {
    guard text.oneLine == text else { return nil }
    let text = text.trimmed
    if text.hasSuffix(">"), let opening = text.lastIndex(of: "<") {
      address = String(text[text.index(after: opening)...].dropLast())
      name = text[..<opening].trimmed
      if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
        name = String(name.dropFirst().dropLast())
      }
    } else {
      address = text
      name = ""
    }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    let special = Set("()<>[]:;,\\\" ".utf8)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, address.utf8.count <= 254,
      address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !special.contains($0) })
    else { return nil }
  }

  var domain: Substring { address.split(separator: "@").last ?? "localhost" }

  /// As a header has it.
  var headerText: String {
    name.isEmpty ? "<\(address)>" : "\(MailMessage.phrase(name)) <\(address)>"
  }
}

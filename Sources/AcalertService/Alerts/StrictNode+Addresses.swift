import Alerting

/// Addresses of machines and of people. An address of the web is never shown in an error: part of it may
/// be a secret.
extension StrictNode {
  /// The parts of an `http` or `https` address.
  struct WebAddress {
    var scheme: Substring
    /// With the port, if it has one.
    var host: Substring
    var path: Substring
  }

  /// A URL as it stands, or a secret that holds one; and what can be shown of it.
  func url(
    _ surroundings: AlertsFile.Surroundings
  ) throws -> (secret: Secret, shown: String) {
    if case .mapping = node {
      let secret = try secret(surroundings)
      _ = try webAddress(secret.revealed)
      return (secret, "")
    }
    let (text, shown) = try plainURL()
    return (Secret(text), shown)
  }

  /// A URL that stands in the file. Of its path nothing is shown: it may name a token.
  func plainURL() throws -> (text: String, shown: String) {
    let text = try text()
    let address = try webAddress(text)
    return (text, "\(address.scheme)://\(address.host)")
  }

  /// - Parameter text: not this node's, if that says where a secret is.
  func webAddress(_ text: String) throws -> WebAddress {
    guard text.unicodeScalars.allSatisfy({ (0x21...0x7e).contains($0.value) }) else {
      throw error("the address has spaces or other characters that a URL cannot have")
    }
    guard let match = text.wholeMatch(of: /([A-Za-z]+):\/\/([^\/?#]*)(.*)/),
      ["http", "https"].contains(match.1.lowercased())
    else { throw error("the address must begin with http:// or https://") }
    guard !match.2.contains("@") else {
      throw error(
        "the address must not have a user and password in it: use the header Authorization")
    }
    guard Self.split(hostAndPort: match.2) != nil else {
      throw error("the address has no host, like https://alerts.example.org/hook")
    }
    return WebAddress(scheme: match.1, host: match.2, path: match.3)
  }

  /// `host` or `host:port`.
  func hostAndPort() throws -> (host: String, port: Int?) {
    let text = try text()
    guard let parts = Self.split(hostAndPort: text[...]) else {
      throw error("\"\(text)\" is not HOST:PORT, like mail.example.org:587 or [::1]:25")
    }
    return parts
  }

  private static func split(hostAndPort text: Substring) -> (host: String, port: Int?)? {
    guard
      let match = text.wholeMatch(
        of: /([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}))?/)
    else { return nil }
    guard let digits = match.4 else { return (String(match.1), nil) }
    guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
    return (String(match.1), port)
  }

  /// A value of a header that is no secret.
  func headerText() throws -> String {
    let text = try text()
    guard text.unicodeScalars.allSatisfy({ (0x20...0x7e).contains($0.value) }) else {
      throw error("has characters that a header cannot have")
    }
    return text
  }

  /// `ann@example.org` or `Ann <ann@example.org>`. Plausible only: what comes of it is for the mail
  /// server to say.
  func mailAddress() throws -> String {
    let text = try text()
    var address = text[...]
    if let match = text.wholeMatch(of: /[^<>@\p{Cc}]*<([^<>]*)>/) { address = match.1 }
    guard
      address.utf8.count <= 254, !address.contains(".."),
      address.wholeMatch(
        of: /[A-Za-z0-9!#$%&'*+\/=?^_`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?/) != nil
    else {
      throw error(
        "\"\(text)\" is not a mail address, like ann@example.org or Ann <ann@example.org>")
    }
    return text
  }

  func mailAddresses() throws -> [String] {
    try addresses { try $0.mailAddress() }
  }

  /// In the form of ITU-T E.164: `+` and up to 15 digits, country code first.
  func telephoneNumber() throws -> String {
    let text = try text()
    guard text.wholeMatch(of: /\+[1-9][0-9]{6,14}/) != nil else {
      throw error(
        "\"\(text)\" is not a telephone number like +41791234567: + and digits, country code first")
    }
    return text
  }

  func telephoneNumbers() throws -> [String] {
    try addresses { try $0.telephoneNumber() }
  }

  private func addresses(_ read: (StrictNode) throws -> String) throws -> [String] {
    var found: [String] = []
    for item in try items() {
      let address = try read(item)
      guard !found.contains(address) else { throw item.error("\(address) is given twice") }
      found.append(address)
    }
    guard !found.isEmpty else { throw error("must not be an empty list") }
    guard found.count <= 100 else { throw error("has more than 100 entries") }
    return found
  }

  func twilioAccount() throws -> String {
    let text = try text()
    // Not shown: it may be the token, put into the wrong place.
    guard text.wholeMatch(of: /AC[0-9a-fA-F]{32}/) != nil else {
      throw error("is not an account SID: AC and 32 hexadecimal digits")
    }
    return text
  }
}

import Foundation

/// A mail of plain text: RFC 5322, 2045 and 2047.
struct MailMessage: Sendable {
  var from: MailAddress
  var to: [MailAddress]
  var subject: String
  var text: String
  /// Milliseconds since 1970.
  var date: Int64
  /// The same for a second copy of the same mail, so that the reader's program can tell.
  var key: String
  /// The same for all mails that belong together.
  var thread: String
  var isUrgent: Bool

  /// Lines end in CRLF, all of it is ASCII, no line is longer than 998 bytes.
  var bytes: [UInt8] {
    let root = "<\(SHA256.hex(of: thread.utf8).prefix(32)).incident@\(from.domain)>"
    var headers = [
      "Date: \(Self.dateText(date))",
      "From: \(from.headerText)",
      "To: \(to.map(\.headerText).joined(separator: ",\r\n "))",
      "Subject: \(Self.encoded(subject.oneLine, afterBytes: 9))",
      "Message-ID: <\(SHA256.hex(of: key.utf8).prefix(32)).acalert@\(from.domain)>",
      // An identifier that no mail has: mails that refer to the same one are shown together, whichever
      // of them arrives.
      "In-Reply-To: \(root)",
      "References: \(root)",
      // Keeps automatic answers away (RFC 3834).
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]
    if isUrgent { headers += ["Importance: high", "X-Priority: 1"] }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).joined(
      separator: "\r\n")
    let body = Data(lines.utf8).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
  }

  /// A name before an address: as it is, quoted, or encoded.
  static func phrase(_ name: String) -> String {
    let plain = name.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7f) && $0 != 0x22 && $0 != 0x5c }
    return plain && !name.contains("=?") ? "\"\(name)\"" : encoded(name, afterBytes: 0)
  }

  /// As it is, if it is short ASCII; else in encoded words of at most 75 bytes (RFC 2047), a line each.
  static func encoded(_ text: String, afterBytes used: Int) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } && !text.contains("=?")
    if isPlain, text.utf8.count + used <= 500 { return text }
    var words: [String] = []
    var word: [UInt8] = []
    // 45 bytes are 60 of base64, and 12 around them make 72. A character is not divided; one longer than
    // that (letters with dozens of accents) is divided between its scalars.
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if word.count + next.count > 45 {
        words.append("=?UTF-8?B?\(Data(word).base64EncodedString())?=")
        word = []
      }
      word += next
    }
    if !word.isEmpty { words.append("=?UTF-8?B?\(Data(word).base64EncodedString())?=") }
    return words.joined(separator: "\r\n ")
  }

  private static func dateText(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1_000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return String(
      format: "%@, %d %@ %04d %02d:%02d:%02d +0000", days[Int(fields.tm_wday) % 7],
      Int(fields.tm_mday), months[Int(fields.tm_mon) % 12], Int(fields.tm_year) + 1_900,
      Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec))
  }
}

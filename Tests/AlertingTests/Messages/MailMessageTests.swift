import Foundation
import Testing

@testable import Alerting

@Suite struct MailMessageTests {
  @Test(
    arguments: [
      ("ann@example.org", "", "ann@example.org"), ("  ann@example.org ", "", "ann@example.org"),
      ("Ann <ann@example.org>", "Ann", "ann@example.org"),
      ("\"Ann, B\" <ann@example.org>", "Ann, B", "ann@example.org"),
      ("<ann@example.org>", "", "ann@example.org"), ("Jürgen <j@x.de>", "Jürgen", "j@x.de"),
    ])
  func readsAddresses(_ text: String, name: String, address: String) throws {
    let mailbox = try #require(MailAddress(text))
    #expect(mailbox.name == name)
    #expect(mailbox.address == address)
  }

  @Test(arguments: [
    "", "ann", "@example.org", "ann@", "a@b@c", "ann@example.org\nBcc: x@y.z", "a b@c.d",
    "jürgen@x.de",
    "Ann <ann@example.org", "a<b@c.d", "a,b@c.d", "Ann <a@b.c>\r\n",
  ])
  func refusesWhatIsNoAddress(_ text: String) { #expect(MailAddress(text) == nil) }

  @Test func encodesSubjectsInWordsOfTheRightLength() throws {
    let subject = String(repeating: "Gefahr für Jürgen 👩‍👩‍👧 ", count: 20).trimmed
    let encoded = MailMessage.encoded(subject, afterBytes: 9)
    let words = encoded.components(separatedBy: "\r\n ")
    var decoded = ""
    for word in words {
      #expect(word.utf8.count <= 75)
      #expect(word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?="))
      let data = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
      decoded += try #require(String(data: data, encoding: .utf8))
    }
    #expect(decoded == subject)
    #expect(MailMessage.encoded("DANGER: u-17", afterBytes: 9) == "DANGER: u-17")
    #expect(MailMessage.encoded("=?UTF-8?B?eA==?=", afterBytes: 9).hasPrefix("=?UTF-8?B?PT9"))
  }

  @Test func isASCIIInShortLines() throws {
    let mail = MailMessage(
      from: try #require(MailAddress("Ü <a@b.c>")), to: [try #require(MailAddress("d@e.f"))],
      subject: "S\r\nX: y", text: String(repeating: "ü", count: 5_000) + "\n.\n",
      date: MessageSample.began, key: "k\r\n", thread: "t\n", isUrgent: true)
    let text = String(decoding: mail.bytes, as: UTF8.self)
    #expect(mail.bytes.allSatisfy { $0 < 0x80 })
    let lines = text.components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.contains("\n") && !$0.contains("\r") })
    #expect(lines.contains("Subject: S  X: y"))
    #expect(!lines.contains { $0.hasPrefix("X: ") })
  }
}

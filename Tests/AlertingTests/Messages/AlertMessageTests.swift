import Testing

@testable import Alerting

@Suite struct AlertMessageTests {
  @Test func comesBackFromItsJSON() throws {
    var message = MessageSample.message([
      MessageSample.entry(), MessageSample.entry(2, status: .resolved),
    ])
    message.entries[0].score = .infinity
    message.entries[0].isNews = false
    message.notice = "ü \u{1}\" / </script>"
    #expect(try AlertMessage(json: message.json) == message)
    #expect(message.json == message.json)
  }

  @Test func isNotReadFromWhatIsNoMessage() {
    for text in ["", "{}", "[]", "null", "\u{0}"] {
      #expect(throws: DecodingError.self) { try AlertMessage(json: text.utf8) }
    }
  }
}

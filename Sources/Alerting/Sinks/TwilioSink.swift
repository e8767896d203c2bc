import Foundation
import Store
import Synchronization

/// A telephone call or a text message by Twilio, one request a number
/// (https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/messaging/api).
///
/// Several numbers can fare differently. The message is tried again while any number may still be reached;
/// the sink remembers the numbers that are done with and leaves them out then, as long as the process lives
/// (after a restart they are called once more). It is accepted in the end if any number was.
final class TwilioSink: Sink {
  private let settings: ReceiverSettings.Twilio
  /// Those to call, each once.
  private let numbers: [String]
  private let url: Secret
  private let text: AlertText
  private let caller: HTTPCaller
  private let progress = Mutex(Progress())

  /// Limits of the interface, in characters.
  private static let maxSMS = 1_600
  private static let maxTwiml = 4_000

  init(
    _ settings: ReceiverSettings.Twilio, _ receiver: ReceiverSettings, _ text: AlertText,
    _ client: HTTPClient
  ) throws(SinkError) {
    guard settings.accountSID.utf8.allSatisfy({ $0.isLetterOrDigit }), !settings.accountSID.isEmpty
    else { throw SinkError("the account's SID is letters and digits") }
    guard !settings.to.isEmpty else { throw SinkError("nobody to call") }
    self.settings = settings
    var known: Set<String> = []
    numbers = settings.to.filter { known.insert($0).inserted }
    self.text = text
    var base = settings.url
    while base.hasSuffix("/") { base.removeLast() }
    let resource = settings.way == .call ? "Calls" : "Messages"
    url = try SinkFactory.checked(
      Secret("\(base)/2010-04-01/Accounts/\(settings.accountSID)/\(resource).json"))
    let credentials = "\(settings.accountSID):\(settings.authToken.revealed)"
    var target = ReceiverSettings.HTTPTarget(url: url)
    target.headers["Authorization"] = Secret(
      "Basic \(Data(credentials.utf8).base64EncodedString())")
    caller = HTTPCaller(
      client: client, timeout: receiver.timeout, target: target, secrets: [settings.authToken])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let deadline = Deadline(milliseconds: caller.timeout)
    let before = progress.withLock { $0.answers[message.key] ?? [:] }
    var answers = before
    for number in numbers where before[number] == nil {
      answers[number] = caller.post(
        form(for: number, message), as: "application/x-www-form-urlencoded", to: url, by: deadline)
    }
    let done = answers.filter { $0.value.outcome != .retried }
    progress.withLock {
      $0.keep(done.count < numbers.count ? done : nil, for: message.key)
    }
    return Self.summary(numbers.compactMap { number in answers[number].map { (number, $0) } })
  }

  /// One answer of many: `retried` if any may still be reached, else `accepted` if any was.
  static func summary(_ answers: [(number: String, answer: SinkAnswer)]) -> SinkAnswer {
    guard let first = answers.first?.answer, answers.count > 1 else {
      return answers.first?.answer ?? SinkAnswer(outcome: .refused, reason: "invalid")
    }
    let retried = answers.map(\.answer).filter { $0.outcome == .retried }
    let accepted = answers.map(\.answer).first { $0.outcome == .accepted }
    var summary = retried.first ?? accepted ?? first
    summary.retryAfter = retried.compactMap(\.retryAfter).max()
    summary.answer = answers.map { number, answer in
      "\(number): \(answer.outcome.rawValue) \(answer.reason) \(answer.answer.oneLine)"
        .cut(toBytes: max(32, AlertDelivery.maxAnswerBytes / answers.count - 1))
    }.joined(separator: "\n").cut(toBytes: AlertDelivery.maxAnswerBytes)
    return summary
  }

  private func form(for number: String, _ message: AlertMessage) -> [UInt8] {
    // The SID of a messaging service may stand for the sender of a text message.
    let isService = settings.way == .sms && settings.from.hasPrefix("MG")
    var fields = [("To", number), (isService ? "MessagingServiceSid" : "From", settings.from)]
    switch settings.way {
    case .sms: fields.append(("Body", text.short(of: message, characters: Self.maxSMS)))
    case .call: fields.append(("Twiml", Self.twiml(text.spoken(message))))
    }
    return Array(
      fields.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&").utf8)
  }

  /// Says it twice: who is called does not hear the beginning.
  static func twiml(_ words: String) -> String {
    var words = words.oneLine
    while true {
      let say = "<Say>\(escaped(words))</Say>"
      let twiml = "<Response>\(say)<Pause length=\"1\"/>\(say)</Response>"
      if twiml.count <= maxTwiml { return twiml }
      words = words.shortened(to: words.count - max(1, (twiml.count - maxTwiml) / 10))
    }
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
  }

  /// application/x-www-form-urlencoded; all but unreserved characters in percents.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte.isLetterOrDigit || "-._~".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Numbers that are done with, by message. Bounded: of the messages that are under way the oldest is
  /// forgotten, and its numbers would all be called again.
  private struct Progress {
    static let maxMessages = 256

    var answers: [String: [String: SinkAnswer]] = [:]
    var keys: [String] = []

    mutating func keep(_ done: [String: SinkAnswer]?, for key: String) {
      guard let done, !done.isEmpty else {
        if answers.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
        return
      }
      if answers.updateValue(done, forKey: key) == nil { keys.append(key) }
      if keys.count > Self.maxMessages { answers[keys.removeFirst()] = nil }
    }
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
  }
}

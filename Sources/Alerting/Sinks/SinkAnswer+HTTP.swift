import Store

extension SinkAnswer {
  /// What an HTTP answer means, for every receiver alike: 2xx is accepted; 429, 408 and 5xx may be tried
  /// again, not before the time that the answer asks for; everything else will never be accepted.
  init(_ response: HTTPResponse, _ redaction: Redaction) {
    let status = response.status
    switch status {
    case 200...299: self.init(outcome: .accepted, reason: "ok")
    case 408: self.init(outcome: .retried, reason: "timeout")
    case 429: self.init(outcome: .retried, reason: "http_429")
    case 500...599: self.init(outcome: .retried, reason: "http_5xx")
    case 300...399: self.init(outcome: .refused, reason: "http_3xx")
    case 400...499: self.init(outcome: .refused, reason: "http_4xx")
    default: self.init(outcome: .retried, reason: TransferReason.protocol.rawValue)
    }
    self.status = status
    answer = Self.kept(response.text, redaction)
    retryAfter = outcome == .retried ? response.retryAfter : nil
  }

  /// No answer: tried again, unless only another configuration helps.
  init(_ error: TransferError, _ redaction: Redaction) {
    self.init(
      outcome: error.reason.isRetriable ? .retried : .refused, reason: error.reason.rawValue,
      answer: Self.kept(error.text, redaction))
  }

  /// The beginning of an answer, fit to be kept: without secrets, and without control characters other
  /// than line breaks.
  static func kept(_ text: String, _ redaction: Redaction) -> String {
    // Looked through before it is cut, for half a secret is not found. An answer is 64 KiB at most.
    let lines = redaction.clean(text).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.map(\.oneLine).joined(separator: "\n").trimmed
      .cut(toBytes: AlertDelivery.maxAnswerBytes)
  }
}

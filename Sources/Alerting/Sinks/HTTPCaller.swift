/// What the receivers behind HTTP share: the client, what goes with each request, and what is secret.
struct HTTPCaller: Sendable {
  let client: HTTPClient
  /// Milliseconds for all the requests of one message.
  let timeout: Int64
  var headers: [(name: String, value: Secret)] = []
  var caFile: String?
  var redaction: Redaction

  /// - Parameter secrets: What must not come back in an answer, besides the configured headers.
  init(
    client: HTTPClient, timeout: Int64, target: ReceiverSettings.HTTPTarget, secrets: [Secret] = []
  ) {
    self.client = client
    self.timeout = timeout
    headers = target.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    caFile = target.caFile
    redaction = Redaction(headers.map(\.value) + secrets)
  }

  /// Posts a body. Headers of the configuration go before those of the caller with the same name.
  func post(
    _ body: [UInt8], as contentType: String, to url: Secret, by deadline: Deadline,
    headers extra: [(name: String, value: String)] = []
  ) -> SinkAnswer {
    guard deadline.left > 0 else {
      return SinkAnswer(outcome: .retried, reason: TransferReason.timeout.rawValue)
    }
    var request = HTTPRequest(.post, url: url)
    request.body = body
    request.timeout = deadline.left
    request.caFile = caFile
    let own = Set(headers.map { $0.name.lowercased() })
    let standard = [(name: "Content-Type", value: contentType)] + extra
    request.headers =
      headers
      + standard.filter { !own.contains($0.name.lowercased()) }.map { ($0.name, Secret($0.value)) }
    do {
      return SinkAnswer(try client.send(request), redaction)
    } catch {
      return SinkAnswer(error, redaction)
    }
  }

  /// The same with a value as JSON.
  func post(
    json value: some Encodable, to url: Secret, by deadline: Deadline,
    headers extra: [(name: String, value: String)] = []
  ) -> SinkAnswer {
    post(
      JSONText.bytes(of: value), as: "application/json", to: url, by: deadline, headers: extra)
  }
}

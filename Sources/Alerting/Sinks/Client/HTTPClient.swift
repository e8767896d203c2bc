import CCurl

/// Speaks HTTP by libcurl, one connection a call.
///
/// Blocks its caller, up to the request's time-out; may be used on any thread, several at once. Redirects
/// are not followed (a redirected POST would arrive as a GET), the peer's certificate is always verified,
/// and proxies are those of the environment (`http_proxy`, `https_proxy`, `no_proxy`), as with curl.
public struct HTTPClient: Sendable {
  public var userAgent: String

  /// Whoever asks for a longer pause than an hour is asked again after an hour.
  public static let maxRetryAfter: Int64 = 3_600_000

  public init(userAgent: String) { self.userAgent = userAgent }

  /// Sends a request and waits for the answer; every status is an answer.
  ///
  /// - Throws: when there is none. The error's text has no secrets of the request in it.
  public func send(_ request: HTTPRequest) throws(TransferError) -> HTTPResponse {
    let lines = try headerLines(of: request)
    guard WebAddress(request.url.revealed) != nil else {
      throw TransferError(.url, "the address is not a whole http or https URL")
    }
    let transfer = try CurlTransfer(limit: request.maxBodyBytes)
    transfer.set(CURLOPT_URL, request.url.revealed)
    transfer.set(with: ccurl_limit_to_http)
    transfer.set(CURLOPT_FOLLOWLOCATION, 0)
    transfer.set(CURLOPT_USERAGENT, userAgent)
    transfer.set(CURLOPT_HTTPHEADER, list: lines)
    transfer.setTLS(caFile: request.caFile)
    transfer.setTimeouts(total: request.timeout, connect: request.connectTimeout)
    setMethod(of: request, on: transfer)
    do {
      try transfer.perform()
    } catch {
      throw TransferError(error.reason, Redaction(request.secrets).clean(error.text))
    }
    let pause = transfer.offset(CURLINFO_RETRY_AFTER)
    return HTTPResponse(
      status: transfer.number(CURLINFO_RESPONSE_CODE), body: transfer.received,
      isTruncated: transfer.isTruncated,
      retryAfter: pause > 0 ? min(pause, Self.maxRetryAfter / 1_000) * 1_000 : nil)
  }

  private func setMethod(of request: HTTPRequest, on transfer: CurlTransfer) {
    if let body = request.body {
      transfer.set(CURLOPT_POSTFIELDSIZE, body.count)
      transfer.set(CURLOPT_COPYPOSTFIELDS, bytes: body)
    } else if request.method == .post {
      transfer.set(CURLOPT_POSTFIELDSIZE, 0)
      transfer.set(CURLOPT_COPYPOSTFIELDS, bytes: [])
    }
    transfer.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
  }

  private func headerLines(of request: HTTPRequest) throws(TransferError) -> [String] {
    // Without `Expect`, which makes libcurl wait for a second where a server does not know it.
    var lines = ["Expect:"]
    for (name, value) in request.headers {
      let line = "\(name): \(value.revealed)"
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: ":")),
        !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
      else { throw TransferError(.invalid, "a header with a control character cannot be sent") }
      // To libcurl `name:` removes a header, and `name;` is one without a value.
      lines.append(value.revealed.isEmpty ? "\(name);" : line)
    }
    return lines
  }
}

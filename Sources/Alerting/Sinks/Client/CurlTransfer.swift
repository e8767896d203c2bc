import CCurl

/// One use of libcurl's easy interface: options, the call, what came back.
///
/// Life: made, set up, performed once, on one thread; `deinit` frees the handle and the lists. libcurl
/// copies the texts it is given, but not the lists and not the error buffer, which is why this is a class
/// that keeps them. Its callbacks run inside ``perform()`` on the same thread, so nothing here is shared.
final class CurlTransfer {
  /// `curl_global_init` is to come before anything else, once. libcurl of 7.84 and later does that safely
  /// on any thread (https://curl.se/libcurl/c/curl_global_init.html); a static is initialised once anyway.
  /// 3 is CURL_GLOBAL_ALL, a macro that Swift does not see.
  private static let isReady = curl_global_init(3) == CURLE_OK

  private let handle: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  /// The first option that libcurl did not take.
  private var refusal: CURLcode?

  private let upload: [UInt8]
  private var uploaded = 0
  /// The first bytes of what was received, up to `limit`.
  private(set) var received: [UInt8] = []
  private(set) var isTruncated = false
  private let limit: Int
  /// The newest lines of the header, or of the server's replies; for SMTP, where they are all there is.
  private(set) var lines: [String] = []
  private static let maxLines = 32

  /// - Parameters:
  ///   - upload: What libcurl reads, if the protocol uploads.
  ///   - limit: The call ends once more bytes than this have come, with what has come so far.
  init(upload: [UInt8] = [], limit: Int) throws(TransferError) {
    guard Self.isReady, let handle = curl_easy_init() else {
      throw TransferError(.invalid, "libcurl cannot be initialised")
    }
    self.handle = handle
    self.upload = upload
    self.limit = limit
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    set(CURLOPT_NOSIGNAL, 1)
    setPointer(CURLOPT_ERRORBUFFER, errorText)
    attachCallbacks()
  }

  deinit {
    curl_easy_cleanup(handle)
    for list in lists { curl_slist_free_all(list) }
    errorText.deallocate()
  }

  func set(_ option: CURLoption, _ value: Int) {
    check(ccurl_set_long(handle, option, value))
  }

  func set(_ option: CURLoption, _ text: String) {
    check(ccurl_set_text(handle, option, text))
  }

  func set(with change: (UnsafeMutableRawPointer?) -> CURLcode) { check(change(handle)) }

  /// Bytes that libcurl copies at once; their number has to be set before.
  func set(_ option: CURLoption, bytes: [UInt8]) {
    var bytes = bytes
    // A pointer even where there is nothing: libcurl takes a null pointer for "no body, read one".
    if bytes.isEmpty { bytes = [0] }
    bytes.withUnsafeMutableBytes { setPointer(option, $0.baseAddress) }
  }

  func set(_ option: CURLoption, list texts: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts { list = curl_slist_append(list, text) ?? list }
    guard let list else { return }
    lists.append(list)
    setPointer(option, list)
  }

  /// Verifies the peer and its name; `caFile` instead of the system's authorities.
  func setTLS(caFile: String?) {
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let caFile { set(CURLOPT_CAINFO, caFile) }
  }

  /// The whole call and, within it, the connecting; milliseconds, at least one (0 would mean for ever).
  func setTimeouts(total: Int64, connect: Int64) {
    set(CURLOPT_TIMEOUT_MS, Int(max(1, total)))
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(connect, total))))
  }

  /// - Throws: when there is no whole answer, unless it was this side that stopped reading.
  func perform() throws(TransferError) {
    if let refusal {
      throw TransferError(TransferReason(refusal), String(cString: curl_easy_strerror(refusal)))
    }
    // With NOSIGNAL libcurl no longer ignores SIGPIPE itself, and OpenSSL writes to sockets without
    // MSG_NOSIGNAL (https://curl.se/libcurl/c/CURLOPT_NOSIGNAL.html).
    let code = withoutBrokenPipeSignal { curl_easy_perform(handle) }
    guard code != CURLE_OK, !(code == CURLE_WRITE_ERROR && isTruncated) else { return }
    let text = String(cString: errorText)
    throw TransferError(
      TransferReason(code), text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_get_long(handle, info, &value) == CURLE_OK ? value : 0
  }

  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return ccurl_get_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
  }

  private func setPointer(_ option: CURLoption, _ pointer: UnsafeMutableRawPointer?) {
    check(ccurl_set_pointer(handle, option, pointer))
  }

  private func check(_ code: CURLcode) {
    if code != CURLE_OK, refusal == nil { refusal = code }
  }

  /// The transfer outlives the handle that points to it, so the pointer may be unretained.
  private func attachCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    setPointer(CURLOPT_WRITEDATA, context)
    check(
      ccurl_set_write(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        CurlTransfer.from(context).take(bytes, size * count)
      })
    setPointer(CURLOPT_HEADERDATA, context)
    check(
      ccurl_set_write(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        CurlTransfer.from(context).takeLine(bytes, size * count)
      })
    setPointer(CURLOPT_READDATA, context)
    check(
      ccurl_set_read(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
        CurlTransfer.from(context).give(buffer, size * count)
      })
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
    // libcurl hands back what attachCallbacks has set, which is never null.
    Unmanaged<CurlTransfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// Fewer bytes taken than offered end the call with CURLE_WRITE_ERROR.
  private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard let bytes, count > 0 else { return count }
    let room = limit - received.count
    received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(room, count)))
    guard count <= room else {
      isTruncated = true
      return 0
    }
    return count
  }

  private func takeLine(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard let bytes, count > 0 else { return count }
    if lines.count == Self.maxLines { lines.removeFirst() }
    let line = UnsafeRawBufferPointer(start: bytes, count: min(count, 1_000))
    lines.append(String(decoding: line, as: UTF8.self))
    return count
  }

  private func give(_ buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
    let count = min(room, upload.count - uploaded)
    guard let buffer, count > 0 else { return 0 }
    upload[uploaded..<uploaded + count].withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: buffer, count: count).copyMemory(from: $0)
    }
    uploaded += count
    return count
  }
}

extension TransferReason {
  /// https://curl.se/libcurl/c/libcurl-errors.html
  init(_ code: CURLcode) {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: self = .timeout
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .dns
    case CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING,
      CURLE_PARTIAL_FILE:
      self = .connection
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
      CURLE_SSL_SHUTDOWN_FAILED:
      self = .tls
    case CURLE_LOGIN_DENIED: self = .auth
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .url
    case CURLE_OUT_OF_MEMORY: self = .connection
    case CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN: self = .invalid
    default: self = .protocol
    }
  }
}

import Glibc

/// Reads HTTP/1.1 requests (RFC 9112) from bytes that arrive in any pieces.
///
/// A pure state machine: `append` what came, then call `next` until it asks for more. Requests may
/// follow each other without a pause; bytes after the one returned stay for the next call. Each byte
/// is looked at a fixed number of times however it is split, and memory is bounded by `Limits`.
/// After a failure the framing is lost: the parser repeats the failure and the connection must close.
///
/// Strict where leniency lets requests be smuggled: no bare LF, no folded lines, no space before a
/// colon, one `Content-Length` at most and none beside `Transfer-Encoding`.
public struct HTTPRequestParser: Sendable {
  /// What a request may cost, in bytes unless said otherwise.
  public struct Limits: Sendable {
    /// Length of the request target; beyond: 414.
    public var target = 8 * 1024
    /// All header lines together, also the trailers of a chunked body; beyond: 431.
    public var headers = 16 * 1024
    /// Number of header fields; beyond: 431.
    public var headerCount = 100
    /// Length of the body; beyond: 413.
    public var body = 1024 * 1024

    public init() {}
  }

  /// What `next` found.
  public enum Outcome: Sendable {
    /// Nothing whole yet: append more.
    case needsMore
    /// The client waits for `100 Continue` before it sends the body. Reported once a request.
    case expectsContinue
    case request(HTTPRequest)
    case failure(HTTPParseFailure)
  }

  /// How far the present request has come; each phase has its own time-out.
  public enum Phase: Sendable {
    /// No byte of a request yet.
    case idle
    case head
    case body
  }

  enum State {
    case requestLine
    case headers
    case body(remaining: Int)
    case chunkSize
    case chunk(remaining: Int)
    case chunkEnd
    case trailers
    case failed(HTTPParseFailure)
  }

  let limits: Limits
  var state = State.requestLine
  /// Received bytes; those before `position` are consumed, those before `scanned` hold no LF.
  var buffer: [UInt8] = []
  var position = 0
  private var scanned = 0

  // The request under way.
  var method = HTTPMethod.get
  var target = ""
  var minorVersion = 1
  var headers = HTTPHeaders()
  var headerBytes = 0
  var request: HTTPRequest?
  var chunkExtensionBytes = 0
  var owesContinue = false

  public init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// How far the present request has come.
  public var phase: Phase {
    switch state {
    case .requestLine: buffered == 0 ? .idle : .head
    case .headers: .head
    default: .body
    }
  }

  /// The number of bytes not yet consumed.
  public var buffered: Int { buffer.count - position }

  /// Takes the bytes that came next.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    // Moving the rest to the front only when it is the smaller half keeps the total work linear.
    if position > 0 && position >= buffered { compact() }
    buffer.append(contentsOf: bytes)
  }

  /// Takes the bytes that came next.
  public mutating func append(_ bytes: some Sequence<UInt8>) {
    Array(bytes).withUnsafeBytes { append($0) }
  }

  /// Goes as far as the bytes allow.
  public mutating func next() -> Outcome {
    do throws(HTTPParseFailure) {
      while true {
        if let outcome = try step() { return outcome }
      }
    } catch {
      state = .failed(error)
      buffer = []
      position = 0
      scanned = 0
      return .failure(error)
    }
  }

  /// One transition; an outcome ends the call of `next`.
  private mutating func step() throws(HTTPParseFailure) -> Outcome? {
    switch state {
    case .requestLine:
      let tooLong = HTTPParseFailure(414, "The request target is too long.")
      guard let line = try takeLine(limit: limits.target + 32, tooLong) else { return .needsMore }
      // An empty line or two before a request is tolerated (RFC 9112 §2.2), at the headers' expense.
      if line.isEmpty {
        try countHeaderBytes(2)
        return nil
      }
      try parseRequestLine(line)
      state = .headers
    case .headers:
      guard let line = try takeLine(limit: limits.headers - headerBytes, Self.headersTooLarge)
      else { return .needsMore }
      if !line.isEmpty {
        try parseHeaderLine(line)
        return nil
      }
      state = try headEnded()
      if case .requestLine = state { return finish() }
      if owesContinue && buffered == 0 {
        owesContinue = false
        return .expectsContinue
      }
    case .body, .chunkSize, .chunk, .chunkEnd, .trailers:
      return try stepBody()
    case .failed(let failure):
      throw failure
    }
    return nil
  }

  static let headersTooLarge = HTTPParseFailure(431, "The header fields are too large.")

  /// Consumes one line if it is whole and returns it without its CRLF.
  mutating func takeLine(
    limit: Int, _ tooLong: HTTPParseFailure
  ) throws(HTTPParseFailure) -> Range<Int>? {
    let start = position
    let from = max(scanned, start)
    let found: Int? = buffer.withUnsafeBytes { bytes in
      guard from < bytes.count, let base = bytes.baseAddress,
        let hit = memchr(base + from, Int32(ASCII.lineFeed), bytes.count - from)
      else { return nil }
      return UnsafeRawPointer(hit) - base
    }
    guard let end = found else {
      scanned = buffer.count
      if scanned - start > limit { throw tooLong }
      return nil
    }
    if end - start > limit { throw tooLong }
    guard end > start, buffer[end - 1] == ASCII.carriageReturn else {
      throw HTTPParseFailure(400, "A line must end with CR LF.")
    }
    position = end + 1
    scanned = position
    return start..<(end - 1)
  }

  mutating func countHeaderBytes(_ count: Int) throws(HTTPParseFailure) {
    headerBytes += count
    if headerBytes > limits.headers { throw Self.headersTooLarge }
  }

  /// Hands the request out and gets ready for the one behind it.
  mutating func finish() -> Outcome? {
    guard let whole = request else { return nil }
    request = nil
    state = .requestLine
    headers = HTTPHeaders()
    headerBytes = 0
    chunkExtensionBytes = 0
    owesContinue = false
    if position == buffer.count { compact() }
    return .request(whole)
  }

  private mutating func compact() {
    // A quiet connection should not hold on to the space that one large request took.
    if position == buffer.count && buffer.capacity > 4_096 {
      buffer = []
    } else {
      buffer.removeFirst(position)
    }
    scanned = max(0, scanned - position)
    position = 0
  }
}

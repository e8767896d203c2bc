/// What the server may judge an event by, without reading its data.
public struct EventTag: Sendable, Hashable {
  /// Sixty-four yes-or-no properties; their meaning is the program's.
  public var bits: UInt64
  /// A name to filter by, such as a user's id. Empty if there is none.
  public var name: String

  public init(bits: UInt64 = 0, name: String = "") {
    self.bits = bits
    self.name = name
  }
}

/// One event of a `text/event-stream`
/// (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
public struct ServerSentEvent: Sendable {
  /// What a client sends back as `Last-Event-ID`. Ids must grow from event to event.
  /// `nil` leaves the client's last one as it was.
  public var id: UInt64?
  /// The event's name; empty for the default, `message`.
  public var name: String
  /// UTF-8; normally one line. Line breaks become several `data:` lines, as the format wants.
  public var data: [UInt8]
  /// What the event is about: for a watcher that lags, a newer event with the same key replaces an
  /// older one. `nil` if every event matters.
  public var key: UInt64?
  /// What filters see.
  public var tag: EventTag

  public init(
    id: UInt64? = nil, name: String, data: [UInt8], key: UInt64? = nil, tag: EventTag = EventTag()
  ) {
    self.id = id
    self.name = name
    self.data = data
    self.key = key
    self.tag = tag
  }

  /// Appends the event as it goes over the wire.
  func encode(to bytes: inout [UInt8]) {
    if let id { bytes.append(contentsOf: "id: \(id)\n".utf8) }
    if !name.isEmpty {
      bytes.append(contentsOf: "event: ".utf8)
      bytes.append(contentsOf: name.utf8.lazy.filter { !Self.isLineBreak($0) })
      bytes.append(ASCII.lineFeed)
    }
    if data.contains(where: Self.isLineBreak) {
      for line in data.split(omittingEmptySubsequences: false, whereSeparator: Self.isLineBreak) {
        Self.appendData(line, to: &bytes)
      }
    } else {
      Self.appendData(data[...], to: &bytes)
    }
    bytes.append(ASCII.lineFeed)
  }

  private static func appendData(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "data: ".utf8)
    bytes.append(contentsOf: line)
    bytes.append(ASCII.lineFeed)
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool {
    byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }
}

import CRdkafka

/// Watches how full librdkafka's local queue is, and says when its fetcher may be asleep.
///
/// The fetcher stops when the queue holds `queued.min.messages` messages or `queued.max.messages.kbytes`
/// of payload. It then sleeps for up to a second, whatever is taken out of the queue meanwhile. So a
/// queue that was full and no longer is, is the time to wake it: what is left in it must last until the
/// next answer of the broker has come.
struct FetchLevel {
  private let maxMessages: Double
  private let maxBytes: Double
  /// Payload of a message, as of the last batch.
  private var bytesOfMessage = 0.0
  private var wasHigh = false
  private var hasBeenHigh = false

  /// Below this share of what it may hold the queue is no longer full.
  private static let low = 0.75

  /// - Parameters:
  ///   - maxMessages: The fetcher's limit in messages, 1 or more.
  ///   - maxBytes: The same in bytes of payload.
  init(maxMessages: Int, maxBytes: Int) {
    self.maxMessages = Double(max(1, maxMessages))
    self.maxBytes = Double(max(1, maxBytes))
  }

  /// The limits that a client has.
  init(of client: OpaquePointer) {
    func value(_ property: String, _ fallback: Int) -> Int {
      ClientProperties.value(property, of: client, otherwise: fallback)
    }
    self.init(
      maxMessages: value("queued.min.messages", 100_000),
      maxBytes: 1_024 * value("queued.max.messages.kbytes", 65_536))
  }

  /// Messages were taken out: so many, with so many bytes of payload in all.
  mutating func took(messages: Int, bytes: Int) {
    if messages > 0 { bytesOfMessage = Double(bytes) / Double(messages) }
  }

  /// The queue's length was read.
  ///
  /// - Returns: whether it has just fallen below three quarters of what it may hold.
  mutating func passesDown(length: Int) -> Bool {
    let messages = Double(length)
    let share = max(messages / maxMessages, messages * bytesOfMessage / maxBytes)
    if share > Self.low {
      wasHigh = true
      hasBeenHigh = true
      return false
    }
    defer { wasHigh = false }
    return wasHigh
  }

  /// Whether the queue has been about full since this was asked last.
  mutating func takeHasBeenHigh() -> Bool {
    defer { hasBeenHigh = wasHigh }
    return hasBeenHigh
  }
}

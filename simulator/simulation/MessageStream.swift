/// A message of the stream, lent for as long as the closure that gets it runs.
public struct RecordView: ~Copyable {
  /// The user's id: the Kafka key.
  public let key: UnsafeRawBufferPointer
  public let value: UnsafeRawBufferPointer
  /// When it is to be sent, in event time: Unix milliseconds. Never less than that of the message before.
  public let due: Int64
  /// The user's number.
  public let user: Int
}

/// A stream made up of many senders' messages, one after the other: no clock, no input, no output. What
/// a ``Simulation`` drives. For one thread.
public protocol MessageStream: AnyObject {
  var counters: PopulationCounters { get }

  /// When the next message is due, in event time.
  var nextDue: Int64 { get }

  /// Goes on to the next message that is due.
  ///
  /// - Parameters:
  ///   - body: Called with that message; for a duplicate twice, for a record that will come later not
  ///     at all.
  ///   - truth: Called before `body` for whatever is put in on purpose.
  func next(_ body: (borrowing RecordView) -> Void, truth: (Truth) -> Void)

  /// Gives out the next of the records that still wait, without making new ones.
  ///
  /// - Returns: false when none was left.
  func nextDelayed(_ body: (borrowing RecordView) -> Void) -> Bool
}

extension MessageStream {
  public func next(_ body: (borrowing RecordView) -> Void) { next(body) { _ in } }
}

/// All that decides which messages a stream has: two streams of equal configuration are equal.
public protocol StreamConfiguration: Sendable {
  /// Event time at which the stream begins: Unix milliseconds.
  var startTime: Int64 { get set }

  /// - Throws: the first setting that is out of its range.
  func validate() throws(SimulationError)

  /// - Throws: a setting that is out of its range.
  func makeStream() throws(SimulationError) -> any MessageStream
}

/// How many of each kind a population has made.
public struct PopulationCounters: Hashable, Sendable {
  /// Scheduled records, the malformed ones included. A camera's record is one frame, however many
  /// messages it is written as.
  public var records = 0
  /// Messages given out: the records (late ones when their time has come) and duplicates.
  public var messages = 0
  // Of wearers.
  public var falls = 0
  public var outliers = 0
  // Of cameras.
  public var visits = 0
  /// The visits that are threats.
  public var threats = 0
  public var voids = 0
  public var badTags = 0
  // Of both.
  public var late = 0
  public var outOfOrder = 0
  public var duplicates = 0
  public var malformed = 0
}

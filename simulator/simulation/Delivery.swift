/// The way of messages to the sink: at once, twice, or held back for a while.
struct Delivery {
  struct Message {
    var due: Int64
    /// The sender's number.
    var sender: Int
    var value: [UInt8]
  }

  // Each queue delays all of its messages by the same time, so it stays in the order of `due`.
  private var late = Queue<Message>()
  private var outOfOrder = Queue<Message>()

  /// When the next message that is held back is due.
  var nextDue: Int64 { min(late.first?.due ?? .max, outOfOrder.first?.due ?? .max) }

  /// The next of the messages that are held back, if it is due by then.
  mutating func take(until due: Int64) -> Message? {
    let lateDue = late.first?.due ?? .max
    let orderDue = outOfOrder.first?.due ?? .max
    guard min(lateDue, orderDue) <= due else { return nil }
    return lateDue <= orderDue ? late.popFirst() : outOfOrder.popFirst()
  }

  /// Gives a message its fate.
  ///
  /// - Parameters:
  ///   - period: From one record of the sender to the next.
  ///   - give: Called for each time that it is to go out now.
  mutating func deliver(
    _ value: UnsafeRawBufferPointer, of sender: Int, due: Int64, fate: Truth.Kind?, lateBy: Int64,
    period: Int64, _ give: () -> Void
  ) {
    switch fate {
    case .late:
      late.append(Message(due: due + lateBy, sender: sender, value: Array(value)))
    case .outOfOrder:
      // In the middle between the sender's next record and the one after that.
      outOfOrder.append(
        Message(due: due + period + period / 2 + 1, sender: sender, value: Array(value)))
    case .duplicate:
      give()
      give()
    default: give()
    }
  }
}

/// When senders that take turns have their records: sender after sender, period after period.
struct Turns {
  let startTime: Int64
  let senders: Int
  /// Records a second of each.
  let rate: Double

  /// Milliseconds from one record of a sender to its next.
  var period: Int64 { Int64(1_000 / rate) }

  /// Milliseconds from the beginning to the record of this number.
  func offset(of record: Int) -> Int64 {
    Int64((Double(record) * 1_000 / (Double(senders) * rate)).rounded(.down))
  }

  func due(_ record: Int) -> Int64 { startTime + offset(of: record) }
}

/// Names one behind the other in flat memory.
struct NameList {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]

  init(_ names: some Sequence<String>) {
    for name in names {
      bytes.append(contentsOf: name.utf8)
      ends.append(bytes.count)
    }
  }

  func lend<Result>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[ends[number]..<ends[number + 1]]))
    }
  }

  subscript(_ number: Int) -> String {
    lend(number) { String(decoding: $0, as: UTF8.self) }
  }
}

import Glibc
import Kafka

/// Where the messages go.
public enum SimulationSink: Sendable {
  /// To a topic, keyed by user. The topic must exist (or the cluster create it by itself).
  case kafka(ProducerConfiguration, topic: String)
  /// One message a line to an open file, which stays the caller's to close.
  case file(descriptor: Int32)
}

/// A sink in use. For one thread.
protocol MessageWriter: AnyObject {
  /// Takes a message, waiting for room. Throws when it never can.
  func write(_ message: borrowing RecordView) throws
  /// Puts out what is held back for the sake of large pieces, without waiting for answers.
  func flush() throws
  /// Puts out what is held back, and waits for it within the time.
  func finish(timeoutMilliseconds: Int)
  /// Messages that are where they belong, and those that never will be, by reason.
  var outcome: (acknowledged: Int, failures: [String: Int]) { get }
}

/// Sends to Kafka and counts what the brokers acknowledge.
final class KafkaWriter: MessageWriter {
  private let producer: Producer
  private let topic: Producer.Topic
  private let shouldStop: @Sendable () -> Bool

  init(
    _ configuration: ProducerConfiguration, topic: String,
    shouldStop: @escaping @Sendable () -> Bool,
    failed: (@Sendable (KafkaError, Int) -> Void)?
  ) throws(KafkaError) {
    producer = try Producer(configuration, failed: failed)
    self.topic = try producer.topic(topic)
    self.shouldStop = shouldStop
  }

  func write(_ message: borrowing RecordView) throws {
    while true {
      do throws(KafkaError) {
        return try producer.send(
          to: topic, key: message.key, value: message.value, timeoutMilliseconds: 200)
      } catch {
        // A full queue is back-pressure, for as long as nobody wants us to stop.
        guard error.code == KafkaError.queueFull, !shouldStop() else { throw error }
      }
    }
  }

  func flush() throws {
    // `linger.ms` sees to that.
  }

  func finish(timeoutMilliseconds: Int) {
    producer.close(timeoutMilliseconds: timeoutMilliseconds)
  }

  var outcome: (acknowledged: Int, failures: [String: Int]) {
    let counters = producer.counters
    return (counters.acknowledged, counters.failures)
  }
}

/// Writes lines to a file in large pieces.
final class FileWriter: MessageWriter {
  private let descriptor: Int32
  private var buffer = RecordBuffer(capacity: 1 << 17)
  private var held = 0
  private var written = 0
  private var lost = 0

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  func write(_ message: borrowing RecordView) throws {
    buffer.append(message.value)
    buffer.append(byte: UInt8(ascii: "\n"))
    held += 1
    if buffer.count >= 1 << 16 { try flush() }
  }

  func finish(timeoutMilliseconds: Int) {
    // A failure is in the outcome.
    try? flush()
  }

  func flush() throws {
    let view = buffer.view
    var position = 0
    while position < view.count {
      let count = Glibc.write(
        descriptor, view.baseAddress?.advanced(by: position), view.count - position)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        lost += held
        held = 0
        buffer.removeAll()
        throw SimulationError("cannot write the records: \(String(cString: strerror(errno)))")
      }
      position += count
    }
    written += held
    held = 0
    buffer.removeAll()
  }

  var outcome: (acknowledged: Int, failures: [String: Int]) {
    (written, lost == 0 ? [:] : ["write": lost])
  }
}

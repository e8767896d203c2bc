/// How many records of a partition are still to be done, out of librdkafka's statistics.
struct PartitionLag: Equatable, Sendable {
  var topic: String
  var partition: Int32
  /// Records between what has been stored as done (or, before anything was stored, committed) and the
  /// end of the partition; nil when not known.
  var lag: Int64?

  /// Reads the lags from the text that librdkafka's `stats_cb` gets.
  ///
  /// Of the document (librdkafka's STATISTICS.md) only `topics.*.partitions.*.consumer_lag_stored` and
  /// `.consumer_lag` are looked at. Both are −1 when unknown. The pseudo partition −1 is left out.
  static func parse(_ json: UnsafeRawBufferPointer) -> [PartitionLag] {
    var scanner = StatisticsScanner(bytes: json)
    return scanner.lags()
  }
}

/// A single pass over the statistics that keeps only the path to where it is.
///
/// It trusts the text to be JSON (librdkafka wrote it) but not to be complete: at the end of the bytes
/// it stops wherever it is.
private struct StatisticsScanner {
  let bytes: UnsafeRawBufferPointer
  var position = 0
  /// The keys of the objects that the position is in; "" for an array.
  var path: [String] = []
  var result: [PartitionLag] = []
  var stored: Int64 = -1
  var committed: Int64 = -1

  init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func lags() -> [PartitionLag] {
    var key = ""
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = string()
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") { key = text }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        path.append(key)
        key = ""
        if isPartition { (stored, committed) = (-1, -1) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if isPartition { finishPartition() }
        _ = path.popLast()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let value = integer()
        if isPartition {
          if key == "consumer_lag_stored" { stored = value }
          if key == "consumer_lag" { committed = value }
        }
        continue
      default: break
      }
      position += 1
    }
    return result
  }

  /// "" (the document), "topics", topic, "partitions", partition.
  private var isPartition: Bool {
    path.count == 5 && path[1] == "topics" && path[3] == "partitions"
  }

  private mutating func finishPartition() {
    guard let partition = Int32(path[4]), partition >= 0 else { return }
    let lag = stored >= 0 ? stored : committed
    result.append(PartitionLag(topic: path[2], partition: partition, lag: lag >= 0 ? lag : nil))
  }

  /// The string that begins here; the position moves behind its closing quote. Escapes stay as they
  /// are written: no name that is looked for has any.
  private mutating func string() -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    let end = min(position, bytes.count)
    position += 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The whole part of the number that begins here; the position moves behind all of it.
  private mutating func integer() -> Int64 {
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var value: Int64 = 0
    while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
      value = value &* 10 &+ Int64(bytes[position] - UInt8(ascii: "0"))
      position += 1
    }
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        position += 1
      default: return isNegative ? -value : value
      }
    }
    return isNegative ? -value : value
  }
}

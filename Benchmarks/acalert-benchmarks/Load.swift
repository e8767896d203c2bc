import ArgumentParser
import Kafka
import simulation

/// What a broker is filled with: each is one kind of work for the service as a whole.
enum Load: String, CaseIterable, ExpressibleByArgument {
  /// The original's format, each wearer once a second.
  case original
  /// A record a second with 50 samples on three axes.
  case burst = "burst-of-50"
  /// The original's format, a sample a second of each of a million subjects.
  case million
  /// The original's format at 50 Hz, so that windows are long: what the history takes on the disk.
  case history

  /// What the size of a benchmark makes of it.
  struct Size {
    var records: Int
    var users: Int
    /// The first so many records are stored but not measured. What librdkafka has fetched ahead by then
    /// (about a million records) is not measured either.
    var warmUp = 0
  }

  /// - Parameters:
  ///   - records: The size of the benchmark, a million by default.
  ///   - users: Wearers, 2,000 by default.
  func size(records: Int, users: Int) -> Size {
    switch self {
    // More than librdkafka's queue holds: what its pauses cost is to be seen.
    case .original, .history: Size(records: 3 * records, users: users)
    case .burst: Size(records: records, users: users)
    // Seven rounds to meet everybody and to see all of them become safe, which happens once in a life;
    // then ten, in which each subject's window closes once, as it does in any ten seconds to come.
    case .million: Size(records: 17 * 500 * users, users: 500 * users, warmUp: 7 * 500 * users)
    }
  }

  /// The simulator's settings.
  func configuration(users: Int) -> PopulationConfiguration {
    var configuration = Records.configuration(
      format: self == .burst ? .burst : .original, users: users)
    switch self {
    case .original, .history:
      // With these ids a record has 85 bytes on average; its key, the id, comes on top of that.
      configuration.userPrefix = "patient-2017-"
      configuration.rate = self == .history ? 50 : 1
    case .burst: break
    case .million:
      // So that the first windows close in the middle of what is measured.
      configuration.startTime += 2_000
    }
    return configuration
  }

  /// Bytes of a record, its key and what the broker keeps beside it, generously.
  private var recordBytes: Int { self == .burst ? 1_350 : 130 }

  /// Half of what the service lets Kafka answer to one fetch (`fetch.max.bytes`).
  private static let answerBytes = 1_500_000

  /// Partitions so many that none forgets anything: the embedded broker keeps 5 MiB in each. Records
  /// are dealt out evenly, so half of that may be used without fear.
  func partitions(for size: Size) -> Int {
    max(16, size.records * recordBytes / (EmbeddedBroker.retainedBytes / 2))
  }

  /// The brokers that share the partitions.
  var brokers: Int { self == .million ? 8 : 1 }

  /// The most records in one of the producer's batches.
  ///
  /// The mock hands out one batch a fetch and partition: large ones, as a busy producer makes them. But a
  /// million subjects are in hundreds of partitions, and whenever its queue was full, librdkafka begins with
  /// the first of them again: if a broker's answer had no room for a batch of each, one after the other
  /// would be read to its end, and each would bring its subjects only then. A service that keeps up reads
  /// all of them side by side.
  func batchRecords(for size: Size) -> Int {
    guard self == .million else { return 10_000 }
    return max(1, brokers * Self.answerBytes / (partitions(for: size) * recordBytes))
  }

  /// How the service is set up for it.
  var cases: [WholeStage.Case] {
    switch self {
    case .original: [.shipped, .minutes]
    case .burst: [.shipped, .zscore]
    case .million, .history: [.shipped]
    }
  }

  /// What the plain C program can read of it. Its job knows the original's format only.
  var references: [ReferenceStage.Kind] {
    self == .burst ? [.count] : [.count, .job]
  }
}

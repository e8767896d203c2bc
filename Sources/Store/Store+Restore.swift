import Detection
import Events

/// Which configuration the following batches are judged by.
public struct ConfigurationVersion: Sendable {
  /// Its short name, e.g. the first digits of the text's hash.
  public var version: String
  /// The configuration's text, secrets left out.
  public var text: String
  /// When it came into use, in milliseconds since 1970; kept from the first time only.
  public var firstUsed: Int64
  /// The unit of each kind of subject, e.g. `["wearer": "g"]`.
  public var units: [String: String]

  public init(version: String, text: String, firstUsed: Int64, units: [String: String]) {
    self.version = version
    self.text = text
    self.firstUsed = firstUsed
    self.units = units
  }
}

/// How far a partition had been processed when the last batch was written.
public struct StoredPartition: Equatable, Sendable {
  public var name: TopicPartitionName
  public var index: PartitionIndex
  /// The next offset to process.
  public var next: Int64
  /// Where a restart begins to read, so that the windows are as they were.
  public var rewind: Int64
  /// When the newest record that has been processed reached Kafka, in milliseconds since 1970, if known.
  public var lastArrival: Int64?
}

/// What a start needs: the configuration's name, the partitions, the subjects' rows.
extension Store {
  /// Names the configuration by which the following batches of all engines are judged, and the units of
  /// its kinds. An engine whose batch carries a `judgement` of its own goes by that one from then on.
  /// Without it rows carry no configuration and empty units.
  public func useConfiguration(_ configuration: ConfigurationVersion) throws {
    let attempted = "write the configuration's version"
    try exclusively(attempted) {
      try transaction(attempted) {
        mirror.configuration = try configurationID(
          JudgementVersion(
            version: configuration.version, text: configuration.text,
            firstUsed: configuration.firstUsed))
        mirror.judgements = [:]
        mirror.units = configuration.units
        let update = try connection.statement("UPDATE kinds SET unit = ?2 WHERE id = ?1")
        for (kind, unit) in configuration.units {
          guard let known = mirror.kinds[kind], known.unit != unit else { continue }
          update.bind(1, Int64(known.id))
          update.bind(2, unit)
          try update.run(attempted)
          mirror.kinds[kind] = (known.id, unit)
        }
      }
    }
  }

  /// The id of a configuration in `config_versions`, written there if it is new.
  func configurationID(_ version: JudgementVersion) throws -> Int64? {
    let attempted = "write the configuration's version"
    let insert = try connection.statement(
      """
      INSERT INTO config_versions(version, first_used, text)
      VALUES (?1, strftime('%Y-%m-%dT%H:%M:%fZ', ?2 / 1000.0, 'unixepoch'), ?3)
      ON CONFLICT (version) DO NOTHING
      """)
    insert.bind(1, version.version)
    insert.bind(2, version.firstUsed)
    insert.bind(3, version.text)
    try insert.run(attempted)
    let find = try connection.statement("SELECT id FROM config_versions WHERE version = ?1")
    find.bind(1, version.version)
    return try find.first(attempted)
  }

  /// The small number that stands for a partition in `Decisions`. It is written at its first use and
  /// stays the same for the life of the database.
  public func partitionIndex(for name: TopicPartitionName) throws -> PartitionIndex {
    let attempted = "register partition \(name.partition) of \(name.topic)"
    return try exclusively(attempted) {
      if let known = mirror.partitionIndices[name] { return known }
      return try transaction(attempted) {
        // The last index stays free: the engine uses it for "no partition yet".
        guard let index = PartitionIndex(exactly: mirror.partitions.count), index < .max else {
          throw StoreError(
            code: .misuse, message: "more than 65535 partitions", attempted: attempted)
        }
        let insert = try connection.statement(
          "INSERT INTO partition_rows(id, topic, partition) VALUES (?1, ?2, ?3)")
        insert.bind(1, Int64(index))
        insert.bind(2, try topicID(name.topic))
        insert.bind(3, Int64(name.partition))
        try insert.run(attempted)
        mirror.partitions[index] = name
        mirror.partitionIndices[name] = index
        return index
      }
    }
  }

  /// The partition that an index stands for, or `nil` if it was never given out.
  public func partitionName(of index: PartitionIndex) -> TopicPartitionName? {
    try? exclusively("name a partition") { mirror.partitions[index] }
  }

  private func topicID(_ name: String) throws -> Int64 {
    if let known = mirror.topics[name] { return known }
    let insert = try connection.statement("INSERT INTO topics(name) VALUES (?1) RETURNING id")
    insert.bind(1, name)
    let id = try insert.first("register the topic \(name)") ?? 0
    mirror.topics[name] = id
    return id
  }

  /// All partitions of which progress has been written, by topic and partition.
  public func partitions() throws -> [StoredPartition] {
    let attempted = "read the partitions' progress"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT id, next_offset, rewind_offset, last_arrival FROM partition_rows
        WHERE next_offset IS NOT NULL
        """)
      var found: [StoredPartition] = []
      try select.forEachRow(attempted) {
        let index = PartitionIndex(clamping: select.integer(0))
        guard let name = mirror.partitions[index] else { return }
        found.append(
          StoredPartition(
            name: name, index: index, next: select.integer(1), rewind: select.integer(2),
            lastArrival: select.isNull(3) ? nil : select.integer(3)))
      }
      return found.sorted {
        ($0.name.topic, $0.name.partition) < ($1.name.topic, $1.name.partition)
      }
    }
  }

  /// Forgets how far every partition has been processed, for a broker that starts empty.
  public func forgetOffsets() throws {
    let attempted = "forget the partitions' progress"
    try exclusively(attempted) {
      try transaction(attempted) {
        try connection.execute(
          """
          UPDATE partition_rows
          SET next_offset = NULL, rewind_offset = NULL, last_arrival = NULL
          """,
          attempted: attempted)
      }
    }
  }

  /// Forgets the subject indices of an engine that starts anew, e.g. after a rebalance.
  public func forgetSubjects(ofEngine engine: Int) {
    try? exclusively("forget an engine's subjects") { subjects.forget(engine: engine) }
  }
}

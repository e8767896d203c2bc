import Detection

/// The histories: rows that are only ever appended, each with the next id of its table.
extension Store {
  /// Bytes of an invalid record that stay after it has been delivered.
  static let keptBytes = 256

  func write(_ anomalies: [Anomaly], engine: Int) throws {
    guard !anomalies.isEmpty else { return }
    let insert = try connection.statement(
      "INSERT INTO anomaly_rows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
    for anomaly in anomalies {
      let subject = try reference(anomaly.subject, engine: engine)
      try check(anomaly.origin.partition)
      mirror.counters.anomaly += 1
      insert.bind(1, mirror.counters.anomaly)
      insert.bind(2, Int64(subject.id))
      insert.bind(3, anomaly.time)
      insert.bind(4, anomaly.value)
      insert.bind(5, anomaly.mean)
      insert.bind(6, anomaly.std)
      insert.bind(7, anomaly.score)
      insert.bind(8, anomaly.detector)
      insert.bind(9, Int64(anomaly.origin.partition))
      insert.bind(10, anomaly.origin.offset)
      try insert.run("write an anomaly")
    }
  }

  func write(_ lateSamples: [LateSample], engine: Int) throws {
    guard !lateSamples.isEmpty else { return }
    let insert = try connection.statement(
      "INSERT INTO late_rows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    for sample in lateSamples {
      let subject = try reference(sample.subject, engine: engine)
      try check(sample.origin.partition)
      mirror.counters.lateSample += 1
      insert.bind(1, mirror.counters.lateSample)
      insert.bind(2, Int64(subject.id))
      insert.bind(3, sample.time)
      insert.bind(4, sample.value)
      insert.bind(5, sample.lateness)
      insert.bind(6, Int64(sample.origin.partition))
      insert.bind(7, sample.origin.offset)
      try insert.run("write a late sample")
    }
  }

  func write(_ records: [InvalidRecordRow], changes: inout CountChanges) throws {
    guard !records.isEmpty else { return }
    let insert = try connection.statement(
      "INSERT INTO invalid_rows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
    for record in records {
      try check(record.origin.partition)
      mirror.counters.invalidRecord += 1
      insert.bind(1, mirror.counters.invalidRecord)
      insert.bind(2, Int64(record.origin.partition))
      insert.bind(3, record.origin.offset)
      insert.bind(4, record.timestamp)
      insert.bind(5, record.reason)
      insert.bind(6, record.detail)
      insert.bind(7, blob: record.value.prefix(Self.keptBytes))
      insert.bind(8, options.keepsDeadLetters ? 0 as Int64 : 1)
      if options.keepsDeadLetters, let key = record.key {
        insert.bind(9, blob: key)
      } else {
        insert.bindNull(9)
      }
      if options.keepsDeadLetters {
        insert.bind(10, blob: record.value)
      } else {
        insert.bindNull(10)
      }
      if options.keepsDeadLetters, !record.headers.isEmpty {
        insert.bind(11, blob: PackedHeaders.pack(record.headers))
      } else {
        insert.bindNull(11)
      }
      try insert.run("write an invalid record")
      changes.reasons[record.reason, default: 0] += 1
    }
  }

  func write(_ ranges: [LostRange]) throws {
    guard !ranges.isEmpty else { return }
    let insert = try connection.statement("INSERT INTO lost_rows VALUES (?1, ?2, ?3, ?4, ?5)")
    for range in ranges {
      try check(range.partition)
      mirror.counters.lostRange += 1
      insert.bind(1, mirror.counters.lostRange)
      insert.bind(2, Int64(range.partition))
      insert.bind(3, range.offsets.lowerBound)
      insert.bind(4, range.offsets.upperBound)
      insert.bind(5, range.why)
      try insert.run("write a range of lost offsets")
    }
  }
}

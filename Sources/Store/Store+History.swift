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

  func write(_ windows: [WindowAggregate], packed: [UInt8], engine: Int) throws {
    guard !windows.isEmpty else { return }
    let insert = try connection.statement(
      "INSERT INTO window_rows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
    try packed.withUnsafeBytes { bytes in
      // The packs are bound without a copy: no binding may outlive `bytes`.
      defer { insert.bindNull(12) }
      for place in Self.inOrder(windows) {
        let window = windows[place]
        let subject = try reference(window.subject, engine: engine)
        guard window.packed.lowerBound >= 0, window.packed.upperBound <= bytes.count else {
          throw StoreError(
            code: .misuse, message: "a window's samples lie outside of the packed bytes",
            attempted: "write a window")
        }
        let length = window.end - window.start
        if length > mirror.longestWindows[Int(subject.kind)] {
          try keep(longestWindow: length, of: subject.kind)
        }
        mirror.counters.window += 1
        insert.bind(1, mirror.counters.window)
        insert.bind(2, Int64(subject.id))
        insert.bind(3, window.start)
        insert.bind(4, window.end)
        insert.bind(5, Int64(window.count))
        insert.bind(6, window.mean)
        insert.bind(7, window.std)
        insert.bind(8, window.min)
        insert.bind(9, window.max)
        insert.bind(10, Int64(window.flagged))
        insert.bind(11, Int64(window.digits))
        insert.bind(12, borrowed: UnsafeRawBufferPointer(rebasing: bytes[window.packed]))
        try insert.run("write a window")
      }
    }
  }

  private func keep(longestWindow length: Int64, of kind: UInt16) throws {
    let update = try connection.statement("UPDATE kinds SET longest_window = ?2 WHERE id = ?1")
    update.bind(1, Int64(kind))
    update.bind(2, length)
    try update.run("keep the length of the longest window")
    mirror.longestWindows[Int(kind)] = length
  }

  /// The places of windows in the order of the index by time and subject, so that its pages are touched one
  /// after the other; a few windows stay in the order in which they closed.
  private static func inOrder(_ windows: [WindowAggregate]) -> [Int] {
    guard windows.count > 256 else { return Array(windows.indices) }
    // Keys beside the places: the windows themselves lie far apart.
    var order = windows.indices.map { place in
      let slice = HistorySlices.windows.slice(of: windows[place].start)
      return (key: slice << 32 | Int64(windows[place].subject), place: UInt32(place))
    }
    order.sort { ($0.key, $0.place) < ($1.key, $1.place) }
    return order.map { Int($0.place) }
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

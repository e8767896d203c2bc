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

  /// What SQL calls the windows of a batch, and their columns, which are those of `window_rows`.
  static let windowSource = "window_batch"
  static let windowColumns = [
    "id", "subject", "start", "end", "count", "mean", "std", "min", "max", "flagged", "digits",
    "samples",
  ]

  func write(_ windows: [WindowAggregate], packed: [UInt8], engine: Int) throws {
    guard !windows.isEmpty else { return }
    let order = try inOrder(windows, packedCount: packed.count, engine: engine)
    let insert = try connection.statement(
      "INSERT INTO window_rows SELECT * FROM \(Self.windowSource)")
    let firstID = mirror.counters.window + 1
    try windows.withUnsafeBufferPointer { windows in
      try packed.withUnsafeBytes { packed in
        try windowRows.withRows(order.count) { row, column, cell in
          let window = windows[Int(order[row].window)]
          switch column {
          case 0: cell.set(firstID + Int64(row))
          case 1: cell.set(Int64(order[row].subject))
          case 2: cell.set(window.start)
          case 3: cell.set(window.end)
          case 4: cell.set(Int64(window.count))
          case 5: cell.set(window.mean)
          case 6: cell.set(window.std)
          case 7: cell.set(window.min)
          case 8: cell.set(window.max)
          case 9: cell.set(Int64(window.flagged))
          case 10: cell.set(Int64(window.digits))
          default: cell.set(borrowed: UnsafeRawBufferPointer(rebasing: packed[window.packed]))
          }
        } _: {
          try insert.run("write windows")
        }
      }
    }
    mirror.counters.window += Int64(windows.count)
  }

  private func keep(longestWindow length: Int64, of kind: UInt16) throws {
    let update = try connection.statement("UPDATE kinds SET longest_window = ?2 WHERE id = ?1")
    update.bind(1, Int64(kind))
    update.bind(2, length)
    try update.run("keep the length of the longest window")
    mirror.longestWindows[Int(kind)] = length
  }

  /// A window to be written: its subject's id, and which of the batch's windows it is.
  private struct WindowPlace {
    let slice: Int64
    let subject: UInt32
    let window: UInt32
  }

  /// Windows in the order of the index by time and subject, so that its pages are touched one after the
  /// other; a few windows stay in the order in which they closed.
  ///
  /// - Throws: if a subject was never introduced, or a window's samples are not in the batch.
  private func inOrder(
    _ windows: [WindowAggregate], packedCount: Int, engine: Int
  ) throws -> [WindowPlace] {
    // Keys beside the places: the windows themselves lie far apart.
    var order: [WindowPlace] = []
    order.reserveCapacity(windows.count)
    for (place, window) in windows.enumerated() {
      let subject = try reference(window.subject, engine: engine)
      guard window.packed.lowerBound >= 0, window.packed.upperBound <= packedCount else {
        throw StoreError(
          code: .misuse, message: "a window's samples lie outside of the packed bytes",
          attempted: "write windows")
      }
      let length = window.end - window.start
      if length > mirror.longestWindows[Int(subject.kind)] {
        try keep(longestWindow: length, of: subject.kind)
      }
      order.append(
        WindowPlace(
          slice: HistorySlices.windows.slice(of: window.start), subject: subject.id,
          window: UInt32(place)))
    }
    if order.count > 256 {
      order.sort { ($0.slice, $0.subject, $0.window) < ($1.slice, $1.subject, $1.window) }
    }
    return order
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

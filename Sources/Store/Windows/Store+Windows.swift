import Detection

/// Closed windows: those of a batch that follow each other go into runs, the others have a row each until
/// ``mergeWindows(writtenBy:budget:)`` makes runs of them.
extension Store {
  /// What SQL calls the windows of a batch, and their columns, which are those of `window_rows`.
  static let windowSource = "window_batch"
  static let windowColumns = [
    "id", "subject", "start", "end", "count", "mean", "std", "min", "max", "flagged", "digits",
    "samples",
  ]
  /// The same of runs.
  static let runSource = "run_batch"
  static let runColumns = [
    "id", "subject", "start", "length", "windows", "samples", "digits", "scale", "low",
    "least_count", "id_digits", "first_digits", "value_digits", "flagged", "outliers", "figures",
    "sample_times", "sample_values",
  ]

  /// So many windows of a subject in one batch are a run at once: a service that catches up writes these.
  static let leastRun = 4

  func write(_ windows: [WindowAggregate], packed: [UInt8], engine: Int) throws {
    guard !windows.isEmpty else { return }
    let order = try inOrder(windows, packedCount: packed.count, engine: engine)
    let firstID = mirror.counters.window + 1
    let (single, runs) = take(runsOf: windows, in: order, packed: packed, firstID: firstID)
    try write(runs)
    try write(windows, at: single, of: order, packed: packed, firstID: firstID)
    mirror.counters.window += Int64(windows.count)
  }

  /// Writes windows with a row each.
  ///
  /// - Parameter places: which of `order`; their ids are counted from `firstID` in that order.
  private func write(
    _ windows: [WindowAggregate], at places: [Int], of order: [WindowPlace], packed: [UInt8],
    firstID: Int64
  ) throws {
    guard !places.isEmpty else { return }
    let insert = try connection.statement(
      "INSERT INTO window_rows SELECT * FROM \(Self.windowSource)")
    try windows.withUnsafeBufferPointer { windows in
      try packed.withUnsafeBytes { packed in
        try windowRows.withRows(places.count) { row, column, cell in
          let place = order[places[row]]
          let window = windows[place.window]
          switch column {
          case 0: cell.set(firstID + Int64(places[row]))
          case 1: cell.set(Int64(place.subject))
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
  }

  /// Writes runs, which are in the order of their ids.
  func write(_ runs: WindowRuns) throws {
    guard !runs.rows.isEmpty else { return }
    let insert = try connection.statement("INSERT INTO window_runs SELECT * FROM \(Self.runSource)")
    try runs.rows.withUnsafeBufferPointer { rows in
      try runs.bytes.withUnsafeBytes { bytes in
        try runRows.withRows(rows.count) { row, column, cell in
          let run = rows[row]
          switch column {
          case 0: cell.set(run.id)
          case 1: cell.set(run.subject)
          case 2: cell.set(run.start)
          case 3: cell.set(run.length)
          case 4: cell.set(Int64(run.windows))
          case 5: cell.set(Int64(run.samples))
          case 6: cell.set(Int64(run.digits))
          case 7: cell.set(Int64(run.scale))
          case 8: cell.set(run.low)
          case 9: cell.set(Int64(run.leastCount))
          case 10: cell.set(Int64(run.idDigits))
          case 11: cell.set(Int64(run.firstDigits))
          case 12: cell.set(Int64(run.valueDigits))
          case 13: if let text = run.flaggedJSON { cell.set(text) }
          case 14: if let text = run.outlierJSON { cell.set(text) }
          case 15: cell.set(borrowed: UnsafeRawBufferPointer(rebasing: bytes[run.figures]))
          case 16: cell.set(borrowed: UnsafeRawBufferPointer(rebasing: bytes[run.times]))
          default: cell.set(borrowed: UnsafeRawBufferPointer(rebasing: bytes[run.values]))
          }
        } _: {
          try insert.run("write windows")
        }
      }
    }
  }

  /// Makes runs of those windows of a batch that follow each other.
  ///
  /// - Returns: The runs, and which of `order` are in none.
  private func take(
    runsOf windows: [WindowAggregate], in order: [WindowPlace], packed: [UInt8], firstID: Int64
  ) -> (single: [Int], runs: WindowRuns) {
    var runs = WindowRuns()
    var single: [Int] = []
    single.reserveCapacity(order.count)
    var own: [WindowRuns.Window] = []
    var samples: [PackedSamples.Element] = []
    packed.withUnsafeBytes { packed in
      var place = 0
      while place < order.count {
        let subject = order[place].subject
        var end = place + 1
        while end < order.count, order[end].subject == subject { end += 1 }
        while end - place >= Self.leastRun {
          let count = WindowRuns.runLength(end - place) { number in
            WindowRuns.Window(
              windows[order[place + number].window], id: firstID + Int64(place + number))
          }
          guard count >= Self.leastRun else {
            single.append(contentsOf: place..<place + max(1, count))
            place += max(1, count)
            continue
          }
          own.removeAll(keepingCapacity: true)
          for number in place..<place + count {
            own.append(
              WindowRuns.Window(windows[order[number].window], id: firstID + Int64(number)))
          }
          samples.removeAll(keepingCapacity: true)
          let isWhole = (place..<place + count).allSatisfy { number in
            let window = windows[order[number].window]
            let before = samples.count
            return PackedSamples.unpack(
              UnsafeRawBufferPointer(rebasing: packed[window.packed]), start: window.start,
              into: &samples) && samples.count - before == window.count
          }
          let isTaken =
            isWhole && runs.append(subject: Int64(subject), own[...], samples: samples[...])
          if !isTaken { single.append(contentsOf: place..<place + count) }
          place += count
        }
        single.append(contentsOf: place..<end)
        place = end
      }
    }
    return (single, runs)
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
    private let word: UInt64

    init(subject: UInt32, window: Int) { word = UInt64(subject) << 32 | UInt64(window) }

    var subject: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
    var window: Int { Int(word & 0xffff_ffff) }

    static func < (left: Self, right: Self) -> Bool { left.word < right.word }
  }

  /// Windows subject by subject, so that those of one are found together, and the pages of the index by time
  /// and subject are touched one after the other.
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
      order.append(WindowPlace(subject: subject.id, window: place))
    }
    order.sort(by: <)
    return order
  }
}

extension WindowRuns.Window {
  fileprivate init(_ window: WindowAggregate, id: Int64) {
    self.init(
      id: id, start: window.start, end: window.end, digits: window.digits, count: window.count)
  }
}

import Detection

/// What one step of merging did.
public struct MergeResult: Equatable, Sendable {
  /// Windows that share a row now.
  public var windows = 0
  /// Whether nothing is left that could be merged now; otherwise call again soon.
  public var isFinished = false
}

/// Merging. A window is written when it closes, in a row of its own, for somebody may wait for it. Some minutes
/// later, when those behind it have come too, they are put into one row together (``WindowRuns``): a quarter of
/// the bytes, for windows of ten samples. Ids, figures and samples stay what they were.
extension Store {
  /// Makes runs of the oldest windows that have a row of their own, with those that came behind them, in one
  /// transaction. A step of 4,000 windows takes a hundredth of a second or so.
  ///
  /// When to call it and with which budget say ``UpkeepPace`` and ``RipeWindows``.
  ///
  /// - Parameters:
  ///   - id: No run begins with a window after this one, for more of what belongs to it may be to come.
  ///   - budget: About how many windows to merge.
  public func mergeWindows(writtenBy id: Int64, budget: Int = 4_000) throws -> MergeResult {
    let attempted = "merge windows"
    return try exclusively(attempted) {
      try transaction(attempted) {
        var result = MergeResult()
        var inVain = 0
        while result.windows < budget, !result.isFinished, inVain < Self.looksInVain {
          let before = result.windows
          try mergeStep(upTo: id, budget: budget - before, attempted, &result)
          if result.windows == before { inVain += 1 }
        }
        try keepMergeMark(attempted)
        return result
      }
    }
  }

  /// A step looks for windows so often in vain, each time through so many ids: between them there may be any number
  /// that keep their rows, of an old database all.
  private static let looksInVain = 16
  private static let idsOfLook: Int64 = 4_096

  /// Merges the windows of some subjects, those that were written first.
  private func mergeStep(
    upTo id: Int64, budget: Int, _ attempted: String, _ result: inout MergeResult
  ) throws {
    let next = try connection.statement(
      "SELECT id FROM window_rows WHERE id > ?1 ORDER BY id LIMIT 1")
    next.bind(1, mirror.mergedWindow)
    guard let begin = try next.first(attempted), begin <= id else {
      mirror.mergedWindow = max(mirror.mergedWindow, id)
      result.isFinished = true
      return
    }
    let end = min(id, begin + Self.idsOfLook - 1)
    let oldest = try oldestSingles(begin...end, count: max(1, budget / 16), attempted)
    guard let first = oldest.first else {
      mirror.mergedWindow = end
      return
    }
    mirror.mergedWindow = first.id - 1
    let time = first.start / WindowRuns.span * WindowRuns.span
    var runs = WindowRuns()
    var merged: [Int64] = []
    var seen: Set<Int64> = []
    for window in oldest.prefix(while: {
      $0.start / WindowRuns.span == first.start / WindowRuns.span
    })
    where seen.insert(window.subject).inserted {
      try takeSingles(of: window.subject, from: time, into: &runs, &merged, attempted)
    }
    runs.sort()
    try write(runs)
    try deleteSingles(&merged, attempted)
    result.windows += merged.count
    // One that no run can hold stays what it is.
    if !merged.contains(first.id) { mirror.mergedWindow = first.id }
  }

  /// The windows, of those small enough, that were written first and have a row of their own.
  private func oldestSingles(
    _ ids: ClosedRange<Int64>, count: Int, _ attempted: String
  ) throws -> [(id: Int64, subject: Int64, start: Int64)] {
    let select = try connection.statement(
      """
      SELECT id, subject, start FROM window_rows
      WHERE id BETWEEN ?1 AND ?2 AND count BETWEEN 1 AND ?3 AND end - start <= ?4
      ORDER BY id LIMIT ?5
      """)
    select.bind(1, ids.lowerBound)
    select.bind(2, ids.upperBound)
    select.bind(3, Int64(WindowRuns.maxCount))
    select.bind(4, WindowRuns.span / 4)
    select.bind(5, Int64(count))
    var found: [(id: Int64, subject: Int64, start: Int64)] = []
    try select.forEachRow(attempted) {
      found.append((select.integer(0), select.integer(1), select.integer(2)))
    }
    return found
  }

  /// Makes runs of a subject's windows in the span that begins at `begin`.
  private func takeSingles(
    of subject: Int64, from begin: Int64, into runs: inout WindowRuns, _ merged: inout [Int64],
    _ attempted: String
  ) throws {
    var windows: [WindowRuns.Window] = []
    var samples: [PackedSamples.Element] = []
    var ends: [Int] = []
    let select = try connection.statement(
      """
      SELECT id, start, end, count, digits, samples FROM window_rows
      WHERE slice = ?1 AND subject = ?2
      """)
    select.bind(2, subject)
    let slices = HistorySlices.windows
    for slice in slices.slice(of: begin)...slices.slice(of: begin + WindowRuns.span - 1) {
      select.bind(1, slice)
      try select.forEachRow(attempted) {
        let start = select.integer(1)
        let window = WindowRuns.Window(
          id: select.integer(0), start: start, end: select.integer(2),
          digits: Int(select.integer(4)), count: Int(select.integer(3)))
        // Those of one slice come in the order of their writing, which is that of time, or begin another run.
        guard window.isSmall, (windows.last?.start ?? .min) < start else { return }
        let before = samples.count
        // What cannot be read is left to whoever looks at it.
        guard PackedSamples.unpack(select.bytes(5), start: start, into: &samples) else { return }
        guard samples.count - before == window.count else {
          return samples.removeLast(samples.count - before)
        }
        windows.append(window)
        ends.append(samples.count)
      }
    }
    func take(_ places: Range<Int>) {
      let first = places.lowerBound == 0 ? 0 : ends[places.lowerBound - 1]
      let own = windows[places]
      if runs.append(subject: subject, own, samples: samples[first..<ends[places.upperBound - 1]]) {
        merged.append(contentsOf: own.lazy.map(\.id))
      } else if places.count > 1 {
        // One window's values keep the others apart.
        let middle = places.lowerBound + places.count / 2
        take(places.lowerBound..<middle)
        take(middle..<places.upperBound)
      }
    }
    var place = 0
    while place < windows.count {
      let count = WindowRuns.runLength(windows.count - place) { windows[place + $0] }
      take(place..<place + count)
      place += count
    }
  }

  /// Deletes rows by ranges of their ids, which costs half of what a list of them does.
  private func deleteSingles(_ ids: inout [Int64], _ attempted: String) throws {
    ids.sort()
    let delete = try connection.statement("DELETE FROM window_rows WHERE id BETWEEN ?1 AND ?2")
    var place = 0
    while place < ids.count {
      var end = place
      while end + 1 < ids.count, ids[end + 1] == ids[end] + 1 { end += 1 }
      delete.bind(1, ids[place])
      delete.bind(2, ids[end])
      try delete.run(attempted)
      place = end + 1
    }
  }

  private func keepMergeMark(_ attempted: String) throws {
    guard mirror.mergedWindow != mirror.storedMergedWindow else { return }
    let update = try connection.statement("UPDATE meta SET merged_window = ?1")
    update.bind(1, mirror.mergedWindow)
    try update.run(attempted)
    mirror.storedMergedWindow = mirror.mergedWindow
  }
}

import Detection
import Events
import Foundation

/// A closed window with its samples.
public struct WindowRecord: Equatable, Sendable {
  /// The window covers `start ..< end`, in milliseconds since 1970.
  public var start: Int64
  public var end: Int64
  public var count: Int
  public var mean: Double
  /// Sample standard deviation.
  public var std: Double
  public var min: Double
  public var max: Double
  public var flagged: Int
  /// Decimal digits of the samples' fixed point.
  public var digits: Int
  /// The samples, ascending by time, as fixed-point integers: exactly what was judged.
  public var samples: [PackedSamples.Element]

  /// A sample's value in the stream's unit.
  public func value(_ sample: PackedSamples.Element) -> Double {
    var divisor = 1.0
    for _ in 0..<Swift.max(0, digits) { divisor *= 10 }
    return Double(sample.value) / divisor
  }
}

/// A run of a subject's windows.
public struct WindowPage: Sendable {
  /// The unit of the values.
  public var unit: String
  /// By start, ascending.
  public var windows: [WindowRecord]
  /// Whether older windows of the asked time were left out.
  public var isTruncated: Bool
}

extension StoreReader {
  /// A subject's windows that overlap `from ... to`, the newest first until they hold at least
  /// `maxSamples` samples; then given in ascending order. `nil` if the subject is unknown.
  ///
  /// The windows are whole: the first and the last may reach beyond the asked time. The samples of the
  /// window that is still open are not here but in the engine.
  public func windows(
    of identity: SubjectIdentity, from: Int64, to: Int64, maxSamples: Int = 20_000
  ) throws -> WindowPage? {
    let attempted = "read a subject's windows"
    return try reading(attempted) {
      guard let id = try subjectID(identity) else { return nil }
      // Nobody can say of one before where it ends, so each is asked for as much as is wanted of both.
      let single = try NewestWindows(enough: maxSamples) {
        try addSingles(of: id, kind: identity.kind, from: from, to: to, attempted, &$0)
      }
      let inRuns = try NewestWindows(enough: maxSamples) {
        try addRuns(of: id, from: from, to: to, attempted, &$0)
      }
      let merged = NewestWindows(enough: maxSamples) {
        for window in (single.windows + inRuns.windows).sorted(by: { $0.start > $1.start })
        where !$0.add(window) { return }
      }
      return WindowPage(
        unit: kindID(identity.kind).map { kind($0).unit } ?? "",
        windows: merged.windows.reversed(),
        isTruncated: single.isTruncated || inRuns.isTruncated || merged.isTruncated)
    }
  }

  /// Adds the windows that have a row of their own.
  private func addSingles(
    of subject: Int64, kind: String, from: Int64, to: Int64, _ attempted: String,
    _ newest: inout NewestWindows
  ) throws {
    let select = try connection.statement(
      """
      SELECT start, end, count, mean, std, min, max, flagged, digits, samples FROM window_rows
      WHERE slice = ?1 AND subject = ?2 AND start <= ?3 ORDER BY start DESC
      """)
    defer { select.reset() }
    select.bind(2, subject)
    select.bind(3, to)
    // A window that begins before the time may reach into it.
    let longest = try connection.statement("SELECT longest_window FROM kinds WHERE id = ?1")
    longest.bind(1, kindID(kind) ?? 0)
    let earliest = from.clamped(subtracting: try longest.first(attempted) ?? 0)
    try forEachSlice(.windows, from: earliest, to: to, attempted) { slice in
      select.reset()
      select.bind(1, slice)
      while try select.step(attempted) {
        // A subject's windows do not overlap, so the first one that ends too early ends the search.
        guard select.integer(1) > from, try newest.add(window(select)) else { return false }
      }
      return true
    }
  }

  private func window(_ row: Statement) throws -> WindowRecord {
    let start = row.integer(0)
    return WindowRecord(
      start: start, end: row.integer(1), count: Int(row.integer(2)), mean: row.double(3),
      std: row.double(4), min: row.double(5), max: row.double(6), flagged: Int(row.integer(7)),
      digits: Int(row.integer(8)), samples: try samples(row.bytes(9), start: start))
  }

  /// Adds the windows of runs.
  private func addRuns(
    of subject: Int64, from: Int64, to: Int64, _ attempted: String, _ newest: inout NewestWindows
  ) throws {
    let select = try connection.statement(
      """
      SELECT start, length, windows, digits, samples, scale, low, value_digits, sample_times,
        sample_values, outliers FROM window_runs
      WHERE slice = ?1 AND subject = ?2 AND start <= ?3 ORDER BY start DESC
      """)
    defer { select.reset() }
    select.bind(2, subject)
    select.bind(3, to)
    let earliest = from.clamped(subtracting: WindowRuns.span)
    try forEachSlice(.runs, from: earliest, to: to, attempted) { slice in
      select.reset()
      select.bind(1, slice)
      while try select.step(attempted) {
        let (start, length) = (select.integer(0), max(1, select.integer(1)))
        guard start + length * select.integer(2) > from else { return false }
        let all = try samples(ofRun: select)
        // The newest one that was asked for, and so on back.
        var number = min(select.integer(2) - 1, (to - start) / length)
        var end = all.count
        while number >= 0, start + (number + 1) * length > from {
          let begin = start + number * length
          while end > 0, all[end - 1].time >= begin + length { end -= 1 }
          var first = end
          while first > 0, all[first - 1].time >= begin { first -= 1 }
          let window = WindowRecord(
            start: begin, end: begin + length, digits: Int(select.integer(3)),
            samples: Array(all[first..<end]))
          guard newest.add(window) else { return false }
          end = first
          number -= 1
        }
      }
      return true
    }
  }

  private func samples(
    _ bytes: UnsafeRawBufferPointer, start: Int64
  ) throws -> [PackedSamples.Element] {
    var samples: [PackedSamples.Element] = []
    guard PackedSamples.unpack(bytes, start: start, into: &samples) else { throw Self.corrupt }
    return samples
  }

  /// The samples of all windows of a run, of which ``addRuns(of:from:to:_:_:)`` has selected the columns.
  private func samples(ofRun row: Statement) throws -> [PackedSamples.Element] {
    var samples: [PackedSamples.Element] = []
    let count = Int(clamping: row.integer(4))
    guard 0...WindowRuns.maxSamples ~= count,
      PackedSamples.unpackTimes(row.bytes(8), count: count, start: row.integer(0), into: &samples)
    else { throw Self.corrupt }
    let (scale, low, digits) = (row.integer(5), row.integer(6), Int(clamping: row.integer(7)))
    func fixed(_ number: Int64) throws -> Int32 {
      let (sum, isTooLarge) = low.addingReportingOverflow(number)
      let (product, isTooMuch) = sum.multipliedReportingOverflow(by: scale)
      guard !isTooLarge, !isTooMuch, let value = Int32(exactly: product) else {
        throw Self.corrupt
      }
      return value
    }
    var numbers = DigitReader(row.bytes(9))
    for place in samples.indices {
      guard let number = numbers.next(digits) else { throw Self.corrupt }
      samples[place].value = try fixed(number)
    }
    if !row.isNull(10) {
      guard
        let outliers = try? JSONDecoder().decode(
          [String: Int64].self, from: Data(row.textBytes(10)))
      else { throw Self.corrupt }
      for (key, number) in outliers {
        guard let place = Int(key), samples.indices ~= place else { throw Self.corrupt }
        samples[place].value = try fixed(number)
      }
    }
    return samples
  }

  private static var corrupt: StoreError {
    StoreError(
      code: .corrupt, message: "a window's samples cannot be unpacked",
      attempted: "read a subject's windows", hint: "run: sqlite3 FILE 'PRAGMA integrity_check'")
  }
}

/// Windows from the newest back, until they hold enough samples.
private struct NewestWindows {
  private(set) var windows: [WindowRecord] = []
  /// Whether there were more.
  private(set) var isTruncated = false
  private let enough: Int
  private var samples = 0

  init(enough: Int, _ fill: (inout Self) throws -> Void) rethrows {
    self.enough = enough
    try fill(&self)
  }

  /// Takes the next older one; false if it is not wanted any more.
  mutating func add(_ window: @autoclosure () throws -> WindowRecord) rethrows -> Bool {
    guard samples < enough else {
      isTruncated = true
      return false
    }
    let window = try window()
    samples += max(1, window.samples.count)
    windows.append(window)
    return true
  }
}

extension WindowRecord {
  /// A window with what its samples, of which there are some, say of it: the figures that the engine had.
  fileprivate init(start: Int64, end: Int64, digits: Int, samples: [PackedSamples.Element]) {
    var sums = WindowSums()
    for sample in samples { sums.add(sample.value) }
    let unit = (0..<Swift.max(0, digits)).reduce(1.0) { product, _ in product * 10 }
    let values = samples.lazy.map(\.value)
    self.init(
      start: start, end: end, count: samples.count, mean: sums.mean / unit,
      std: sums.standardDeviation / unit, min: Double(values.min() ?? 0) / unit,
      max: Double(values.max() ?? 0) / unit, flagged: samples.lazy.filter(\.isFlagged).count,
      digits: digits, samples: samples)
  }
}

extension Int64 {
  fileprivate func clamped(subtracting other: Int64) -> Int64 {
    let (difference, isTooSmall) = subtractingReportingOverflow(other)
    return isTooSmall ? .min : difference
  }
}

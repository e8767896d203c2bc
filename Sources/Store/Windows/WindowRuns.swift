import Detection

/// Windows of one subject, one right behind the other, as one row of `window_runs`.
///
/// A row of a window costs some hundred bytes whatever is in it, which are many beside ten samples. In a run
/// windows share them. Their figures (mean, deviation, least, greatest) are not kept: they follow from the
/// samples, and anybody with SQL can compute them, as the view `windows` does, for all numbers are decimal digits,
/// two a byte, the first in the upper half, so that `hex()` gives them back as they are read:
///
/// - `sample_values` has `value_digits` digits of each sample, in the order of time, with leading zeros: its value
///   is (`low` + the number) · `scale`, in the fixed point of `digits` decimals. `scale`, a power of ten, divides
///   all values of the run. Few samples that lie far off do not make the numbers of all others longer: theirs are
///   in `outliers`, by their place among the samples, as JSON.
/// - `figures` has a record for each window, and one behind the last: `id_digits` digits of the window's id less the
///   run's and less the window's number in the run, and `first_digits` of the place of its first sample less
///   `least_count` times the window's number. A zero fills an odd record.
/// - `flagged` says how many samples of a window are flagged, by its number, as JSON; NULL if none are.
/// - `sample_times` are for programs: ``PackedSamples/packTimes(_:start:into:)``.
struct WindowRuns {
  /// A window to be put into a run.
  struct Window {
    var id: Int64
    var start: Int64
    var end: Int64
    /// Decimals of the samples' fixed point.
    var digits: Int
    var count: Int

    /// Whether it is so small that a run is worth its while.
    var isSmall: Bool { 1...WindowRuns.maxCount ~= count && end - start <= WindowRuns.span / 4 }
  }

  /// A row of `window_runs`.
  struct Row {
    var id: Int64
    var subject: Int64
    var start: Int64
    var length: Int64
    var windows: Int
    var samples: Int
    var digits: Int
    var scale: Int32
    var low: Int64 = 0
    var leastCount: Int
    var idDigits = 0
    var firstDigits = 0
    var valueDigits = 0
    /// The places of its blobs in `bytes`.
    var figures = 0..<0
    var times = 0..<0
    var values = 0..<0
    var flagged: [(window: Int, count: Int)] = []
    var outliers: [(sample: Int, value: Int64)] = []

    var flaggedJSON: String? { Self.json(flagged.map { ($0.window, Int64($0.count)) }) }
    var outlierJSON: String? { Self.json(outliers.map { ($0.sample, $0.value) }) }

    /// `{"3":17}`; `nil` if there is nothing to say.
    private static func json(_ pairs: [(Int, Int64)]) -> String? {
      if pairs.isEmpty { return nil }
      return "{" + pairs.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
  }

  /// The most time that a run covers, in milliseconds.
  static let span: Int64 = 300_000
  /// The most windows of a run.
  static let maxWindows = 100
  /// The most samples of a run, as many as the table `numbers` counts: rows of less than a kilobyte leave little
  /// of a page empty.
  static let maxSamples = 640
  /// A window of more samples stays alone: beside them its row is nothing.
  static let maxCount = 99
  /// About what an outlier takes, in digits.
  private static let digitsOfOutlier = 24

  private(set) var rows: [Row] = []
  /// The rows' blobs.
  private(set) var bytes: [UInt8] = []
  /// The values of the run at hand, divided by its scale.
  private var values: [Int64] = []
  /// How many of them lie in each tenth of a stretch.
  private var tenths: [Int] = []

  /// How many of the windows of one subject, from the first on, make a run; none if the first is too large for
  /// one.
  ///
  /// - Parameters:
  ///   - count: how many windows there are.
  ///   - window: gives one of them by its number. They are in the order of time.
  static func runLength(_ count: Int, _ window: (Int) -> Window) -> Int {
    let first = window(0)
    guard first.isSmall else { return 0 }
    var last = first
    var samples = first.count
    for number in 1..<max(1, min(count, maxWindows)) {
      let next = window(number)
      samples += next.count
      guard samples <= maxSamples, next.end - first.start <= span, next.start == last.end,
        next.end - next.start == last.end - last.start, next.digits == last.digits,
        next.id > last.id, next.isSmall
      else { return number }
      last = next
    }
    return min(count, maxWindows)
  }

  /// Appends a run.
  ///
  /// - Parameters:
  ///   - windows: as many as ``runLength(_:_:)`` says.
  ///   - samples: those of all windows, in their order.
  /// - Returns: false, and nothing is appended, if the values lie too far apart for SQL's integers.
  mutating func append(
    subject: Int64, _ windows: ArraySlice<Window>, samples: ArraySlice<PackedSamples.Element>
  ) -> Bool {
    guard let first = windows.first, let leastCount = windows.lazy.map(\.count).min() else {
      return false
    }
    var row = Row(
      id: first.id, subject: subject, start: first.start, length: first.end - first.start,
      windows: windows.count, samples: samples.count, digits: first.digits,
      scale: scaleValues(samples), leastCount: leastCount)
    let farthest = chooseDigits(&row)
    guard farthest <= Self.surelyExact || isExact(windows, low: row.low) else { return false }
    writeFigures(windows, samples, &row)
    writeValues(&row)
    let begin = bytes.count
    PackedSamples.packTimes(samples, start: first.start, into: &bytes)
    row.times = begin..<bytes.count
    rows.append(row)
    return true
  }

  /// Brings the rows into the order of their ids.
  mutating func sort() { rows.sort { $0.id < $1.id } }

  // MARK: Values

  /// Fills `values`, and says by what they have been divided.
  private mutating func scaleValues(_ samples: ArraySlice<PackedSamples.Element>) -> Int32 {
    var scale: Int32 = 1_000_000_000
    for sample in samples {
      while scale != 1, sample.value % scale != 0 { scale /= 10 }
    }
    values.removeAll(keepingCapacity: true)
    for sample in samples { values.append(Int64(sample.value / scale)) }
    return scale
  }

  /// Finds how many digits the values shall have, and from where they are counted, so that they take the fewest
  /// bytes, about, with those that lie outside.
  ///
  /// - Returns: How far from there a value lies at most.
  private mutating func chooseDigits(_ row: inout Row) -> Int64 {
    guard let least = values.min(), let greatest = values.max() else { return 0 }
    row.low = least
    row.valueDigits = Self.digits(UInt64(greatest - least))
    var cost = row.valueDigits * values.count
    var low = least
    for digits in stride(from: row.valueDigits - 1, through: 1, by: -1) {
      let inside: Int
      (inside, low) = most(of: digits, from: low)
      let outside = values.count - inside
      let other = digits * values.count + outside * Self.digitsOfOutlier
      if other < cost { (cost, row.low, row.valueDigits) = (other, low, digits) }
      if outside > values.count / 8 { break }
    }
    return max(greatest - row.low, row.low - least)
  }

  /// The stretch of so many digits that holds the most values, of those that begin at a tenth of it and lie in the
  /// stretch of one digit more that begins at `low`.
  ///
  /// - Returns: How many it holds, and where it begins.
  private mutating func most(of digits: Int, from low: Int64) -> (inside: Int, low: Int64) {
    let step = Self.power(digits - 1)
    tenths.removeAll(keepingCapacity: true)
    tenths.append(contentsOf: repeatElement(0, count: 100))
    for value in values where value >= low && value - low < 100 * step {
      tenths[Int((value - low) / step)] += 1
    }
    var (inside, most, first) = (0, 0, 0)
    for (end, count) in tenths.enumerated() {
      inside += count
      if end >= 10 { inside -= tenths[end - 10] }
      if inside > most { (most, first) = (inside, max(0, end - 9)) }
    }
    return (most, low + Int64(first) * step)
  }

  /// Below this, what SQL computes of a window stays within its integers, whatever the values are: count times
  /// the sum of squares is less than 2⁶³.
  private static let surelyExact: Int64 = 30_000_000

  /// The same of values that lie farther apart.
  private func isExact(_ windows: ArraySlice<Window>, low: Int64) -> Bool {
    var place = 0
    for window in windows {
      var squares: Int64 = 0
      for value in values[place..<place + window.count] {
        let (square, isTooLarge) = (value - low).multipliedReportingOverflow(by: value - low)
        let (sum, isTooMuch) = squares.addingReportingOverflow(square)
        if isTooLarge || isTooMuch { return false }
        squares = sum
      }
      if squares.multipliedReportingOverflow(by: Int64(window.count)).overflow { return false }
      place += window.count
    }
    return true
  }

  private mutating func writeValues(_ row: inout Row) {
    let (values, low, digits) = (values, row.low, row.valueDigits)
    let range = Self.power(digits)
    var outliers: [(sample: Int, value: Int64)] = []
    row.values = DigitWriter.append(values.count * digits, to: &bytes) { writer in
      for (place, value) in values.enumerated() {
        let number = value - low
        let isNear = 0..<range ~= number
        if !isNear { outliers.append((place, number)) }
        writer.put(isNear ? UInt64(number) : 0, digits)
      }
    }
    row.outliers = outliers
  }

  // MARK: Figures

  private mutating func writeFigures(
    _ windows: ArraySlice<Window>, _ samples: ArraySlice<PackedSamples.Element>, _ row: inout Row
  ) {
    // Both only grow from window to window.
    let firstID = row.id
    func idOffset(_ number: Int, _ window: Window) -> UInt64 {
      UInt64(window.id - firstID - Int64(number))
    }
    let end = values.count - row.leastCount * windows.count
    if let last = windows.last { row.idDigits = Self.digits(idOffset(windows.count - 1, last)) }
    row.firstDigits = Self.digits(UInt64(end))
    let padding = (row.idDigits + row.firstDigits) % 2
    let recordDigits = row.idDigits + row.firstDigits + padding
    var flagged: [(window: Int, count: Int)] = []
    let (leastCount, idDigits, firstDigits) = (row.leastCount, row.idDigits, row.firstDigits)
    row.figures = DigitWriter.append(recordDigits * (windows.count + 1), to: &bytes) { writer in
      var first = 0
      for (number, window) in windows.enumerated() {
        writer.put(idOffset(number, window), idDigits)
        writer.put(UInt64(first - leastCount * number), firstDigits)
        writer.put(0, padding)
        let own = samples[(samples.startIndex + first)...].prefix(window.count)
        let count = own.count { $0.isFlagged }
        if count > 0 { flagged.append((number, count)) }
        first += window.count
      }
      writer.put(0, idDigits)
      writer.put(UInt64(end), firstDigits)
      writer.put(0, padding)
    }
    row.flagged = flagged
  }

  // MARK: Digits

  /// How many decimal digits a number has; none, if it is zero.
  private static func digits(_ value: UInt64) -> Int {
    var (count, rest) = (0, value)
    while rest > 0 {
      count += 1
      rest /= 10
    }
    return count
  }

  private static func power(_ digits: Int) -> Int64 {
    (0..<digits).reduce(1) { product, _ in product * 10 }
  }
}

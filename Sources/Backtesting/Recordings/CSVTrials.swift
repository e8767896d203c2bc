import Events

/// The trials of one CSV file, one after the other.
///
/// With a column `trial` the lines of a trial lie together. Without one the file is one trial, or, with a
/// column `user`, one for each user and device, in any order of lines.
final class CSVTrials: TrialSource {
  private let lines: RecordingLines
  private let columns: CSVColumns
  private let values: TextValues
  private let keepsResolution: Bool
  private let name: String
  private var fields = CSVFields()
  private(set) var badLines = BadLines()

  private var current: TrialDraft?
  private var currentName: [UInt8] = []
  private var finishedNames: Set<String> = []
  private var subjects: SubjectDrafts
  private var isAtEnd = false

  var offset: Int { lines.offset }

  /// - Parameter name: of the file, and of the trial if it is one.
  init(
    _ lines: RecordingLines, name: String, isSingle: Bool, options: RecordingOptions
  ) throws(BacktestError) {
    self.lines = lines
    self.name = name
    guard let header = try lines.next() else {
      throw BacktestError(.malformed, file: lines.path, "the file is empty")
    }
    columns = try CSVColumns(header: header, file: lines.path)
    values = TextValues(format: options.format)
    keepsResolution = options.keepsResolution
    subjects = SubjectDrafts(file: isSingle ? nil : name)
  }

  func next() throws(BacktestError) -> Recording? {
    while !isAtEnd {
      guard let line = try lines.next() else {
        isAtEnd = true
        if let whole = try current?.finished(
          values, keepsResolution: keepsResolution, source: lines.path)
        {
          current = nil
          return whole
        }
        break
      }
      if line.isEmpty { continue }
      guard fields.split(line) else {
        bad("the line is not CSV")
        continue
      }
      guard fields.fields.count == columns.count else {
        bad("\(fields.fields.count) values for \(columns.count) columns")
        continue
      }
      guard let time = time() else { continue }
      let done = try begin()
      append(time)
      if let whole = try done?.finished(
        values, keepsResolution: keepsResolution, source: lines.path)
      {
        return whole
      }
    }
    return try subjects.next(values, keepsResolution: keepsResolution, source: lines.path)
  }

  private func bad(_ what: String) { badLines.add(lines.path, line: lines.number, what) }

  private func time() -> Int64? {
    let text = fields.fields[columns.time]
    guard let time = values.time(text) else {
      bad("\"\(String(decoding: text.prefix(40), as: UTF8.self))\" is no time")
      return nil
    }
    guard columns.isRelative else { return time }
    // Any time that can be read is below 2⁴⁸.
    return time + RecordingClock.base
  }

  /// Turns to the trial that the line belongs to; returns the one before, if this begins another.
  private func begin() throws(BacktestError) -> TrialDraft? {
    let origin = columns.isRelative ? RecordingClock.base : nil
    guard let column = columns.trial else {
      if columns.user == nil, current == nil { current = TrialDraft(name: name, origin: origin) }
      return nil
    }
    let text = fields.fields[column]
    if current != nil, currentName.elementsEqual(text) { return nil }
    let done = current
    let trial = String(decoding: text, as: UTF8.self)
    guard finishedNames.insert(trial).inserted else {
      throw BacktestError(
        .malformed, file: lines.path, line: lines.number,
        "trial \(trial) was over before; the lines of a trial must lie together")
    }
    currentName = Array(text)
    current = TrialDraft(
      name: trial, user: string(columns.user), device: string(columns.device), origin: origin)
    return done
  }

  private func string(_ column: Int?) -> String? {
    column.map { String(decoding: fields.fields[$0], as: UTF8.self) }
  }

  private func append(_ time: Int64) {
    if columns.hasAxes {
      guard let x = units(0), let y = units(1), let z = units(2) else { return }
      guard let magnitude = values.magnitude(x, y, z), time <= Sample.maxTime else {
        return bad("a value or a time is out of bounds")
      }
      let sample = Sample(time: time, value: magnitude)
      withDraft { $0.append(sample, values.axes(x, y, z)) }
    } else {
      guard let value = values.decimal(fields.fields[columns.values[0]]) else {
        return badNumber(columns.values[0])
      }
      withDraft { $0.append(time: time, value) }
    }
  }

  private func withDraft(_ body: (inout TrialDraft) -> Void) {
    if columns.trial != nil || columns.user == nil {
      // `begin` has seen to it that there is one. Taken out, so that its arrays are not copied.
      guard var draft = current.take() else { return }
      body(&draft)
      current = draft
    } else {
      subjects.with(
        user: string(columns.user) ?? "", device: string(columns.device) ?? "",
        origin: columns.isRelative ? RecordingClock.base : nil, body)
    }
  }

  private func units(_ axis: Int) -> Int32? {
    let column = columns.values[axis]
    if let units = values.units(fields.fields[column]) { return units }
    badNumber(column)
    return nil
  }

  private func badNumber(_ column: Int) {
    let text = String(decoding: fields.fields[column].prefix(40), as: UTF8.self)
    bad("\"\(text)\" is no number within bounds")
  }
}

/// What the columns of a CSV file of a recording are, by their names.
///
/// `trial`; the time: `t_ms` (milliseconds from the start of the trial), or `ts`, `time`, `timestamp`
/// (milliseconds since 1970, or a date and time); the values: `ax ay az` or `x y z`, or one of `value`, `acc`;
/// whose they are: `user`, `device`. Others are not read.
struct CSVColumns {
  var trial: Int?
  var user: Int?
  var device: Int?
  var time = 0
  /// Whether `time` counts from the start of the trial.
  var isRelative = false
  /// Three of the axes, or one of the value.
  var values: [Int] = []
  /// How many a line must have.
  var count = 0

  init(header: UnsafeRawBufferPointer, file: String) throws(BacktestError) {
    func fail(_ message: String) -> BacktestError {
      BacktestError(.malformed, file: file, line: 1, message)
    }
    var fields = CSVFields()
    guard fields.split(header) else { throw fail("the header is not CSV") }
    let names = fields.strings.map { $0.trimmedBlanks.lowercased() }
    func place(_ choices: [String]) throws(BacktestError) -> Int? {
      let found = names.indices.filter { choices.contains(names[$0]) }
      guard found.count <= 1 else {
        throw fail("columns \(found.map { names[$0] }.joined(separator: " and ")) say the same")
      }
      return found.first
    }
    count = names.count
    trial = try place(["trial"])
    user = try place(["user", "userid"])
    device = try place(["device"])
    guard let time = try place(["t_ms", "ts", "time", "timestamp"]) else {
      throw fail("no column is the time: t_ms, ts, time or timestamp")
    }
    self.time = time
    isRelative = names[time] == "t_ms"
    let axes = try [["ax", "x"], ["ay", "y"], ["az", "z"]].map { choices throws(BacktestError) in
      try place(choices)
    }
    let value = try place(["value", "acc"])
    let found = axes.compactMap { $0 }
    switch (found.count, value) {
    case (3, nil): values = found
    case (0, let value?): values = [value]
    case (0, nil): throw fail("no column is a value: ax ay az, x y z, value or acc")
    case (_, nil): throw fail("a magnitude needs all three axes")
    default: throw fail("there are columns of axes and one of a value; leave one kind out")
    }
  }

  var hasAxes: Bool { values.count == 3 }
}

/// The fields of one line of CSV (RFC 4180; values may hold neither line ends nor quotes). Used again for
/// every line.
struct CSVFields {
  private(set) var fields: [UnsafeRawBufferPointer] = []

  /// Splits a line; false if its quotes are wrong. The fields are valid while the line is.
  mutating func split(_ line: UnsafeRawBufferPointer) -> Bool {
    fields.removeAll(keepingCapacity: true)
    var start = line.startIndex
    for place in line.indices {
      let byte = line[place]
      if byte == UInt8(ascii: "\"") { return splitQuoted(line) }
      if byte == UInt8(ascii: ",") {
        fields.append(UnsafeRawBufferPointer(rebasing: line[start..<place]))
        start = place + 1
      }
    }
    fields.append(UnsafeRawBufferPointer(rebasing: line[start...]))
    return true
  }

  /// The fields as texts.
  var strings: [String] { fields.map { String(decoding: $0, as: UTF8.self) } }

  /// A line with quotes. Fields are looked at where they lie: one that is quoted whole and holds no doubled
  /// quote needs no copy, and files of recordings have no others.
  private mutating func splitQuoted(_ line: UnsafeRawBufferPointer) -> Bool {
    fields.removeAll(keepingCapacity: true)
    let quote = UInt8(ascii: "\"")
    var place = line.startIndex
    while true {
      if place < line.endIndex, line[place] == quote {
        guard let close = line[(place + 1)...].firstIndex(of: quote) else { return false }
        fields.append(UnsafeRawBufferPointer(rebasing: line[(place + 1)..<close]))
        place = close + 1
      } else {
        let end = line[place...].firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
        guard !line[place..<end].contains(quote) else { return false }
        fields.append(UnsafeRawBufferPointer(rebasing: line[place..<end]))
        place = end
      }
      guard place < line.endIndex else { return true }
      guard line[place] == UInt8(ascii: ",") else { return false }
      place += 1
    }
  }
}

extension String {
  /// Without blanks and tabs at its ends.
  var trimmedBlanks: String {
    var text = Substring(self)
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}

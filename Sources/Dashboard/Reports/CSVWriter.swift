/// Writes comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
///
/// Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula, quoted or not, and a
/// formula can send what it finds elsewhere; and texts here come from records, which anybody may have
/// written. Such texts get an apostrophe in front, the sign for “this is text”
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
struct CSVWriter {
  private(set) var text = ""
  private var isFirstCell = true

  /// A text, from wherever it comes.
  mutating func text(_ cell: String) { append(Self.isFormula(cell) ? "'" + cell : cell) }

  /// A number; empty for `nil`.
  mutating func number(_ value: Int?) { append(value.map { String($0) } ?? "") }

  /// A share or a probability with at most six decimals; empty for `nil`.
  mutating func share(_ value: Double?) {
    append(value.map { "\(($0 * 1e6).rounded() / 1e6)" } ?? "")
  }

  /// An empty cell.
  mutating func nothing(_ count: Int = 1) {
    for _ in 0..<count { append("") }
  }

  mutating func endLine() {
    text += "\r\n"
    isFirstCell = true
  }

  private mutating func append(_ cell: String) {
    if !isFirstCell { text += "," }
    isFirstCell = false
    // By scalars: to a `Character`, a quote with an accent on it is no quote.
    let scalars = cell.unicodeScalars
    let isQuoted = scalars.contains {
      $0 == "," || $0 == ";" || $0 == "\"" || $0 == "\r" || $0 == "\n" || $0 == "\t"
    }
    guard isQuoted || scalars.first == " " || scalars.last == " " else {
      text += cell
      return
    }
    text += "\""
    for scalar in scalars {
      if scalar == "\"" { text.unicodeScalars.append(scalar) }
      text.unicodeScalars.append(scalar)
    }
    text += "\""
  }

  /// Whether a spreadsheet might compute it: some skip white space first, and some take the full-width
  /// forms of the signs as well.
  private static func isFormula(_ cell: String) -> Bool {
    let first = cell.unicodeScalars.first { !$0.properties.isWhitespace && $0.value >= 0x20 }
    guard let first else { return false }
    return "=+-@＝＋－＠".unicodeScalars.contains(first)
  }
}

/// Figures as texts for people: the same on every machine, in every language.
enum Figures {
  /// `value` with so many decimals (0 … 9), rounded half away from zero; `–` if there is none.
  static func text(_ value: Double?, places: Int = 1) -> String {
    guard let value, value.isFinite, value.magnitude < 1e9 else { return "–" }
    let scale = (0..<places).reduce(Int64(1)) { scale, _ in scale * 10 }
    let whole = Int64((value.magnitude * Double(scale)).rounded(.toNearestOrAwayFromZero))
    let sign = value < 0 && whole != 0 ? "-" : ""
    if places == 0 { return "\(sign)\(whole)" }
    let fraction = String(whole % scale)
    return "\(sign)\(whole / scale)."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A share as a percentage.
  static func percent(_ share: Double?, places: Int = 1) -> String {
    share.map { text($0 * 100, places: places) + " %" } ?? "–"
  }

  static func percent(_ interval: Bootstrap.Interval?) -> String {
    interval.map { "\(text($0.low * 100)) … \(text($0.high * 100)) %" } ?? "–"
  }

  static func range(_ interval: Bootstrap.Interval?) -> String {
    interval.map { "\(text($0.low, places: 2)) … \(text($0.high, places: 2))" } ?? "–"
  }

  /// Milliseconds as seconds.
  static func seconds(_ milliseconds: Int64?, places: Int = 2) -> String {
    milliseconds.map { text(Double($0) / 1_000, places: places) + " s" } ?? "–"
  }

  /// Milliseconds as hours.
  static func hours(_ milliseconds: Int64) -> String {
    text(Double(milliseconds) / 3_600_000, places: 2) + " h"
  }
}

/// A table of texts with columns of the same width: names to the left, figures to the right.
struct TextTable {
  private var rows: [[String]] = []

  init(_ header: [String]) { rows = [header] }

  mutating func add(_ row: [String]) { rows.append(row) }

  var lines: [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

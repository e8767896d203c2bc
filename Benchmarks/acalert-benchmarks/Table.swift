import Foundation

/// Measurements in columns.
enum Table {
  static let header = row(
    "stage", "a second", "ns each", "CPU s/M", "peak", "ratio", "")

  static func row(_ measurement: Measurement) -> String {
    row(
      measurement.name,
      Figures.short(measurement.perSecond) + " " + measurement.unit,
      Figures.short(measurement.nanoseconds),
      Figures.fixed(measurement.nanoseconds / 1_000, 3),
      Figures.mebibytes(measurement.peakBytes),
      Figures.fixed(measurement.ratio ?? 1, 2),
      measurement.remark)
  }

  private static func row(_ columns: String...) -> String {
    let widths = [26, 18, 9, 9, 10, 8]
    var line = ""
    for (place, column) in columns.enumerated() {
      guard place < widths.count else {
        line += "  " + column
        continue
      }
      let fill = String(repeating: " ", count: max(0, widths[place] - column.count))
      line += place == 0 ? column + fill : fill + column
    }
    return line
  }
}

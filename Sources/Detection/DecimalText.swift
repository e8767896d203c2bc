/// Fixed-point values as numbers and as text for people.
enum DecimalText {
  private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

  /// How many stored units make one of the stream's unit: 10^digits. Dividing a stored value by it gives
  /// the `Double` nearest to the decimal that was sent.
  static func unit(digits: Int) -> Double { powers[digits] }

  /// `value` with `places` decimals, rounded half away from zero.
  static func text(_ value: Double, places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    let scale = powers[places]
    let whole = Int64((value.magnitude * scale).rounded())
    let sign = value < 0 && whole != 0 ? "-" : ""
    if places == 0 { return "\(sign)\(whole)" }
    let fraction = String(whole % Int64(scale))
    let padding = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(whole / Int64(scale)).\(padding)\(fraction)"
  }

  /// A duration in milliseconds as people write it: `90 s`, `1.5 s`, `250 ms`.
  static func duration(_ milliseconds: Int64) -> String {
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    if milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
    return "\(text(Double(milliseconds) / 1000, places: 1)) s"
  }
}

/// Probabilities in millionths as people read them.
enum ProbabilityText {
  /// Two decimals, rounded half up: `0.93`.
  static func rounded(_ millionths: Int32) -> String {
    DecimalText.text(Double((Int64(millionths) + 5_000) / 10_000) / 100, places: 2)
  }

  /// All the decimals there are, and at least two: `0.85`, `0.875`.
  static func exact(_ millionths: Int32) -> String {
    var text = DecimalText.text(Double(millionths) / 1_000_000, places: 6)
    for _ in 0..<4 where text.last == "0" { text.removeLast() }
    return text
  }

  /// `value` so that it can be told from `limit`, which it does not reach: `0.84`, not `0.85` for 0.849.
  static func rounded(_ value: Int32, below limit: Int32) -> String {
    let text = rounded(value)
    return text == rounded(limit) ? exact(value) : text
  }
}

/// Numbers that need not be exact.
extension StrictNode {
  /// A decimal number within bounds.
  func number(in bounds: ClosedRange<Double> = Self.allNumbers) throws -> Double {
    let text = try text()
    // `Double` takes more than people write: hexadecimal digits, infinity.
    guard text.wholeMatch(of: /[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil,
      let value = Double(text), value.isFinite
    else { throw error("\"\(text)\" is not a number") }
    guard bounds.contains(value) else {
      throw error(
        "\(text) is not within \(Self.text(bounds.lowerBound)) to \(Self.text(bounds.upperBound))")
    }
    return value
  }

  static let allNumbers = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

  /// An acceleration in g, in thousandths of one.
  func thousandths() throws -> Int64 {
    try fixedPoint(digits: 3, what: "a number of g")
  }

  /// `off`, or what `read` makes of the value.
  func unlessOff<Value>(_ read: (StrictNode) throws -> Value) throws -> Value? {
    try isOff ? nil : read(self)
  }

  var isOff: Bool { (try? text()) == "off" }

  /// A number as one would write it: without `.0`.
  static func text(_ number: Double) -> String {
    let whole = Int(exactly: number)
    return whole.map(String.init) ?? "\(number)"
  }
}

/// Quantities with a unit, as people write them in a configuration.
extension StrictNode {
  /// A duration such as `250ms`, `10s`, `5m`, `12h`, `7d`, in milliseconds.
  func duration() throws -> Int64 {
    try quantity(
      units: [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)],
      example: "a duration like 250ms, 10s, 5m, 12h or 7d")
  }

  /// A size such as `512KiB`, `1MB`, `10GiB`, in bytes.
  func size() throws -> Int64 {
    try quantity(
      units: [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000),
        ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
      ],
      example: "a size like 512KiB, 1MiB or 10GB")
  }

  /// A decimal number as a whole number of 10^−digits, exactly.
  func fixedPoint(digits: Int, what: String) throws -> Int64 {
    let text = try text()
    guard let value = Self.fixedPoint(text, digits: digits) else {
      throw error("\"\(text)\" is not \(what) with at most \(digits) decimals")
    }
    return value
  }

  /// A share or a probability from 0 to 1, in millionths.
  func share() throws -> Int32 {
    let value = try fixedPoint(digits: 6, what: "a number from 0 to 1")
    guard (0...1_000_000).contains(value) else { throw error("is not within 0 to 1") }
    return Int32(value)
  }

  static func fixedPoint(_ text: some StringProtocol, digits: Int) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].last?.isNumber == true else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard parts.count == 1 || !fraction.isEmpty, fraction.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    let kept = fraction.prefix(digits)
    guard fraction.dropFirst(digits).allSatisfy({ $0 == "0" }) else { return nil }
    return Int64(parts[0] + kept + String(repeating: "0", count: digits - kept.count))
  }

  private func quantity(units: [(name: String, factor: Int64)], example: String) throws -> Int64 {
    let text = try text()
    for (name, factor) in units {
      guard text.hasSuffix(name) else { continue }
      let number = text.dropLast(name.count)
      // A decimal is allowed where it makes a whole number of the smallest unit.
      guard number.first?.isNumber == true, let scaled = Self.fixedPoint(number, digits: 3)
      else { continue }
      let (product, overflow) = scaled.multipliedReportingOverflow(by: factor)
      guard !overflow, product % 1000 == 0 else { continue }
      return product / 1000
    }
    throw error("\"\(text)\" is not \(example)")
  }
}

import Events
import Foundation
import Testing

@Suite("Fixed point")
struct FixedPointTests {
  private func value(_ text: String, _ format: RecordFormat) -> Int32? {
    try? decode(scalar(text), format).samples[0].value
  }

  /// The exact result by Foundation's decimal arithmetic, `nil` if it is out of bounds.
  private func reference(_ text: String, _ format: RecordFormat) -> Int32? {
    guard var number = Decimal(string: text, locale: nil) else { return nil }
    if format.unit == .metresPerSecondSquared { return metricReference(number, format) }
    number *= Decimal(sign: .plus, exponent: format.digits, significand: 1)
    var rounded = Decimal()
    NSDecimalRound(&rounded, &number, 0, .plain)
    guard abs(rounded) <= Decimal(Sample.maxMagnitude) else { return nil }
    return NSDecimalNumber(decimal: rounded).int32Value
  }

  /// The integer v with |number·10^digits − v·9.80665| least, found by comparing products, which are
  /// exact in 38 digits, where a quotient would not be.
  private func metricReference(_ number: Decimal, _ format: RecordFormat) -> Int32? {
    let gravity = Decimal(sign: .plus, exponent: -5, significand: 980_665)
    let target = abs(number) * Decimal(sign: .plus, exponent: format.digits, significand: 1)
    guard target < Decimal(2_000_000_000) * gravity else { return nil }
    var units = Int64(NSDecimalNumber(decimal: target / gravity).doubleValue)
    while (Decimal(units) + Decimal(sign: .plus, exponent: -1, significand: 5)) * gravity <= target
    {
      units += 1
    }
    while units > 0,
      (Decimal(units) - Decimal(sign: .plus, exponent: -1, significand: 5)) * gravity > target
    {
      units -= 1
    }
    guard units <= Int64(Sample.maxMagnitude) else { return nil }
    return Int32(number < 0 ? -units : units)
  }

  @Test(arguments: [RecordFormat.Unit.g, .none, .metresPerSecondSquared])
  func randomDecimals_agreeWithDecimalArithmetic(_ unit: RecordFormat.Unit) throws {
    var random = SplitMix64(seed: 7)
    for digits in 0...9 {
      let format = try RecordFormat(unit: unit, digits: digits)
      let decoder = RecordDecoder(format: format)
      for _ in 0..<600 {
        let text = randomDecimal(&random)
        let found = try? decoder.decoded(Array(scalar(text).utf8)).samples[0].value
        #expect(found == reference(text, format), "\(text) with \(digits) digits in \(unit)")
      }
    }
  }

  private func randomDecimal(_ random: inout SplitMix64) -> String {
    func digits(_ count: Int) -> String {
      (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }
    var text = Bool.random(using: &random) ? "-" : ""
    let whole = Int.random(in: 0...5, using: &random)
    text += whole == 0 ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(whole - 1)
    let fraction = Int.random(in: 0...22, using: &random)
    if fraction > 0 { text += "." + digits(fraction) }
    // A tie now and then.
    if fraction > 0, Int.random(in: 0..<4, using: &random) == 0 { text += "5" }
    if Int.random(in: 0..<3, using: &random) == 0 {
      text += ["e", "E", "e+", "E-", "e-"].randomElement(using: &random)!
      text += "\(Int.random(in: 0...6, using: &random))"
    }
    return text
  }

  @Test func rounding_isHalfAwayFromZero() throws {
    let format = try RecordFormat(unit: .none, digits: 0)
    for (text, expected) in [
      ("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3),
      ("0.4999999999999999999999", 0),
      ("0.49999999999999999999999999999999999999999999999999", 0),
      ("0.50000000000000000000000000000000000000000000000001", 1), ("5e-1", 1), ("0.05e1", 1),
      ("49e-2", 0), ("0.0", 0), ("-0", 0), ("0e999999999999", 0), ("1e-323", 0),
      ("10000000000000000000000000000e-28", 1), ("12345e-5", 0),
      ("0.00000000000000000000012e22", 1),
    ] {
      #expect(value(text, format) == Int32(expected), "\(text)")
    }
    let zeros = String(repeating: "0", count: 1000)
    #expect(value("0.\(zeros)5e1001", format) == 5)
    #expect(value("5\(zeros)e-1000", format) == 5)
    #expect(value("0.5\(zeros)", format) == 1)
    #expect(value("0.4\(String(repeating: "9", count: 1000))", format) == 0)
  }

  @Test func bounds_holdToTheUnit() throws {
    let whole = try RecordFormat(unit: .none, digits: 0)
    #expect(value("1073741823", whole) == Sample.maxMagnitude)
    #expect(value("-1073741823", whole) == -Sample.maxMagnitude)
    #expect(value("1073741823.4999999999999999", whole) == Sample.maxMagnitude)
    #expect(value("1073741823.5", whole) == nil)
    #expect(value("1073741824", whole) == nil)
    let nano = try RecordFormat(unit: .none, digits: 9)
    #expect(value("1.073741823", nano) == Sample.maxMagnitude)
    #expect(value("1.073741824", nano) == nil)
    let metric = try RecordFormat(unit: .metresPerSecondSquared)
    #expect(value("9.80665", metric) == 1_000_000)
    #expect(value("-19.6133", metric) == -2_000_000)
    // 1073.7418235·9.80665 = 10529.8102533…: the border lies between the two.
    #expect(value("10529.810253", metric) == Sample.maxMagnitude)
    #expect(value("10529.810254", metric) == nil)
  }

  @Test func metricTies_goAwayFromZero() throws {
    // 4.903325 is half of 9.80665: exactly half a unit when the resolution is 1 g.
    let format = try RecordFormat(unit: .metresPerSecondSquared, digits: 0)
    #expect(value("4.903325", format) == 1)
    #expect(value("-4.903325", format) == -1)
    #expect(value("4.90332499999999999999999999", format) == 0)
    #expect(value("14.709975", format) == 2)
    #expect(value("14.7099749999999999999999", format) == 1)
  }

  @Test func magnitudes_areTheNearestInteger() throws {
    var random = SplitMix64(seed: 11)
    let format = try RecordFormat(unit: .none, digits: 0)
    let decoder = RecordDecoder(format: format)
    let limit = Int64(Sample.maxMagnitude)
    for round in 0..<5000 {
      // Small ones, where every case of rounding occurs, and large ones, where Double would err.
      let range = round % 2 == 0 ? -30...30 : -limit...limit
      let axes = (0..<3).map { _ in Int64.random(in: range, using: &random) }
      let text = #"{"user":"u","ts":1,"x":\#(axes[0]),"y":\#(axes[1]),"z":\#(axes[2])}"#
      let sum = axes.reduce(Int128(0)) { $0 + Int128($1) * Int128($1) }
      if let found = try? decoder.decoded(Array(text.utf8)).samples[0].value {
        // (found − ½)² < sum < (found + ½)², times four.
        let twice = 2 * Int128(found)
        #expect(4 * sum < (twice + 1) * (twice + 1))
        #expect(found == 0 || 4 * sum > (twice - 1) * (twice - 1))
      } else {
        #expect(4 * sum > (2 * Int128(limit) + 1) * (2 * Int128(limit) + 1))
      }
    }
    #expect(
      try decode(#"{"user":"u","ts":1,"x":1073741823,"y":0,"z":0}"#, format).samples[0].value
        == Sample.maxMagnitude)
    // 1073741823² + 32768² is just past (1073741823 + ½)²: 32768² = 2³⁰ > 1073741823.25.
    #expect(reason(#"{"user":"u","ts":1,"x":1073741823,"y":32768,"z":0}"#, format) == .outOfBounds)
    #expect(reason(#"{"user":"u","ts":1,"x":1073741823,"y":32767,"z":0}"#, format) == nil)
  }
}

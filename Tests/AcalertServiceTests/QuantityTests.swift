import Testing
import Yams

@testable import AcalertService

struct QuantityTests {
  private func node(_ text: String) -> StrictNode {
    StrictNode(node: Node(text), file: "t", path: "")
  }

  @Test func durationsAreReadExactly() throws {
    var random = SeededGenerator(state: 1)
    let units: [(String, Int64)] = [
      ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    for _ in 0..<2_000 {
      let (unit, factor) = units.randomElement(using: &random) ?? ("ms", 1)
      let count = Int64.random(in: 0...1_000_000, using: &random)
      #expect(try node("\(count)\(unit)").duration() == count * factor)
      let thousandths = Int64.random(in: 0...999, using: &random)
      let text = "\(count).\(String(thousandths + 1000).dropFirst())\(unit)"
      let exact = (count * 1000 + thousandths) * factor
      if exact % 1000 == 0 {
        #expect(try node(text).duration() == exact / 1000, "\(text)")
      } else {
        #expect(throws: ConfigurationError.self, "\(text)") { try node(text).duration() }
      }
    }
  }

  @Test func sizesAreReadExactly() throws {
    var random = SeededGenerator(state: 2)
    let units: [(String, Int64)] = [
      ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10),
      ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("TB", 1_000_000_000_000),
    ]
    for _ in 0..<1_000 {
      let (unit, factor) = units.randomElement(using: &random) ?? ("B", 1)
      let count = Int64.random(in: 0...2_000, using: &random)
      #expect(try node("\(count)\(unit)").size() == count * factor)
    }
    #expect(try node("1.5GiB").size() == 3 << 29)
  }

  @Test(arguments: [
    "", "s", "10", "10 s", " 10s", "10s ", "10S", "-5s", "+5s", "-0s", ".5s", "5.s", "1e3s",
    "0x10s",
    "1_000s", "10ss", "١٠s", "0.0001s", "1.2.3s", "92233720368547758d", "10min", "ms",
  ])
  func whatIsNoDurationIsRefused(_ text: String) {
    #expect(throws: ConfigurationError.self) { try node(text).duration() }
  }

  @Test(arguments: ["10", "10K", "10KB", "10mb", "-1B", "0.5B", "10s", "B", "9999999999TiB"])
  func whatIsNoSizeIsRefused(_ text: String) {
    #expect(throws: ConfigurationError.self) { try node(text).size() }
  }

  @Test func fixedPointIsTheDecimalItself() {
    var random = SeededGenerator(state: 3)
    for _ in 0..<5_000 {
      let digits = Int.random(in: 0...9, using: &random)
      let decimals = Int.random(in: 0...12, using: &random)
      let whole = Int64.random(in: 0...999_999, using: &random)
      let fraction = (0..<decimals).map { _ in
        // Many zeros, so that texts with more decimals than digits are often exact all the same.
        String(
          Int.random(in: 0...2, using: &random) == 0 ? Int.random(in: 0...9, using: &random) : 0)
      }.joined()
      let sign = ["", "-", "+"].randomElement(using: &random) ?? ""
      let text = sign + "\(whole)" + (decimals == 0 ? "" : ".\(fraction)")
      var expected: Int64? = whole
      for place in 0..<max(digits, decimals) {
        let digit =
          place < decimals ? Int64(fraction.dropFirst(place).prefix(1)) ?? 0 : 0
        if place < digits {
          expected = expected.map { $0 * 10 + digit }
        } else if digit != 0 {
          expected = nil
        }
      }
      if sign == "-" { expected = expected.map { -$0 } }
      #expect(StrictNode.fixedPoint(text, digits: digits) == expected, "\(text), \(digits) digits")
    }
  }

  @Test(arguments: [
    "", "-", "+", ".", ".5", "-.5", "5.", "1.2.3", "1,5", "1e3", "--1", "0x1", "١.٥",
  ])
  func whatIsNoDecimalIsRefused(_ text: String) {
    #expect(StrictNode.fixedPoint(text, digits: 3) == nil)
  }

  @Test func fixedPointThatOverflowsIsRefused() {
    #expect(StrictNode.fixedPoint("9223372036854775807", digits: 0) == .max)
    #expect(StrictNode.fixedPoint("9223372036854775808", digits: 0) == nil)
    #expect(StrictNode.fixedPoint("9223372036854775807", digits: 1) == nil)
  }

  @Test func resolutionsArePowersOfTen() {
    #expect(StreamSettings.digits(ofResolution: "1") == 0)
    #expect(StreamSettings.digits(ofResolution: "1.0") == 0)
    #expect(StreamSettings.digits(ofResolution: "0.1") == 1)
    #expect(StreamSettings.digits(ofResolution: "0.000000001") == 9)
    for text in ["0", "10", "0.2", "-0.1", "1e-6", "0.0000000001", ""] {
      #expect(StreamSettings.digits(ofResolution: text) == nil, "\(text)")
    }
  }
}

struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1", 8080), ("0.0.0.0:0", "0.0.0.0", 0),
    ("localhost:65535", "localhost", 65_535), ("[::1]:80", "::1", 80), ("[::]:80", "::", 80),
    ("8080", "127.0.0.1", 8080),
  ])
  func addressAndPortAreRead(_ text: String, _ address: String, _ port: Int) {
    let found = ListenAddress(text)
    #expect(found?.address == address)
    #expect(found?.port == port)
  }

  @Test(arguments: [
    "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
    "127.0.0.1:+80", "::1:80", "[::1]", "[::1]80", "[]:80", "[localhost]:80", "[127.0.0.1]:80",
    "1.2.3:80", "example.org:80", "127.0.0.1 :80", "http://127.0.0.1:80", "256.0.0.1:80", "+80",
  ])
  func anythingElseIsRefused(_ text: String) {
    #expect(ListenAddress(text) == nil)
  }
}

import Testing

@testable import Events

/// Bursts are read by another way than single records where their numbers are short: both must come to the
/// same, and refuse the same.
@Suite("Bursts") struct BurstTests {
  /// A number as a sensor writes it, mostly; now and then another way, or none at all.
  private func number(_ random: inout SplitMix64) -> String {
    func digits(_ count: Int) -> String {
      (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }
    let sign = Bool.random(using: &random) ? "-" : ""
    switch Int.random(in: 0..<200, using: &random) {
    case 0: return sign + "1\(digits(1)).\(digits(3))"
    case 1: return sign + digits(1)
    case 2: return sign + "0.\(digits(Int.random(in: 7...20, using: &random)))"
    case 3: return sign + "\(digits(1)).\(digits(2))e-1"
    case 4: return "\"\(sign)\(digits(1)).\(digits(2))\""
    case 5:
      return ["-", "", "1.", ".5", "0.1.2", "0x1", "--1.0", "+1.0", "0 .1", "1.2a", "00.1"]
        .randomElement(using: &random) ?? ""
    default: return sign + "\(digits(1)).\(digits(Int.random(in: 1...7, using: &random)))"
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func randomBursts_areReadAsTheirSamplesOneByOne(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for round in 0..<400 {
      let unit: RecordFormat.Unit = round % 7 == 0 ? .metresPerSecondSquared : .g
      let format = try RecordFormat(unit: unit, digits: Int.random(in: 0...9, using: &random))
      let decoder = RecordDecoder(format: format)
      let vectors = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        (0..<3).map { _ in number(&random) }
      }
      let gap = ["", " ", "  ", "\n"].randomElement(using: &random) ?? ""
      let samples = vectors.map { "[\($0.joined(separator: "," + gap))]" }
      let burst =
        #"{"user":"u","t0":0,"hz":1,"samples":[\#(samples.joined(separator: "," + gap))]}"#
      var values: [Int32] = []
      var axes: [AxisSample] = []
      for vector in vectors {
        let single = #"{"user":"u","ts":0,"x":\#(vector[0]),"y":\#(vector[1]),"z":\#(vector[2])}"#
        guard let record = try? decoder.decoded(Array(single.utf8)) else { break }
        values.append(record.samples[0].value)
        axes.append(record.axes[0])
      }
      let record = try? decoder.decoded(Array(burst.utf8))
      if values.count == vectors.count {
        #expect(record?.samples.map(\.value) == values, "\(burst)")
        #expect(record?.axes == axes, "\(burst)")
      } else {
        #expect(record == nil, "\(burst)")
      }
    }
  }

  @Test func damagedBursts_areRefusedWhereverTheDamageIs() throws {
    let whole = Array(
      (#"{"user":"u","t0":0,"hz":50,"samples":["#
        + (0..<8).map { "[0.0\($0)1,-0.123456,1.\($0)]" }.joined(separator: ",") + "]}").utf8)
    let decoder = RecordDecoder()
    #expect(try decoder.decoded(whole).samples.count == 8)
    let first = (whole.firstIndex(of: UInt8(ascii: "[")) ?? 0) + 1
    for place in first..<whole.count - 2 {
      for byte in [UInt8(ascii: "x"), 0x00, 0xFF, UInt8(ascii: "]"), UInt8(ascii: "\"")] {
        var damaged = whole
        damaged[place] = byte
        guard damaged != whole else { continue }
        #expect(throws: InvalidRecord.self) { try decoder.decoded(damaged) }
      }
      #expect(throws: InvalidRecord.self) { try decoder.decoded(Array(whole[..<place])) }
    }
  }

  @Test func burstsOfTheGreatestLength_endThere() throws {
    let format = try RecordFormat(maxBurstSamples: 20)
    func burst(_ count: Int) -> String {
      let samples = (0..<count).map { _ in "[0.1,0.2,0.3]" }.joined(separator: ",")
      return #"{"user":"u","t0":0,"hz":50,"samples":[\#(samples)]}"#
    }
    #expect(try decode(burst(20), format).samples.count == 20)
    #expect(reason(burst(21), format) == .burstTooLong)
    #expect(reason(burst(40), format) == .burstTooLong)
  }

  @Test func magnitudes_areRoundedToTheNearestUnit() {
    var random = SplitMix64(seed: 5)
    for _ in 0..<200_000 {
      let bits = Int32.random(in: 1...29, using: &random)
      func axis() -> Int32 { Int32.random(in: -(1 << bits)...(1 << bits), using: &random) }
      let (x, y, z) = (axis(), axis(), axis())
      let sum = [x, y, z].reduce(UInt64(0)) { $0 + UInt64(Int64($1) * Int64($1)) }
      let found = FixedPoint.magnitude(x, y, z).map { UInt64($0) }
      // Twice the root lies between 2r − 1 and 2r + 1: (2r − 1)² < 4·sum < (2r + 1)².
      if let root = found {
        #expect(root == 0 || (2 * root - 1) * (2 * root - 1) < 4 * sum)
        #expect(4 * sum < (2 * root + 1) * (2 * root + 1))
      }
    }
    // Around the halves, where a rounded root would fall on the wrong side first.
    for m in [1, 2, 1_000_003, 1 << 23, (1 << 24) - 2, 1 << 24, 1 << 25] as [UInt64] {
      for sum in [m * m + m, m * m + m + 1] {
        guard let (x, y, z) = threeSquares(sum) else { continue }
        #expect(FixedPoint.magnitude(x, y, z) == Int32(sum == m * m + m ? m : m + 1))
      }
    }
  }

  /// Three numbers whose squares add up to `sum`, if a short search finds them.
  private func threeSquares(_ sum: UInt64) -> (Int32, Int32, Int32)? {
    let root = UInt64(Double(sum).squareRoot())
    for x in stride(from: root, through: root > 200 ? root - 200 : 0, by: -1) where x * x <= sum {
      let rest = sum - x * x
      for y in 0...UInt64(Double(rest).squareRoot()) {
        let square = rest - y * y
        let z = UInt64(Double(square).squareRoot())
        if z * z == square { return (Int32(x), Int32(y), Int32(z)) }
        if y > 20_000 { break }
      }
      if x == 0 { break }
    }
    return nil
  }
}

import Events
import Testing

@Suite("Axes")
struct AxisTests {
  @Test func everyShapeOfThreeAxes_givesThem() throws {
    let single = try decode(#"{"user":"u","ts":1,"x":0.01,"y":-0.02,"z":0.99}"#)
    #expect(single.axes == [AxisSample(x: 10, y: -20, z: 990)])
    let burst = try decode(
      #"{"samples":[[0.01,-0.02,0.99],["1",2,-3e0]],"user":"u","t0":1,"hz":50}"#)
    #expect(
      burst.axes == [AxisSample(x: 10, y: -20, z: 990), AxisSample(x: 1000, y: 2000, z: -3000)])
    #expect(burst.axes.count == burst.samples.count)
  }

  @Test func singleValuesAndOtherQuantities_haveNone() throws {
    #expect(try decode(scalar("1")).axes == [])
    #expect(try decode(#"{"user":"u","t0":1,"hz":50,"samples":[1,2]}"#).axes == [])
    let format = try RecordFormat(unit: .none)
    let record = #"{"user":"u","ts":1,"x":1,"y":2,"z":3}"#
    #expect(try decode(record, format).axes == [])
    #expect(try decode(#"{"user":"u","t0":1,"hz":5,"samples":[[1,2,3]]}"#, format).axes == [])
  }

  @Test func axesOfOneRecord_areNotThoseOfTheNext() throws {
    let decoder = RecordDecoder()
    let axes = #"{"user":"u","ts":1,"x":1,"y":2,"z":3}"#
    _ = try decoder.decoded(Array(axes.utf8))
    #expect(decoder.axes.count == 1)
    #expect(try decoder.decoded(Array(scalar("1").utf8)).axes == [])
    _ = try decoder.decoded(Array(axes.utf8))
    // Damaged after its axes were read.
    #expect(throws: InvalidRecord.self) {
      try decoder.decoded(Array(#"{"x":1,"y":2,"z":3,"ts":1}"#.utf8))
    }
    #expect(decoder.axes.isEmpty)
  }

  @Test func rounding_isHalfAwayFromZero_andHeldAtTheBounds() throws {
    func axes(_ x: String, _ y: String, _ z: String) throws -> [AxisSample] {
      try decode(#"{"user":"u","ts":1,"x":\#(x),"y":\#(y),"z":\#(z)}"#).axes
    }
    #expect(try axes("0.0005", "-0.0005", "0.000499") == [AxisSample(x: 1, y: -1, z: 0)])
    #expect(try axes("-0.000499", "1.2345", "-1.2344999") == [AxisSample(x: 0, y: 1235, z: -1235)])
    #expect(try axes("32.767499", "32.7675", "-900") == [AxisSample(x: 32767, y: 32767, z: -32767)])
    #expect(try axes("0", "-0", "-32.768") == [AxisSample(x: 0, y: 0, z: -32767)])
  }

  /// Any three numbers, at every resolution: the axes are those of the same numbers read one by one.
  @Test(arguments: [RecordFormat.Unit.g, .metresPerSecondSquared])
  func randomVectors_agreeWithDivision(_ unit: RecordFormat.Unit) throws {
    var random = SplitMix64(seed: 23)
    for digits in 0...9 {
      let format = try RecordFormat(unit: unit, digits: digits)
      let decoder = RecordDecoder(format: format)
      let power = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
      for _ in 0..<400 {
        let texts = (0..<3).map { _ in text(digits, &random) }
        let values = try texts.map {
          Int64(try decoder.decoded(Array(scalar($0).utf8)).samples[0].value)
        }
        let expected = values.map { value in
          // |value|·1000 / power, half away from zero.
          let magnitude = (2000 * value.magnitude + UInt64(power)) / UInt64(2 * power)
          return Int16(min(32_767, magnitude)) * (value < 0 ? -1 : 1)
        }
        let list = texts.joined(separator: ",")
        let burst = try? decoder.decoded(
          Array(#"{"user":"u","t0":1,"hz":50,"samples":[[0,0,0],[\#(list)]]}"#.utf8))
        guard let burst else { continue }
        #expect(
          burst.axes[1] == AxisSample(x: expected[0], y: expected[1], z: expected[2]),
          "\(list) with \(digits) digits")
        #expect(burst.axes[0] == AxisSample(x: 0, y: 0, z: 0))
      }
    }
  }

  /// A number within a sample's bounds, often just at the middle between two thousandths.
  private func text(_ digits: Int, _ random: inout SplitMix64) -> String {
    let whole = Int.random(in: 0...(digits == 9 ? 0 : digits == 8 ? 9 : 40), using: &random)
    let sign = Bool.random(using: &random) ? "-" : ""
    let thousandths = String(Int.random(in: 1000...1999, using: &random)).dropFirst()
    let tail = ["", "5", "49", "499999", "500001", "4999"].randomElement(using: &random)!
    return "\(sign)\(whole).\(thousandths)\(tail)"
  }
}

import Testing

@testable import Backtesting

struct TuningSpaceTests {
  @Test func gridVariesTheLastParameterFastest() throws {
    let space = try ParameterSpace([
      .init("zscore.k", .list(["3", "4"])),
      .init("status.raise.count", .range(ParameterRange(lower: "1", upper: "3", step: "1"))),
    ])
    #expect(space.gridCount == 6)
    #expect(
      try space.grid().map(\.description) == [
        "zscore.k = 3, status.raise.count = 1", "zscore.k = 3, status.raise.count = 2",
        "zscore.k = 3, status.raise.count = 3", "zscore.k = 4, status.raise.count = 1",
        "zscore.k = 4, status.raise.count = 2", "zscore.k = 4, status.raise.count = 3",
      ])
  }

  @Test func gridTooLargeIsRefusedWithItsSize() throws {
    let range = try ParameterRange(lower: "1", upper: "1000", step: "1")
    let space = try ParameterSpace([.init("a", .range(range)), .init("b", .range(range))])
    let error = #expect(throws: TuningError.self) { try space.grid() }
    #expect(error?.message.contains("1000000 sets is more than 10000") == true)
    #expect(error?.message.contains("a 1000, b 1000") == true)
    let wide = try ParameterRange(lower: "0", upper: "100000000", step: "1")
    let countless = try ParameterSpace((0..<9).map { .init("p\($0)", .range(wide)) })
    #expect(countless.gridCount == .max)
    #expect(throws: TuningError.self) { try countless.grid() }
    #expect(countless.draw(5, seed: 1).count == 5)
  }

  @Test func valuesOfARangeAreExactDecimals() throws {
    let range = try ParameterRange(lower: "0.05", upper: "0.3", step: "0.05")
    #expect(range.grid == ["0.05", "0.1", "0.15", "0.2", "0.25", "0.3"])
    let uneven = try ParameterRange(lower: "-0.5", upper: "1.1", step: "0.75")
    #expect(uneven.grid == ["-0.5", "0.25", "1"])
    let seconds = try ParameterRange(lower: "1", upper: "10", step: "4.5", unit: "s")
    #expect(seconds.grid == ["1s", "5.5s", "10s"])
    let hundreds = try ParameterRange(lower: "100", upper: "300", step: "100.0")
    #expect(hundreds.grid == ["100", "200", "300"])
  }

  @Test func logGridHasEvenRatiosOnTheMesh() throws {
    let range = try ParameterRange(
      lower: "0.01", upper: "1", step: "0.001", scale: .log, gridCount: 5)
    #expect(range.grid == ["0.01", "0.032", "0.1", "0.316", "1"])
    let coarse = try ParameterRange(lower: "1", upper: "10", step: "1", scale: .log, gridCount: 50)
    #expect(coarse.grid == (1...10).map(String.init))
    #expect(coarse.gridCount == 10)
  }

  @Test(
    arguments: [
      ("1", "1", "1"), ("2", "1", "1"), ("1", "2", "0"), ("1", "2", "-1"), ("a", "2", "1"),
      ("1.", "2", "1"), ("1", "2000000000", "1"), ("0", "1", "0.0000000001"), ("1", "2", ""),
      ("+1", "2", "1"), ("1", "1e3", "1"), ("0", "1000000000", "0.000000001"),
    ])
  func rangesThatAreNoneAreRefused(lower: String, upper: String, step: String) {
    #expect(throws: TuningError.self) {
      try ParameterRange(lower: lower, upper: upper, step: step)
    }
  }

  @Test func logRangesNeedAPositiveBeginningAndACount() {
    #expect(throws: TuningError.self) {
      try ParameterRange(lower: "0", upper: "1", step: "0.1", scale: .log, gridCount: 3)
    }
    #expect(throws: TuningError.self) {
      try ParameterRange(lower: "1", upper: "2", step: "0.1", scale: .log)
    }
    #expect(throws: TuningError.self) {
      try ParameterRange(lower: "1", upper: "2", step: "0.1", gridCount: 3)
    }
  }

  @Test func drawsAreDistinctAndDecidedByTheSeed() throws {
    let space = try ParameterSpace([
      .init("a", .range(ParameterRange(lower: "0", upper: "99", step: "1"))),
      .init("b", .list(["x", "y", "z"])),
    ])
    let sets = space.draw(100, seed: 7)
    #expect(Set(sets).count == 100)
    #expect(space.draw(100, seed: 7) == sets)
    #expect(Array(space.draw(200, seed: 7).prefix(100)) == sets)
    #expect(space.draw(100, seed: 8) != sets)
    // All there are, if more are asked for.
    #expect(try Set(space.draw(5000, seed: 1)).isSubset(of: space.grid()))
    let few = try ParameterSpace([.init("b", .list(["x", "y", "z"]))])
    #expect(Set(few.draw(50, seed: 3).map(\.description)) == ["b = x", "b = y", "b = z"])
  }

  @Test func drawsLieInTheRangeAndOnItsMesh() throws {
    for scale in ParameterRange.Scale.allCases {
      let range = try ParameterRange(
        lower: "0.5", upper: "20", step: "0.25", scale: scale, gridCount: scale == .log ? 4 : nil)
      var random = SplitMix64(seed: 11)
      var below = 0
      for _ in 0..<4000 {
        let value = try #require(Double(range.draw(&random)))
        #expect((0.5...20).contains(value))
        #expect((value * 4).rounded() == value * 4)
        if value < 3.1623 { below += 1 }
      }
      // The geometric middle parts the logarithmic draws in halves.
      #expect(scale == .log ? (1700...2300).contains(below) : (400...750).contains(below))
    }
  }

  @Test func spacesWithoutSenseAreRefused() {
    #expect(throws: TuningError.self) { try ParameterSpace([]) }
    #expect(throws: TuningError.self) { try ParameterSpace([.init("a", .list([]))]) }
    #expect(throws: TuningError.self) { try ParameterSpace([.init("a", .list(["1", "1"]))]) }
    #expect(throws: TuningError.self) {
      try ParameterSpace([.init("a", .list(["1"])), .init("a", .list(["2"]))])
    }
  }

  @Test func randomNumbersAreThoseOfTheAlgorithm() {
    // The first outputs of the authors' reference code for this seed.
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    var counts = [Int](repeating: 0, count: 3)
    for _ in 0..<3000 { counts[Int(random.below(3))] += 1 }
    #expect(counts.allSatisfy { (880...1120).contains($0) })
    #expect((0..<1000).allSatisfy { _ in (0..<1).contains(random.fraction()) })
  }
}

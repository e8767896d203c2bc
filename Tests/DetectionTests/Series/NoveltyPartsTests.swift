import Foundation
import Testing

@testable import Detection

/// The small machines of the novelty detector, against what they stand for, computed from all values.
@Suite struct NoveltyPartsTests {
  @Test(arguments: [1, 2, 7, 50])
  func slidingRangeIsTheRangeOfTheLastValues(window: Int) {
    var random = SplitMix(state: 1)
    var range = SlidingRange()
    var maximum = SlidingMaximum()
    var values: [Double] = []
    #expect(range.bounds == nil)
    for index in 0..<2_000 {
      // Levels, ramps and noise, with many equal values.
      let value =
        index % 300 < 100
        ? Double(index % 37) : index % 300 < 200 ? Double(index) : random.number(below: 20)
      range.append(value, at: index, window: window)
      maximum.append(value, at: index, window: window)
      values.append(value)
      let last = values.suffix(window)
      #expect(range.bounds?.lowerBound == last.min())
      #expect(range.bounds?.upperBound == last.max())
      #expect(maximum.value == last.max())
    }
  }

  @Test func slidingRangeForgetsByPlaceAlsoBeyondThirtyTwoBits() {
    var range = SlidingRange()
    let start = Int(UInt32.max) - 5
    for index in start..<start + 20 {
      range.append(Double(start - index), at: index, window: 4)
      #expect(range.bounds?.upperBound == Double(start - max(index - 3, start)))
    }
    range.append(7, at: start + 40, window: 4)
    #expect(range.bounds == 7...7)
  }

  @Test(arguments: [1, 2, 9, 100])
  func runningMeanIsTheMeanOfTheLastValues(length: Int) {
    var random = SplitMix(state: 2)
    var mean = RunningMean(length: length)
    var values: [Double] = []
    for _ in 0..<1_000 {
      values.append(random.number(below: 1_000_000) / 1_000)
      let last = values.suffix(length)
      let expected = last.reduce(0, +) / Double(last.count)
      #expect(abs(mean.append(values[values.count - 1]) - expected) < 1e-9)
      #expect(mean.isFull == (values.count >= length))
    }
  }

  @Test func aSpikeLeavesNoErrorInTheMean() {
    var mean = RunningMean(length: 10)
    _ = mean.append(1e17)
    var last = 0.0
    for _ in 0..<30 { last = mean.append(0.1) }
    #expect(abs(last - 0.1) < 1e-15)
  }

  @Test func surpriseIsTheShareOfWhatWasSeen() {
    var table = SurpriseTable(contexts: 9, bins: 9, kind: .ordered, prior: 0.1)
    for _ in 0..<6 { table.add(4, in: 4) }
    // (6 + 0.1) of (2 · 6 + 0.9)
    #expect(abs(table.surprise(of: 4, in: 4) - log(12.9 / 6.1)) < 1e-12)
    // Beside it half of it is counted: in the next bin, in the next context.
    #expect(abs(table.surprise(of: 5, in: 4) - log(12.9 / 3.1)) < 1e-12)
    #expect(abs(table.surprise(of: 4, in: 3) - log(6.9 / 3.1)) < 1e-12)
    #expect(abs(table.surprise(of: 3, in: 5) - log(6.9 / 1.6)) < 1e-12)
    #expect(abs(table.surprise(of: 1, in: 4) - log(12.9 / 0.1)) < 1e-12)
    // Where nothing was seen all are alike.
    #expect(abs(table.surprise(of: 1, in: 0) - log(9)) < 1e-12)
  }

  @Test func anUnknownHourIsTakenToBeLikeTheOthers() {
    var table = SurpriseTable(contexts: 3, bins: 5, kind: .alike, prior: 0.1)
    for _ in 0..<100 { table.add(2, in: 0) }
    // The share in all: (100 + 0.1) of (2 · 100 + 0.5)
    #expect(abs(table.surprise(of: 2, in: 1) - log(200.5 / 100.1)) < 1e-12)
    #expect(table.surprise(of: 0, in: 1) > table.surprise(of: 1, in: 1))
    #expect(table.surprise(of: 1, in: 1) > table.surprise(of: 2, in: 1))
  }

  @Test func aTableNeverOverflows() {
    var table = SurpriseTable(contexts: 1, bins: 5, kind: .ordered, prior: 0.1)
    for _ in 0..<70_000 { table.add(0, in: 0) }
    for _ in 0..<70_000 { table.add(4, in: 0) }
    // The newer half weighs more.
    #expect(table.surprise(of: 4, in: 0) < table.surprise(of: 0, in: 0))
  }

  @Test func binsCoverTheFirstValuesAndOneWidthMoreOnEachSide() {
    let bins = ValueBins(count: 30, values: [10, 14, 12.0, 20], margin: 1)
    #expect(bins.bin(of: -1e300) == 0)
    #expect(bins.bin(of: 0.5) == 0)
    #expect(bins.bin(of: 1.5) == 1)
    #expect(bins.bin(of: 15.5) == 15)
    #expect(bins.bin(of: 29.5) == 29)
    #expect(bins.bin(of: 1e300) == 29)
    let flat = ValueBins(count: 30, values: [5, 5], margin: 1)
    #expect(flat.bin(of: 5) == 10)
    let nought = ValueBins(count: 3, values: [0], margin: 1)
    #expect(nought.bin(of: 0.5) == 1)
  }

  @Test func theWeekIsRemembered() {
    let hour: Int64 = 3_600_000
    var profile = WeekProfile(parts: 168, learning: 0.25)
    for week in 0..<3 {
      for part in 0..<168 {
        let time = (Int64(week) * 168 + Int64(part)) * hour + 5
        let residual = profile.residual(of: SeriesPoint(time: time, value: Double(part)))
        #expect(residual == 0)
      }
    }
    let time = 3 * 168 * hour
    #expect(profile.residual(of: SeriesPoint(time: time, value: 8)) == 8)
    // The fourth there weighs a quarter.
    #expect(profile.residual(of: SeriesPoint(time: time + 1, value: 2)) == 0)
    #expect(dayPart(-1, of: 168 * hour, parts: 168) == 167)
    #expect(dayPart(0, of: 24 * hour, parts: 24) == 0)
    #expect(dayPart(24 * hour - 1, of: 24 * hour, parts: 24) == 23)
  }
}

/// The same numbers in every run (Steele, Lea and Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number from 0 on.
  mutating func number(below limit: UInt64) -> Double { Double(next() % limit) }
}

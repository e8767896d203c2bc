import Detection

/// Windows with the figures of their samples, as the engine makes them.
struct WindowStream {
  var subject: UInt32
  var length: Int64 = 10_000
  var digits = 6
  /// All values are multiples of it.
  var scale: Int32 = 100
  /// How far values lie from 1, in the fixed point.
  var noise: Int32 = 100_000
  var start: Int64

  /// The next window, right behind the one before; `count` samples of it, some of them flagged.
  mutating func next(count: Int, _ random: inout SplitMix) -> Window {
    let times = (0..<count).map { _ in Int64.random(in: 0..<length, using: &random) }.sorted()
    let one: Int32 = 1_000_000 / scale
    let samples = times.map { time in
      PackedSamples.Element(
        time: start + time,
        value: (one + Int32.random(in: -noise / scale...noise / scale, using: &random)) * scale,
        isFlagged: Int.random(in: 0..<30, using: &random) == 0)
    }
    defer { start += length }
    return Window(
      subject: subject, start: start, end: start + length, digits: digits, samples: samples)
  }

  struct Window {
    var subject: UInt32
    var start: Int64
    var end: Int64
    var digits: Int
    var samples: [PackedSamples.Element]

    /// The figures by the rules of the engine.
    var figures: (mean: Double, std: Double, min: Double, max: Double, flagged: Int) {
      var sums = WindowSums()
      for sample in samples { sums.add(sample.value) }
      let unit = (0..<digits).reduce(1.0) { product, _ in product * 10 }
      let values = samples.map { Double($0.value) / unit }
      return (
        sums.mean / unit, sums.standardDeviation / unit, values.min() ?? 0, values.max() ?? 0,
        samples.count { $0.isFlagged }
      )
    }
  }
}

extension Decisions {
  mutating func add(_ window: WindowStream.Window) {
    let begin = packedSamples.count
    PackedSamples.pack(window.samples, start: window.start, into: &packedSamples)
    let figures = window.figures
    windows.append(
      WindowAggregate(
        subject: window.subject, start: window.start, end: window.end,
        count: window.samples.count, mean: figures.mean, std: figures.std, min: figures.min,
        max: figures.max, flagged: figures.flagged, digits: window.digits,
        packed: begin..<packedSamples.count))
  }
}

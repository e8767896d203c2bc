import Events

/// Tumbling windows: closed once the subject's watermark (its newest time less the allowed lateness) has
/// passed their end, after which nothing can change them.
extension Engine {
  /// Closes all windows of the subject that end at or before `watermark`.
  @inline(never)
  mutating func closeWindows(
    _ index: UInt32, _ subject: UnsafeMutablePointer<Subject>, watermark: Int64,
    _ rules: UnsafeMutablePointer<HotRules>
  ) {
    let length = rules.pointee.aggregate
    defer {
      subject.pointee.openWindow = max(
        subject.pointee.openWindow, HotRules.floor(watermark, to: length))
    }
    guard subject.pointee.count > 0 else { return }
    let ring = ring(subject)
    var place = ring.firstPlace(from: 0, notBefore: subject.pointee.openWindow)
    while place < ring.count {
      // Windows without a sample leave no row.
      let start = HotRules.floor(ring.time(at: place), to: length)
      guard start + length <= watermark else { break }
      let end = ring.firstPlace(from: place, notBefore: start + length)
      if isLive { emitWindow(index, ring, places: place..<end, start: start, length: length) }
      place = end
    }
  }

  private mutating func emitWindow(
    _ index: UInt32, _ ring: RingView, places: Range<Int>, start window: Int64, length: Int64
  ) {
    let digits = rules[Int(subjects[index].pointee.stream)].digits
    let begin = decisions.packedSamples.count
    // Packed beside the array and put into it at once: an array asks at each byte whether it has room. What is
    // counted on the way stays within the closure, or it would lie in memory.
    let (sums, least, greatest, flagged) = PackedSamples.Packer.withPacker(
      start: window, count: places.count
    ) { packer in
      var sums = WindowSums()
      var least = Int32.max
      var greatest = Int32.min
      var flagged = 0
      for place in places {
        let sample = ring.sample(at: place)
        let value = sample.value
        sums.add(value)
        least = min(least, value)
        greatest = max(greatest, value)
        flagged &+= sample.isFlagged ? 1 : 0
        packer.append(time: ring.time(of: sample), value: value, isFlagged: sample.isFlagged)
      }
      decisions.packedSamples.append(contentsOf: packer.finish())
      return (sums, least, greatest, flagged)
    }
    let unit = DecimalText.unit(digits: digits)
    decisions.windows.append(
      WindowAggregate(
        subject: index, start: window, end: window + length, count: places.count,
        mean: sums.mean / unit, std: sums.standardDeviation / unit, min: Double(least) / unit,
        max: Double(greatest) / unit, flagged: flagged, digits: digits,
        packed: begin..<decisions.packedSamples.count))
  }
}

extension PackedSamples {
  /// Appends the times and flags of samples: the second part of the layout above, without the others.
  ///
  /// - Parameters:
  ///   - samples: In the order of time.
  ///   - start: No sample is older.
  public static func packTimes(
    _ samples: ArraySlice<Element>, start: Int64, into bytes: inout [UInt8]
  ) {
    var lastTime = start
    var lastStep: Int64 = 0
    var run: UInt64 = 0
    func write(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: rest))
    }
    samples.withUnsafeBufferPointer { samples in
      for sample in samples {
        let step = sample.time &- lastTime
        if step == lastStep, !sample.isFlagged {
          run += 1
        } else {
          if run > 0 { write(run << 1 | 1) }
          run = 0
          write((zigzag(step &- lastStep) << 1 | (sample.isFlagged ? 1 : 0)) << 1)
        }
        lastTime = sample.time
        lastStep = step
      }
    }
    if run > 0 { write(run << 1 | 1) }
  }
}

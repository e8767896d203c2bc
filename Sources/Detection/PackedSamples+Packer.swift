extension PackedSamples {
  /// Writes one pack into memory that is large enough: the times at once, the values at the end, when it is
  /// known what they have in common.
  struct Packer {
    /// The most bytes of one sample: ten for its time, seven for its value.
    private static let bytesOfSample = 17
    /// Of what precedes them, the run that is still open included.
    private static let bytesOfRest = 40

    private let begin: UnsafeMutablePointer<UInt8>
    private var end: UnsafeMutablePointer<UInt8>
    private let values: UnsafeMutablePointer<Int32>
    private var count = 0
    private var lastTime: Int64
    private var lastStep: Int64 = 0
    /// Samples whose time needs no word of its own.
    private var run: UInt64 = 0
    /// 10^exponent divides all values so far.
    private var exponent = PackedSamples.largestExponent
    private var power: Int32 = 1_000_000_000

    /// Lends a packer for `count` samples of the window that begins at `start`.
    @inline(__always)
    static func withPacker<Result>(
      start: Int64, count: Int, _ body: (inout Packer) -> Result
    ) -> Result {
      withUnsafeTemporaryAllocation(
        byteCount: count * (bytesOfSample + MemoryLayout<Int32>.size) + bytesOfRest,
        alignment: MemoryLayout<Int32>.alignment
      ) { memory in
        // Never empty, so there is a base.
        let base = memory.baseAddress.unsafelyUnwrapped
        let values = base.bindMemory(to: Int32.self, capacity: count)
        let bytes = (base + count * MemoryLayout<Int32>.size)
          .bindMemory(to: UInt8.self, capacity: count * bytesOfSample + bytesOfRest)
        var packer = Packer(begin: bytes, values: values, start: start, count: count)
        return body(&packer)
      }
    }

    private init(
      begin: UnsafeMutablePointer<UInt8>, values: UnsafeMutablePointer<Int32>, start: Int64,
      count: Int
    ) {
      self.begin = begin
      self.values = values
      lastTime = start
      begin[0] = 0
      end = begin + 2
      write(UInt64(count))
    }

    /// Takes the next sample. Times must not decrease.
    @inline(__always)
    mutating func append(time: Int64, value: Int32, isFlagged: Bool) {
      let step = time &- lastTime
      if step == lastStep, !isFlagged {
        run &+= 1
      } else {
        endRun()
        write((PackedSamples.zigzag(step - lastStep) << 1 | (isFlagged ? 1 : 0)) << 1)
      }
      lastTime = time
      lastStep = step
      values[count] = value
      count &+= 1
      while power != 1, value % power != 0 {
        power /= 10
        exponent &-= 1
      }
    }

    /// The whole pack; lent for as long as the packer.
    mutating func finish() -> UnsafeBufferPointer<UInt8> {
      endRun()
      begin[1] = UInt8(exponent)
      if count > 0 { writeValues() }
      return UnsafeBufferPointer(start: begin, count: end - begin)
    }

    private mutating func writeValues() {
      // Most often all are multiples of 100 or none of anything: a division that is none saves time.
      if power != 1 {
        for place in 0..<count { values[place] /= power }
      }
      var last = Int64(values[0])
      write(PackedSamples.zigzag(last))
      var sum: UInt64 = 0
      for place in 1..<max(1, count) {
        let value = Int64(values[place])
        sum &+= PackedSamples.zigzag(value &- last)
        last = value
      }
      // The best k for a geometric distribution is log₂(0.69 · mean) to the nearest whole number.
      let mean = sum / UInt64(max(1, count - 1))
      let k = mean < 2 ? 0 : UInt64(63 - mean.leadingZeroBitCount)
      end.pointee = UInt8(k)
      end += 1
      last = Int64(values[0])
      var bits: UInt64 = 0
      var filled: UInt64 = 0
      for place in 1..<max(1, count) {
        let value = Int64(values[place])
        let word = PackedSamples.zigzag(value &- last)
        last = value
        let ones = word &>> k
        if ones < PackedSamples.longestRun {
          let code = (1 &<< ones &- 1) | (word & (1 &<< k &- 1)) &<< (ones &+ 1)
          bits |= code &<< filled
          filled &+= ones &+ 1 &+ k
        } else {
          let code = (1 &<< PackedSamples.longestRun &- 1) | word &<< PackedSamples.longestRun
          bits |= code &<< filled
          filled &+= PackedSamples.longestRun &+ 32
        }
        // At most 7 + 56 bits wait.
        UnsafeMutableRawPointer(end).storeBytes(of: bits.littleEndian, as: UInt64.self)
        end += Int(filled &>> 3)
        bits = filled & ~7 == 64 ? 0 : bits &>> (filled & ~7)
        filled &= 7
      }
      if filled > 0 {
        end.pointee = UInt8(truncatingIfNeeded: bits)
        end += 1
      }
    }

    @inline(__always)
    private mutating func endRun() {
      guard run > 0 else { return }
      write(run << 1 | 1)
      run = 0
    }

    @inline(__always)
    private mutating func write(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        end.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
        end += 1
        rest >>= 7
      }
      end.pointee = UInt8(truncatingIfNeeded: rest)
      end += 1
    }
  }
}

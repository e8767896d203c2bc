import Detection
import Events
import Store

/// The samples that a trace is drawn from: the store's closed windows, and for the time that they do not
/// cover, the engine's ring.
enum TraceSamples {
  /// Merges both, ascending by time, in a fixed point of `digits` decimals.
  ///
  /// The ring still holds samples of windows that have been closed and written. A window of the store is
  /// whole, so within its time the ring has nothing to add.
  ///
  /// - Parameters:
  ///   - windows: ascending, as the store gives them.
  ///   - live: ascending by time, in the fixed point wanted.
  static func merged(
    windows: [WindowRecord], live: [PackedSamples.Element], digits: Int
  ) -> [PackedSamples.Element] {
    var samples: [PackedSamples.Element] = []
    samples.reserveCapacity(windows.reduce(live.count) { $0 + $1.samples.count })
    var place = 0
    for window in windows {
      while place < live.count, live[place].time < window.start {
        samples.append(live[place])
        place += 1
      }
      while place < live.count, live[place].time < window.end { place += 1 }
      if window.digits == digits {
        samples += window.samples
      } else {
        samples += window.samples.map { rescaled($0, from: window.digits, to: digits) }
      }
    }
    samples += live[place...]
    return samples
  }

  /// A sample from the time when the stream had another resolution.
  static func rescaled(
    _ sample: PackedSamples.Element, from old: Int, to new: Int
  ) -> PackedSamples.Element {
    var value = Double(sample.value)
    for _ in 0..<max(0, new - old) { value *= 10 }
    for _ in 0..<max(0, old - new) { value /= 10 }
    let bound = Double(Sample.maxMagnitude)
    return PackedSamples.Element(
      time: sample.time, value: Int32(min(max(value.rounded(), -bound), bound)),
      isFlagged: sample.isFlagged)
  }
}

import Glibc

/// What one case of a stage came to.
struct Measurement: Codable {
  /// `stage` or `stage/case`; thresholds are listed by it.
  var name: String
  /// What was counted: records, samples, rows, windows.
  var unit: String
  var count: Int
  /// Time that passed, and processor time of all threads of the process, in seconds.
  var seconds: Double
  var cpuSeconds: Double
  /// The most memory that the process held while the case ran, in bytes.
  var peakBytes: Int = 0
  /// Further figures in words.
  var remark: String = ""
  /// The reference's processor time a record over this one's: how many times as fast.
  var ratio: Double?
  /// Records a second over those of what was measured in turn with it, by that one's name.
  var shares: [String: Double] = [:]
  /// Samples flagged, where they are counted.
  var anomalies: Int?
  /// What its threads took, the busiest first, where that is looked at; and the seconds they had.
  var threads: [ThreadShare] = []
  var threadSeconds = 0.0

  var perSecond: Double { Double(count) / seconds }
  /// Processor time of one, in nanoseconds: also processor seconds of 10⁹.
  var nanoseconds: Double { cpuSeconds / Double(count) * 1e9 }

  /// Of several runs of one case the fastest, with the least processor time of all of them and the
  /// highest peak: what a neighbour on the machine adds is never part of the program. Nil for none.
  static func best(of runs: [Measurement]) -> Measurement? {
    guard var best = runs.min(by: { $0.seconds < $1.seconds }) else { return nil }
    best.cpuSeconds = runs.map(\.cpuSeconds).min() ?? best.cpuSeconds
    best.peakBytes = runs.map(\.peakBytes).max() ?? best.peakBytes
    return best
  }
}

/// The clocks and the memory of this process.
enum Meter {
  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static var now: Double { seconds(CLOCK_MONOTONIC) }

  /// Processor time of all threads of this process so far.
  static var cpu: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  /// Begins to look for the peak anew (`proc(5)`, /proc/pid/clear_refs).
  static func resetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  static var peakBytes: Int { status("VmHWM:") }
  static var residentBytes: Int { status("VmRSS:") }

  private static func status(_ field: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(field) else { continue }
      return (Int(text.split(whereSeparator: { " \t\n".contains($0) })[1]) ?? 0) * 1024
    }
    return 0
  }

  /// Runs `body` so many times and takes the run of the least processor time.
  ///
  /// - Parameter prepare: makes what a run needs; not measured.
  static func measure<Prepared>(
    _ name: String, unit: String, count: Int, rounds: Int, prepare: () throws -> Prepared,
    _ body: (inout Prepared) throws -> Void
  ) rethrows -> Measurement {
    var best: Measurement?
    resetPeak()
    for _ in 0..<max(1, rounds) {
      var prepared = try prepare()
      let begin = (now, cpu)
      try body(&prepared)
      let (seconds, cpuSeconds) = (now - begin.0, cpu - begin.1)
      if cpuSeconds < best?.cpuSeconds ?? .infinity {
        best = Measurement(
          name: name, unit: unit, count: count, seconds: seconds, cpuSeconds: cpuSeconds)
      }
    }
    var result =
      best ?? Measurement(name: name, unit: unit, count: 0, seconds: 0, cpuSeconds: 0)
    result.peakBytes = peakBytes
    return result
  }

  static func measure(
    _ name: String, unit: String, count: Int, rounds: Int, _ body: () throws -> Void
  ) rethrows -> Measurement {
    try measure(
      name, unit: unit, count: count, rounds: rounds, prepare: {}, { _ in try body() })
  }
}

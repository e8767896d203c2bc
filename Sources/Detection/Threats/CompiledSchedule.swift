import Events

/// A schedule, ready to be asked about moments. All by the clocks of its zone, so a night on which they
/// are put forward or back is an hour shorter or longer.
struct CompiledSchedule {
  private let source: Schedule
  /// Absent: the device's zone, as each frame says.
  private let offsets: ZoneOffsets?

  init(_ schedule: Schedule, timeZones: TimeZoneTable) {
    source = schedule
    switch schedule.zone {
    case .device: offsets = nil
    case .named(let name): offsets = timeZones.find(name).map(timeZones.offsets) ?? .utc
    }
  }

  /// What clocks show at `time`: milliseconds since 1970 as if it were UTC.
  func local(_ time: Int64, device: Int16, _ timeZones: TimeZoneTable) -> Int64 {
    time + (offsets?.offset(at: time) ?? timeZones.offsets(device).offset(at: time))
  }

  func isOpen(_ view: FrameView, _ timeZones: TimeZoneTable) -> Bool {
    contains(local: local(view.time, device: view.timeZone, timeZones))
  }

  func contains(local: Int64) -> Bool { source.contains(local: local) }
}

extension CompiledSchedule {
  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// The schedule as a rules file writes it: `mon-fri 22:00-06:00`.
  var text: String {
    let hours = "\(Self.clock(source.from))-\(Self.clock(source.to))"
    return "\(days) \(hours)"
  }

  /// A moment on the schedule's clocks: `tue 14:05`.
  static func text(local: Int64) -> String {
    let minute = Int(Schedule.timeOfDay(local) / 60_000)
    return "\(names[Schedule.weekday(local)]) \(clock(minute))"
  }

  /// Runs of three days and more are written from-to.
  private var days: String {
    var runs: [String] = []
    var first = 0
    while first < 7 {
      guard source.isDay(first) else {
        first += 1
        continue
      }
      var end = first
      while end < 7, source.isDay(end) { end += 1 }
      if end - first >= 3 {
        runs.append("\(Self.names[first])-\(Self.names[end - 1])")
      } else {
        runs.append(contentsOf: Self.names[first..<end])
      }
      first = end
    }
    return runs.joined(separator: ",")
  }

  private static func clock(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}

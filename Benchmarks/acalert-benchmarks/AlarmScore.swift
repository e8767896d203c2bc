import Detection
import simulation

/// How right a rule was about what really happened.
///
/// Visits that the rule ought to tell of are found if its condition holds at some time from 5 s before to
/// 5 s after. What it says at other times, with no visit of such a class before the camera, is false; all
/// of that with less than 60 s between is one false alarm.
struct AlarmScore {
  /// Visits that the rule is about, and those of them that it found.
  var visits = 0
  var found = 0
  var falseAlarms = 0
  /// Days of the cameras that it looks after, all together.
  var cameraDays = 0.0

  static let tolerance: Int64 = 5_000
  static let gap: Int64 = 60_000

  var recall: Double { visits == 0 ? 1 : Double(found) / Double(visits) }
  var falseAlarmsPerDay: Double { cameraDays == 0 ? 0 : Double(falseAlarms) / cameraDays }
  var precision: Double {
    found + falseAlarms == 0 ? 1 : Double(found) / Double(found + falseAlarms)
  }

  init() {}

  /// Adds another rule's.
  mutating func add(_ other: AlarmScore) {
    visits += other.visits
    found += other.found
    falseAlarms += other.falseAlarms
    cameraDays = max(cameraDays, other.cameraDays)
  }

  init(of rule: ThreatRule, in trial: AlarmTrial, days: Double) {
    let classes = Set(rule.unsafe)
    for (camera, firings) in trial.firings {
      guard let times = firings[rule.id] else { continue }
      cameraDays += days
      let truths = trial.truths[camera] ?? []
      let voids = truths.filter { $0.kind == .void }
      let visits = truths.filter { $0.visit.map { classes.contains($0.className) } ?? false }
      var lastFalse = Int64.min / 2
      for time in times
      where !visits.contains(where: {
        $0.start - Self.tolerance <= time && time <= $0.end + Self.tolerance
      }) {
        if time - lastFalse >= Self.gap { falseAlarms += 1 }
        lastFalse = time
      }
      for visit in visits where visit.end < trial.end {
        // What happens before a covered lens is nobody's to find.
        guard rule.isAbout(visit, offset: trial.offsets[camera] ?? 0),
          !voids.contains(where: { $0.start <= visit.end && $0.end >= visit.start })
        else { continue }
        self.visits += 1
        let isFound = times.contains {
          visit.start - Self.tolerance <= $0 && $0 <= visit.end + Self.tolerance
        }
        if isFound { found += 1 }
      }
    }
  }
}

extension ThreatRule {
  /// Whether the visit lies within the rule's hours and, if it asks for zones, enters the restricted one.
  ///
  /// - Parameter offset: how far the camera's time is ahead of UTC, in milliseconds.
  fileprivate func isAbout(_ visit: Truth, offset: Int64) -> Bool {
    if !zones.isEmpty, visit.visit?.zone == nil { return false }
    guard let schedule else { return true }
    return [visit.start, visit.end].allSatisfy { time in
      let minute = Int((time + offset) / 60_000 % 1_440)
      return schedule.to > schedule.from
        ? (schedule.from..<schedule.to).contains(minute)
        : minute >= schedule.from || minute < schedule.to
    }
  }
}

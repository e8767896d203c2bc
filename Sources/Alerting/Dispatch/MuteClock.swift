import Detection
import Events

/// Says which mute schedules hold at a moment, and until when.
struct MuteClock: Sendable {
  /// A schedule that holds; it never ends if `until` is absent.
  struct Muting: Equatable, Sendable {
    var schedule: String
    var until: Int64?
  }

  private struct Question: Hashable {
    var schedules: [String]
    var zone: String
  }

  private let schedules: [String: MuteSchedule]
  private let defaultZone: String
  private let load: @Sendable (String) -> ZoneOffsets?
  private var zones: [String: ZoneOffsets?] = [:]
  /// Answers of one moment: thousands of alerts ask the same.
  private var answers: [Question: Muting?] = [:]
  private var moment = Int64.min

  init(_ settings: AlertSettings, zone: @escaping @Sendable (String) -> ZoneOffsets?) {
    schedules = settings.muteSchedules
    defaultZone = settings.timeZone
    load = zone
  }

  /// - Parameter zone: the alert's, for schedules that go by the device's clock; may be empty.
  mutating func muting(by names: [String], zone: String, at time: Int64) -> Muting? {
    guard !names.isEmpty else { return nil }
    if moment != time {
      moment = time
      answers.removeAll(keepingCapacity: true)
    }
    let question = Question(schedules: names, zone: zone)
    if let known = answers[question] { return known }
    let answer = compute(question, at: time)
    answers[question] = answer
    return answer
  }

  private mutating func compute(_ question: Question, at time: Int64) -> Muting? {
    let device = offsets(question.zone) ?? offsets(defaultZone) ?? .utc
    var windows: [(name: String, schedule: Schedule, offsets: ZoneOffsets)] = []
    for name in question.schedules {
      for schedule in schedules[name]?.times ?? [] {
        switch schedule.zone {
        case .device: windows.append((name, schedule, device))
        case .named(let zone): windows.append((name, schedule, offsets(zone) ?? .utc))
        }
      }
    }
    guard let first = windows.first(where: { $0.schedule.isOpen(at: time, offsets: $0.offsets) })
    else { return nil }
    // Where one ends another may go on. Beyond a few weeks it is enough to ask again.
    var end = time
    for _ in 0..<64 {
      guard let open = windows.first(where: { $0.schedule.isOpen(at: end, offsets: $0.offsets) })
      else { break }
      guard let close = open.schedule.closes(after: end, offsets: open.offsets) else {
        return Muting(schedule: first.name, until: nil)
      }
      end = close
    }
    return Muting(schedule: first.name, until: end)
  }

  private mutating func offsets(_ zone: String) -> ZoneOffsets? {
    guard !zone.isEmpty else { return nil }
    if let known = zones[zone] { return known }
    let loaded = load(zone)
    zones[zone] = .some(loaded)
    return loaded
  }
}

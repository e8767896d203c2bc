import Detection
import Events
import Store
import Testing

@testable import Alerting

/// Random timelines, with starts in between, against the slow reference.
@Suite struct EpisodePropertyTests {
  struct Randomness: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
      return word ^ word >> 31
    }
  }

  typealias Key = EpisodeBook.Key

  @Test(arguments: 0..<200)
  func randomTimelines_MakeTheEpisodesOfTheReference(seed: UInt64) throws {
    var generator = Randomness(state: seed)
    let settings = AlertSettings.delays(
      keepFiring: [0, 2_000, 9_000, 30_000].randomElement(using: &generator) ?? 0,
      staleAfter: [0, 5_000].randomElement(using: &generator) ?? 0,
      stale: [.warning, .danger, nil].randomElement(using: &generator) ?? nil)
    let causes: [Cause] = [.abnormal, .stale, .rule(1), .rule(2), .voidImage]
    let pace = [40, 1_500, 6_000].randomElement(using: &generator) ?? 1
    var line = EpisodeTimeline(settings)
    var histories: [Key: [(time: Int64, step: EpisodeReference.Step)]] = [:]
    var time: Int64 = 0
    for _ in 0..<600 {
      time += Int64.random(in: 1...Int64(pace), using: &generator)
      let key = Key(
        subject: UInt32.random(in: 1...3, using: &generator),
        cause: causes.randomElement(using: &generator) ?? .abnormal)
      switch Int.random(in: 0..<24, using: &generator) {
      case 0..<10:
        // An engine tells of a silence once.
        if key.cause == .stale, isSilent(histories[key]) { continue }
        let level = Bool.random(using: &generator) ? SafetyState.warning : .danger
        line.tell(level, key.cause, of: key.subject, at: time)
        histories[key, default: []].append((time, .told(level)))
      case 10..<20:
        line.tell(nil, key.cause, of: key.subject, at: time)
        histories[key, default: []].append((time, .told(nil)))
      case 20, 21:
        line.wait(until: time)
        try byHand(&line, key, isResolving: false)
        histories[key, default: []].append((time, .acknowledged))
      case 22:
        line.wait(until: time)
        try byHand(&line, key, isResolving: true)
        histories[key, default: []].append((time, .resolvedByHand))
      default:
        line.wait(until: time)
        line.restart(settings)
        line.book.expect(silent: silent(histories, line))
      }
    }
    line.wait(until: time + 20_000)
    compare(line, histories, settings, until: time + 20_000)
    #expect(line.book.openCount == line.alerts.values.filter(\.isOpen).count)
    for alert in line.alerts.values where alert.isOpen {
      #expect(line.book.open(alert.id) == alert)
    }
  }

  private func byHand(_ line: inout EpisodeTimeline, _ key: Key, isResolving: Bool) throws {
    guard let id = line.book.numbers[key] else { return }
    let now = EpisodeTimeline.start + line.now
    if isResolving {
      line.keep(try line.book.resolve(id, author: "Ann", note: "", now: now))
    } else if line.book.open(id)?.acknowledgement == nil {
      line.keep(try line.book.acknowledge(id, author: "Ann", note: "", now: now))
    }
  }

  private func isSilent(_ history: [(time: Int64, step: EpisodeReference.Step)]?) -> Bool {
    lastTold(history)?.isRaised ?? false
  }

  private func lastTold(
    _ history: [(time: Int64, step: EpisodeReference.Step)]?
  ) -> (time: Int64, isRaised: Bool)? {
    for (time, step) in (history ?? []).reversed() {
      if case .told(let level) = step { return (time, level != nil) }
    }
    return nil
  }

  /// The silences of which no alert has been made, as a service finds them in its store.
  private func silent(
    _ histories: [Key: [(time: Int64, step: EpisodeReference.Step)]], _ line: EpisodeTimeline
  ) -> [(change: CauseChange, identity: SubjectIdentity, since: Int64)] {
    histories.compactMap { key, history in
      guard key.cause == .stale, let told = lastTold(history), told.isRaised else { return nil }
      let time = EpisodeTimeline.start + told.time
      let identity = EpisodeTimeline.identity(key.subject)
      let newest = line.alerts.values.filter { $0.identity == identity && $0.cause == .stale }
        .max { $0.id < $1.id }
      if let newest, newest.isOpen || newest.ended ?? .max > time { return nil }
      return (
        CauseChange(subject: key.subject, cause: .stale, level: .warning, time: time), identity,
        time
      )
    }
  }

  private func compare(
    _ line: EpisodeTimeline, _ histories: [Key: [(time: Int64, step: EpisodeReference.Step)]],
    _ settings: AlertSettings, until end: Int64
  ) {
    let start = EpisodeTimeline.start
    var count = 0
    for (key, history) in histories {
      var reference = EpisodeReference(keepFiring: settings.keepFiring)
      var expected: [EpisodeReference.Episode] = []
      if key.cause != .stale {
        expected = reference.episodes(of: history, until: end)
      } else if let severity = settings.staleSeverity {
        reference.delay = settings.staleAfter
        reference.severity = severity
        expected = reference.episodes(of: history, until: end)
      }
      let identity = EpisodeTimeline.identity(key.subject)
      let found = line.alerts.values
        .filter { $0.identity == identity && $0.cause == key.cause }.sorted { $0.id < $1.id }
        .map { alert in
          EpisodeReference.Episode(
            opened: alert.opened - start, severity: alert.severity, raised: alert.raised - start,
            recovering: alert.recovering.map { $0 - start },
            resolved: alert.resolved.map { $0 - start }, flaps: alert.flaps,
            isAcknowledged: alert.acknowledgement != nil,
            events: line.events.filter { $0.alert == alert.id }
              .map { "\($0.kind.rawValue) \($0.time - start)" })
        }
      count += expected.count
      #expect(found == expected, "\(key)")
      if found != expected { return }
    }
    #expect(count == line.alerts.count && line.book.nextID == Int64(count) + 1)
  }

  /// An earthquake: everybody flaps, every second.
  @Test func aStorm_IsOneEpisodeASubject() {
    var book = EpisodeBook(settings: AlertSettings(), nextID: 1)
    var numbers: Set<Int64> = []
    var events = 0
    for second in 0..<60 {
      for level in [SafetyState.danger, nil] {
        let causes = (0..<2_000).map { subject in
          CauseChange(subject: UInt32(subject), cause: .abnormal, level: level, time: 0)
        }
        let now = Int64(second) * 1_000 + (level == nil ? 500 : 0)
        let changes = book.take(causes, now: now, identify: EpisodeTimeline.identity)
        numbers.formUnion(changes.alerts.map(\.id))
        events += changes.events.count
      }
    }
    #expect(numbers.count == 2_000 && book.openCount == 2_000)
    #expect(events == 2_000 * (1 + 2 * AlertEvent.maxFlapEvents))
    #expect(book.open(1)?.flaps == 59)
    #expect(book.tick(now: 59_500 + 30_000).alerts.count == 2_000)
    #expect(book.openCount == 0)
  }
}

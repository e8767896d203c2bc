/// The stream of all cameras.
///
/// Each camera has a frame every 1/rate seconds, and the cameras take turns, so the messages are evenly
/// spread. A frame bears the time at which it is due. For one thread.
public final class CameraPopulation: MessageStream {
  public let configuration: CameraPopulationConfiguration
  public internal(set) var counters = PopulationCounters()

  private var worlds: [CameraWorld]
  private let turns: Turns
  private var delivery = Delivery()
  /// The users' ids.
  private let names: NameList
  private var tags: CameraTagList
  private var sightings: [Sighting] = []
  private var buffer = RecordBuffer()
  private var frigate: FrigateTracker?

  /// - Throws: a setting that is out of its range.
  public init(_ configuration: CameraPopulationConfiguration) throws(SimulationError) {
    try configuration.validate()
    self.configuration = configuration
    let cameras = configuration.cameras
    let all = configuration.users * cameras
    worlds = (0..<all).map {
      CameraWorld(configuration, user: $0 / cameras, camera: $0 % cameras, number: $0)
    }
    turns = Turns(startTime: configuration.startTime, senders: all, rate: configuration.rate)
    names = NameList((0..<configuration.users).lazy.map { "c-\($0 + 1)" })
    tags = CameraTagList(cameras: cameras)
    if configuration.format == .frigate {
      frigate = FrigateTracker(origin: configuration.startTime)
    }
  }

  /// Frames a second of all cameras.
  public var recordsPerSecond: Double {
    Double(configuration.users * configuration.cameras) * configuration.rate
  }

  public var nextDue: Int64 { min(scheduledDue, delivery.nextDue) }

  private var scheduledDue: Int64 { turns.due(counters.records) }

  public func next(_ body: (borrowing RecordView) -> Void, truth: (Truth) -> Void) {
    if let delayed = delivery.take(until: scheduledDue) {
      give(delayed, body)
    } else {
      makeFrame(body, truth)
    }
  }

  public func nextDelayed(_ body: (borrowing RecordView) -> Void) -> Bool {
    guard let delayed = delivery.take(until: .max) else { return false }
    give(delayed, body)
    return true
  }

  private func give(_ delayed: Delivery.Message, _ body: (borrowing RecordView) -> Void) {
    delayed.value.withUnsafeBytes { give($0, of: delayed.sender, due: delayed.due, body) }
  }

  private func give(
    _ value: UnsafeRawBufferPointer, of number: Int, due: Int64,
    _ body: (borrowing RecordView) -> Void
  ) {
    counters.messages += 1
    let user = number / configuration.cameras
    names.lend(user) { body(RecordView(key: $0, value: value, due: due, user: user)) }
  }

  private func makeFrame(
    _ body: (borrowing RecordView) -> Void, _ truth: (Truth) -> Void
  ) {
    let record = counters.records
    let number = record % worlds.count
    let due = turns.due(record)
    let time = Double(due - configuration.startTime) / 1_000
    counters.records += 1
    var news = CameraWorld.News()
    worlds[number].advance(to: time, configuration, &news)
    tell(news, number, truth)
    var random = SplitMix64(
      configuration.seed, user: number, index: record / worlds.count, purpose: .frame)
    sightings.removeAll(keepingCapacity: true)
    let isVoid = worlds[number].isVoid(at: time)
    if !isVoid { worlds[number].look(at: time, &random, into: &sightings) }
    let image = ImageFigures(worlds[number], at: time, isVoid: isVoid, &random)
    // What the record itself says is settled; now its fate, so that the one does not change the other.
    let fate = configuration.disturbances.draw(&random)
    let badTag: BadTag? =
      fate == nil && random.unit() < configuration.badTags
      ? BadTag.allCases[random.integer(below: BadTag.allCases.count)] : nil
    let frame = CameraFrameFacts(
      time: due, zone: worlds[number].scene.zone, image: image, badTag: badTag)
    if frigate == nil {
      buffer.removeAll()
      if fate == .malformed {
        spoil(number, due, &random, truth)
      } else {
        names.lend(number / configuration.cameras) {
          buffer.append(
            frame, sightings, user: $0, number: number, tags: tags)
        }
      }
      send(number, due, fate: fate, badTag: badTag, body, truth)
    } else {
      makeEvents(frame, number, fate: fate, &random, body, truth)
    }
  }

  /// As Frigate says it: nothing, or one message for each object of which there is something new.
  private func makeEvents(
    _ frame: CameraFrameFacts, _ number: Int, fate: Truth.Kind?, _ random: inout SplitMix64,
    _ body: (borrowing RecordView) -> Void, _ truth: (Truth) -> Void
  ) {
    guard
      let events = frigate?.take(
        sightings, things: worlds[number].things, number: number, time: frame.time)
    else { return }
    for (place, event) in events.enumerated() {
      // One record at most of a frame is disturbed.
      let fate = place == 0 ? fate : nil
      let badTag = place == 0 ? frame.badTag : nil
      buffer.removeAll()
      if fate == .malformed {
        spoil(number, frame.time, &random, truth)
      } else {
        names.lend(number / configuration.cameras) {
          buffer.append(
            event, user: $0, number: number, tags: tags, zone: frame.zone, badTag: badTag)
        }
      }
      send(number, frame.time, fate: fate, badTag: badTag, body, truth)
    }
  }

  private func spoil(
    _ number: Int, _ due: Int64, _ random: inout SplitMix64, _ truth: (Truth) -> Void
  ) {
    let kind = Malformation.allCases[random.integer(below: Malformation.allCases.count)]
    let template = CameraRecordTemplate(
      format: configuration.format,
      device: CameraScene.device(number % configuration.cameras))
    kind.write(
      to: &buffer, format: template, user: names[number / configuration.cameras], time: due)
    counters.malformed += 1
    tell(.malformed, number, due, kind.rawValue, truth)
  }

  private func send(
    _ number: Int, _ due: Int64, fate: Truth.Kind?, badTag: BadTag?,
    _ body: (borrowing RecordView) -> Void, _ truth: (Truth) -> Void
  ) {
    switch fate {
    case .late: counters.late += 1
    case .outOfOrder: counters.outOfOrder += 1
    case .duplicate: counters.duplicates += 1
    default: break
    }
    if let fate, fate != .malformed { tell(fate, number, due, "", truth) }
    if let badTag {
      counters.badTags += 1
      tell(.badTags, number, due, badTag.rawValue, truth)
    }
    delivery.deliver(
      buffer.view, of: number, due: due, fate: fate, lateBy: configuration.disturbances.lateBy,
      period: turns.period
    ) { give(buffer.view, of: number, due: due, body) }
  }

  private func tell(_ news: CameraWorld.News, _ number: Int, _ truth: (Truth) -> Void) {
    func milliseconds(_ seconds: Double) -> Int64 {
      configuration.startTime + Int64((seconds * 1_000).rounded())
    }
    func tell(
      _ kind: Truth.Kind, _ start: Double, _ end: Double, _ visit: Truth.Visit? = nil
    ) {
      truth(
        Truth(
          kind: kind, user: names[number / configuration.cameras],
          device: CameraScene.device(number % configuration.cameras),
          start: milliseconds(start), end: milliseconds(end), visit: visit))
    }
    for thing in news.visits {
      counters.visits += 1
      if thing.visit?.isThreat == true { counters.threats += 1 }
      tell(thing.object.kind, thing.start, thing.end, thing.visit)
    }
    if let void = news.void {
      counters.voids += 1
      tell(.void, void.lowerBound, void.upperBound)
    }
  }

  private func tell(
    _ kind: Truth.Kind, _ number: Int, _ time: Int64, _ detail: String, _ truth: (Truth) -> Void
  ) {
    truth(
      Truth(
        kind: kind, user: names[number / configuration.cameras],
        device: CameraScene.device(number % configuration.cameras), start: time, end: time,
        detail: detail))
  }
}

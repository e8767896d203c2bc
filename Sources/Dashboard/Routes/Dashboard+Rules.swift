import Detection
import HTTPServer
import Store

/// The threat rules in use.
extension Dashboard {
  /// `GET /api/v1/rules`
  func rules(_ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    let streams = facts.rules()
    let tallies = try verdictsByRule(isNeeded: streams.contains { !$0.rules.isEmpty })
    var writer = JSONWriter(capacity: 4_096)
    writer.literal("{\"streams\":[")
    for (place, stream) in streams.enumerated() {
      writer.comma(unless: place == 0)
      writer.literal("{\"stream\":")
      writer.string(stream.stream)
      writer.literal(",\"file\":")
      writer.string(stream.file)
      writer.literal(",\"version\":")
      writer.string(stream.version)
      writer.literal(",\"rules\":[")
      for (place, rule) in stream.rules.enumerated() {
        writer.comma(unless: place == 0)
        writer.rule(rule, tally: tallies.map { $0[rule.id] ?? ThreatTally() })
      }
      writer.literal("]}")
    }
    writer.literal("]}")
    return .response(.json(writer.bytes))
  }

  /// `POST /api/v1/rules`: reads the files again.
  func reloadRules(_ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    guard request.body.isEmpty else {
      throw BadParameter(message: "This takes no body: the rules are read from their files.")
    }
    switch facts.reloadRules() {
    case .failure(let message): return .response(.problem(status: 422, detail: message))
    case .success(let version, let rules, let changed):
      var writer = JSONWriter(capacity: 128)
      writer.literal("{\"version\":")
      writer.string(version)
      writer.literal(",\"rules\":")
      writer.integer(rules)
      writer.literal(changed ? ",\"changed\":true}" : ",\"changed\":false}")
      return .response(.json(writer.bytes))
    }
  }

  /// What operators have said of each rule's threats, of all that are kept; `nil` if there are so many
  /// that counting them takes too long: then the rules are shown without.
  private func verdictsByRule(isNeeded: Bool) throws -> [Int: ThreatTally]? {
    guard isNeeded else { return [:] }
    do {
      let report = try readers.withReader {
        try $0.threatReport(from: .min, to: .max, hours: [])
      }
      return Dictionary(
        report.byRule.map { ($0.rule, $0.tally) }, uniquingKeysWith: { first, _ in first })
    } catch let error as StoreError where error.code == .timedOut {
      facts.report("the rules are shown without what operators said of them: \(error)")
      return nil
    }
  }
}

extension JSONWriter {
  fileprivate mutating func rule(_ rule: ThreatRule, tally: ThreatTally?) {
    literal("{\"id\":")
    integer(rule.id)
    literal(",\"name\":")
    string(rule.name)
    literal(",\"severity\":")
    string(rule.severity.rawValue)
    literal(",\"unsafe\":")
    strings(rule.unsafe)
    literal(",\"match\":")
    string(rule.match.rawValue)
    literal(",\"probability\":")
    value(Double(rule.probability) / 1e6)
    literal(",\"zones\":[")
    for (place, zone) in rule.zones.enumerated() {
      comma(unless: place == 0)
      self.zone(zone)
    }
    literal("],\"schedule\":")
    if let schedule = rule.schedule { self.schedule(schedule) } else { literal("null") }
    literal(",\"persist\":{\"frames\":")
    integer(rule.persist.frames)
    literal(",\"of\":")
    integer(rule.persist.of)
    literal(",\"within_ms\":")
    integer(rule.persist.within)
    literal("},\"median_probability\":")
    value(rule.medianProbability.map { Double($0) / 1e6 })
    literal(",\"cooldown_ms\":")
    integer(rule.cooldown)
    literal(",\"confirmed\":")
    count(tally?.confirmed)
    literal(",\"false_alarms\":")
    count(tally?.falseAlarms)
    literal(",\"precision\":")
    figure(tally?.precision)
    byte(UInt8(ascii: "}"))
  }

  private mutating func count(_ count: Int?) {
    if let count { integer(count) } else { literal("null") }
  }

  private mutating func zone(_ zone: ThreatRule.Zone) {
    literal("{\"name\":")
    switch zone {
    case .named(let name):
      string(name)
      literal(",\"polygon\":null}")
    case .polygon(let name, let points):
      string(name)
      literal(",\"polygon\":[")
      for (place, point) in points.enumerated() {
        comma(unless: place == 0)
        byte(UInt8(ascii: "["))
        value(Double(point.x) / 1e6)
        byte(UInt8(ascii: ","))
        value(Double(point.y) / 1e6)
        byte(UInt8(ascii: "]"))
      }
      literal("]}")
    }
  }

  private mutating func schedule(_ schedule: Schedule) {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    literal("{\"days\":")
    strings(names.indices.filter { schedule.days >> $0 & 1 == 1 }.map { names[$0] })
    literal(",\"from\":")
    string(Self.timeOfDay(schedule.from))
    literal(",\"to\":")
    string(Self.timeOfDay(schedule.to))
    literal(",\"timezone\":")
    switch schedule.zone {
    case .device: literal("\"device\"}")
    case .named(let name):
      string(name)
      byte(UInt8(ascii: "}"))
    }
  }

  /// `hh:mm` of minutes after midnight.
  private static func timeOfDay(_ minutes: Int) -> String {
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }
}

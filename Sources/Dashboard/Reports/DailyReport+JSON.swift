import Store

extension DailyReport {
  /// - Parameter limit: the most users, and the most faults, that are listed.
  func json(limit: Int) -> [UInt8] {
    var writer = JSONWriter(capacity: 4_096)
    writer.literal("{\"date\":")
    writer.string(day.text)
    writer.literal(",\"timezone\":")
    writer.string(timeZone)
    writer.literal(",\"from\":")
    writer.string(day.localTime(day.start))
    writer.literal(",\"to\":")
    writer.string(day.localTime(day.end))
    writer.literal(",\"total\":{")
    writer.tally(facts.total)
    writer.literal("},\"user_count\":")
    writer.integer(facts.byUser.count)
    writer.list(",\"users\":[", facts.byUser.prefix(limit)) { writer, user in
      writer.literal("{\"user\":")
      writer.string(user.user)
      writer.byte(UInt8(ascii: ","))
      writer.tally(user.tally)
    }
    writer.list(",\"rules\":[", facts.byRule) { writer, rule in
      writer.literal("{\"rule\":")
      writer.integer(rule.rule)
      writer.literal(",\"name\":")
      writer.string(rule.name)
      writer.byte(UInt8(ascii: ","))
      writer.tally(rule.tally)
    }
    writer.list(",\"classes\":[", facts.byClass) { writer, entry in
      writer.literal("{\"class\":")
      writer.string(entry.className)
      writer.literal(",\"threats\":")
      writer.integer(entry.threats)
    }
    writer.list(",\"hours\":[", zip(hours, facts.byHour)) { writer, hour in
      writer.literal("{\"start\":")
      writer.string(day.localTime(hour.0))
      writer.literal(",\"threats\":")
      writer.integer(hour.1)
    }
    writer.literal(",\"fault_count\":")
    writer.integer(facts.faults.count)
    writer.list(",\"equipment_faults\":[", facts.faults.prefix(limit)) { writer, fault in
      writer.fault(fault)
    }
    writer.list(",\"unmatched\":[", facts.unmatched) { writer, entry in
      writer.literal("{\"class\":")
      writer.string(entry.className)
      writer.literal(",\"count\":")
      writer.integer(entry.count)
      writer.literal(",\"max_probability\":")
      writer.value(entry.maxProbability)
    }
    writer.byte(UInt8(ascii: "}"))
    return writer.bytes
  }
}

extension JSONWriter {
  /// An array of objects; `body` leaves each one's closing brace away.
  fileprivate mutating func list<Elements: Sequence>(
    _ opening: StaticString, _ elements: Elements,
    _ body: (inout JSONWriter, Elements.Element) -> Void
  ) {
    literal(opening)
    var isFirst = true
    for element in elements {
      comma(unless: isFirst)
      isFirst = false
      body(&self, element)
      byte(UInt8(ascii: "}"))
    }
    byte(UInt8(ascii: "]"))
  }

  fileprivate mutating func tally(_ tally: ThreatTally) {
    literal("\"threats\":")
    integer(tally.threats)
    literal(",\"warnings\":")
    integer(tally.warnings)
    literal(",\"dangers\":")
    integer(tally.dangers)
    literal(",\"judged\":")
    integer(tally.judged)
    literal(",\"confirmed\":")
    integer(tally.confirmed)
    literal(",\"false_alarms\":")
    integer(tally.falseAlarms)
    literal(",\"false_alarm_rate\":")
    figure(tally.falseAlarmRate)
    literal(",\"precision\":")
    figure(tally.precision)
  }

  fileprivate mutating func fault(_ fault: ThreatReport.Fault) {
    literal("{\"kind\":")
    string(fault.identity.kind)
    literal(",\"user\":")
    string(fault.identity.user)
    literal(",\"device\":")
    string(fault.identity.device)
    literal(",\"fault\":")
    string(fault.kind)
    literal(",\"count\":")
    integer(fault.count)
    literal(",\"first\":")
    time(fault.first)
    literal(",\"last\":")
    time(fault.last)
    literal(",\"reason\":")
    string(fault.reason)
  }
}

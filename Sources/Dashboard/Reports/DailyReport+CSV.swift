import Store

/// The report as one table: the column `section` says what a line is about, and cells that say nothing
/// of it are empty. Date and zone stand in every line, so that files of several days can be put
/// together.
extension DailyReport {
  private static let columns = [
    "section", "date", "timezone", "kind", "user", "device", "rule", "name", "class", "hour",
    "fault",
    "reason", "first", "last", "count", "max_probability", "threats", "warnings", "dangers",
    "judged",
    "confirmed", "false_alarms", "false_alarm_rate", "precision",
  ]

  /// A line of it.
  private struct Line {
    var section: String
    var kind = ""
    var user = ""
    var device = ""
    var rule: Int?
    var name = ""
    var className = ""
    var hour = ""
    var fault = ""
    var reason = ""
    var first = ""
    var last = ""
    var count: Int?
    var maxProbability: Double?
    var threats: Int?
    var tally: ThreatTally?
  }

  var csv: String {
    var writer = CSVWriter()
    for column in Self.columns { writer.text(column) }
    writer.endLine()
    func write(_ line: Line) { self.write(line, to: &writer) }

    write(
      Line(
        section: "total", first: day.localTime(day.start), last: day.localTime(day.end),
        tally: facts.total))
    for entry in facts.byUser {
      write(Line(section: "user", user: entry.user, tally: entry.tally))
    }
    for entry in facts.byRule {
      write(Line(section: "rule", rule: entry.rule, name: entry.name, tally: entry.tally))
    }
    for entry in facts.byClass {
      write(Line(section: "class", className: entry.className, threats: entry.threats))
    }
    for (hour, threats) in zip(hours, facts.byHour) {
      write(Line(section: "hour", hour: day.localTime(hour), threats: threats))
    }
    for fault in facts.faults {
      write(
        Line(
          section: "equipment_fault", kind: fault.identity.kind, user: fault.identity.user,
          device: fault.identity.device, fault: fault.kind, reason: fault.reason,
          first: day.localTime(fault.first), last: day.localTime(fault.last), count: fault.count))
    }
    for entry in facts.unmatched {
      write(
        Line(
          section: "unmatched", className: entry.className, count: entry.count,
          maxProbability: entry.maxProbability))
    }
    return writer.text
  }

  private func write(_ line: Line, to writer: inout CSVWriter) {
    writer.text(line.section)
    writer.text(day.text)
    writer.text(timeZone)
    writer.text(line.kind)
    writer.text(line.user)
    writer.text(line.device)
    writer.number(line.rule)
    writer.text(line.name)
    writer.text(line.className)
    writer.text(line.hour)
    writer.text(line.fault)
    writer.text(line.reason)
    writer.text(line.first)
    writer.text(line.last)
    writer.number(line.count)
    writer.share(line.maxProbability)
    writer.number(line.tally?.threats ?? line.threats)
    writer.number(line.tally?.warnings)
    writer.number(line.tally?.dangers)
    writer.number(line.tally?.judged)
    writer.number(line.tally?.confirmed)
    writer.number(line.tally?.falseAlarms)
    writer.share(line.tally?.falseAlarmRate)
    writer.share(line.tally?.precision)
    writer.endLine()
  }
}

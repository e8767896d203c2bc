/// The report for people.
extension TuningReport {
  /// The report as lines of text.
  ///
  /// - Parameter shown: how many of the sets to list, best first; the JSON has all.
  public func text(shown: Int = 20) -> String {
    var lines = [
      "objective: \(objective)",
      "tried: \(trials.count) sets (\(method)), set 0 is the configuration as it is; seed \(seed)",
    ]
    if let first = refused.first {
      lines.append("refused: \(refused.count) sets, e.g. \(first.parameters): \(first.reason)")
    }
    lines.append("users: \(users.count), in \(rounds.count) folds; no user is in two")
    lines += [""] + ranked(shown) + [""]
    lines.append("chosen: set \(chosen): \(parameters)")
    if !trials[chosen].score.isWithinLimits {
      lines.append("No set keeps to the limits on all users; this one comes closest.")
    }
    lines += [
      "", "By fold: the set chosen by all other users, and what it came to on those held out.",
    ]
    lines += Self.table(
      ["fold", "users", "set"],
      rounds.enumerated().map { place, round in
        (["\(place + 1)", "\(round.users.count)", "\(round.chosen)"], round.heldOut, "")
      })
    lines += ["", "To be expected of people not seen (nested cross-validation):"]
    lines += Self.table(
      [""],
      [
        (["this search"], nested, ""), (["configuration as it is"], trials[0].tally, ""),
        (["chosen, on the users it was chosen by"], trials[chosen].tally, ""),
      ])
    if objective.hasLimits, !objective.score(nested).isWithinLimits {
      lines.append("This is beyond the limits: expect that they are not kept with other people.")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func ranked(_ shown: Int) -> [String] {
    let ranking = ranking
    var places = Array(ranking.prefix(shown))
    if !places.contains(0) { places.append(0) }
    let rows = places.map { place -> (first: [String], tally: Tally, last: String) in
      let kept = objective.hasLimits ? [trials[place].score.isWithinLimits ? "yes" : "no"] : []
      return (["\(place)"] + kept, trials[place].tally, "\(trials[place].parameters)")
    }
    var lines = Self.table(
      ["set"] + (objective.hasLimits ? ["limits kept"] : []), rows, last: "parameters")
    if ranking.count > places.count { lines.append("… and \(ranking.count - places.count) more") }
    return lines
  }

  /// The figures of a tally in a few words, e.g. for the head of a file.
  public static func figures(_ tally: Tally) -> String {
    let delay = tally.delay(percent: 50).map { ", median delay \(seconds($0))" } ?? ""
    return """
      sensitivity \(share(tally.sensitivity)) (\(tally.detected) of \(tally.events)), \
      specificity \(share(tally.specificity)) (\(tally.quietTrials - tally.alarmedTrials) of \
      \(tally.quietTrials)), \(rate(tally.falseAlarmsPerHour)) false alarms/h\(delay)
      """
  }

  private static func table(
    _ heads: [String], _ rows: [(first: [String], tally: Tally, last: String)], last: String = ""
  ) -> [String] {
    let columns = heads + ["sensitivity", "specificity", "false alarms/h", "median delay"]
    let cells =
      [columns]
      + rows.map { row in
        row.first + [
          share(row.tally.sensitivity), share(row.tally.specificity),
          rate(row.tally.falseAlarmsPerHour), row.tally.delay(percent: 50).map(seconds) ?? "–",
        ]
      }
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return zip(cells, [last] + rows.map(\.last)).map { line, tail in
      let padded = zip(line, widths).map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }
      return "  " + (padded + (tail.isEmpty ? [] : [tail])).joined(separator: "  ")
    }
  }

  private static func share(_ value: Double?) -> String {
    value.map { "\(decimal($0 * 100, places: 2)) %" } ?? "–"
  }

  private static func rate(_ value: Double?) -> String {
    value.map { decimal($0, places: 2) } ?? "–"
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    "\(decimal(Double(milliseconds) / 1000, places: 2)) s"
  }

  /// Rounded half away from zero.
  private static func decimal(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(Int64(1)) { product, _ in product * 10 }
    let scaled = value * Double(scale)
    guard scaled.magnitude < 1e15 else { return "\(value)" }
    let whole = Int64(scaled.rounded())
    let fraction = String(whole.magnitude % UInt64(scale))
    let padding = String(repeating: "0", count: places - fraction.count)
    return "\(whole < 0 ? "-" : "")\(whole.magnitude / UInt64(scale)).\(padding)\(fraction)"
  }
}

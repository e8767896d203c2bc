import Events
import Foundation

/// Reading the three kinds of files.
extension LabelBook {
  static func trials(_ table: LabelTable) throws(BacktestError) -> [String: TrialLine] {
    let values = TextValues()
    var lines: [String: TrialLine] = [:]
    for row in table.rows {
      let impact = try table.time("impact_ms", row, values)
      let begin = try table.time("fall_start_ms", row, values)
      let end = try table.time("fall_end_ms", row, values)
      var interval: ClosedRange<Int64>?
      if let begin, let end {
        guard begin <= end else { throw table.fault(row, "the fall ends before it starts") }
        interval = begin...end
      } else if begin != nil || end != nil {
        throw table.fault(row, "fall_start_ms and fall_end_ms go together")
      }
      let isFall: Bool
      switch table.text("is_fall", row).lowercased() {
      case "1", "true", "yes": isFall = true
      case "0", "false", "no": isFall = false
      case "": isFall = impact != nil || interval != nil
      case let other: throw table.fault(row, "is_fall: \"\(other)\" is neither 1 nor 0")
      }
      let line = TrialLine(
        user: table.text("user", row), group: table.text("group", row),
        activity: table.text("activity", row), isFall: isFall, impact: impact, interval: interval)
      let name = table.text("trial", row)
      guard lines.updateValue(line, forKey: name) == nil else {
        throw table.fault(row, "trial \(name) occurs twice")
      }
    }
    return lines
  }

  static func windows(
    _ table: LabelTable
  ) throws(BacktestError) -> [Subject: [(span: ClosedRange<Int64>, label: WindowLabel)]] {
    let values = TextValues()
    var windows: [Subject: [(span: ClosedRange<Int64>, label: WindowLabel)]] = [:]
    for row in table.rows {
      guard let start = try table.time("start", row, values),
        let end = try table.time("end", row, values), start <= end
      else { throw table.fault(row, "a window needs a start and, not before it, an end") }
      let word = table.text("label", row)
      guard let label = WindowLabel(rawValue: word) else {
        let words = WindowLabel.allCases.map(\.rawValue).joined(separator: ", ")
        throw table.fault(row, "label: \"\(word)\" is none of \(words)")
      }
      let subject = Subject(user: table.text("user", row), device: table.text("device", row))
      windows[subject, default: []].append((start...end, label))
    }
    return windows.mapValues { own in own.sorted { $0.span.lowerBound < $1.span.lowerBound } }
  }

  /// The windows of the Numenta Anomaly Benchmark
  /// (https://github.com/numenta/NAB/blob/master/labels/combined_windows.json).
  static func benchmark(file: String) throws(BacktestError) -> [String: [ClosedRange<Int64>]] {
    let texts: [String: [[String]]]
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      texts = try JSONDecoder().decode([String: [[String]]].self, from: data)
    } catch {
      throw BacktestError(
        .malformed, file: file,
        "is not the JSON of windows: an object of lists of [start, end], by the file's path")
    }
    let values = TextValues()
    var files: [String: [ClosedRange<Int64>]] = [:]
    for (name, windows) in texts {
      files[name] = try windows.map { window throws(BacktestError) in
        guard window.count == 2, let start = values.time(window[0]),
          let end = values.time(window[1]), start <= end
        else {
          throw BacktestError(.malformed, file: file, "\(name): a window is no [start, end]")
        }
        return start...end
      }
    }
    return files
  }
}

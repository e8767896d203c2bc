import Detection
import Events
import Foundation
import Testing

@testable import AcalertService

struct ReplayTests {
  /// One sample of one wearer.
  private struct Entry {
    var user: String
    var time: Int64
    /// In g, with three decimals.
    var thousandths: Int

    var value: String { String(format: "%d.%03d", thousandths / 1000, thousandths % 1000) }
    var written: String {
      let text = String(ReadableTime.text(time).dropLast())
      return text.replacing("T", with: " ").replacing(".", with: " ")
    }
  }

  /// Three wearers at rest, one of whom falls now and then; some samples come late, some far too late.
  private static let entries: [Entry] = {
    var random = SeededGenerator(state: 42)
    let begin: Int64 = 1_795_255_200_000
    var entries: [Entry] = []
    for step in 0..<1_500 {
      for user in 0..<3 {
        var time = begin + Int64(step) * 100 + Int64(user)
        if step % 97 == 50 { time -= 700 }
        if step % 400 == 399 { time -= 20_000 }
        let isFall = user == 1 && step % 700 >= 600 && step % 700 < 606
        entries.append(
          Entry(
            user: "u-\(user)", time: max(time, begin),
            thousandths: isFall ? 5_000 : Int.random(in: 980...1_020, using: &random)))
      }
    }
    return entries
  }()

  private func run(
    _ text: String, isCSV: Bool = false, rename: [(String, String)] = [],
    constants: [(String, String)] = []
  ) throws -> (findings: [String], summary: Replay.Summary) {
    let file = try TemporaryFile(text.utf8)
    var findings: [String] = []
    let summary = try ReplayRun(
      file: file.path, isCSV: isCSV, stream: StreamSettings(), rename: rename, constants: constants
    ).run { findings.append(String(describing: $0)) }
    return (findings, summary)
  }

  private static func original(_ entries: [Entry]) -> String {
    entries.map { #"{"userid": "\#($0.user)", "time": "\#($0.written)", "acc": "\#($0.value)"}"# }
      .joined(separator: "\n")
  }

  private static func axes(_ entries: [Entry]) -> String {
    entries.map { #"{"user":"\#($0.user)","ts":\#($0.time),"x":0,"y":-\#($0.value),"z":0.0}"# }
      .joined(separator: "\n")
  }

  @Test func fallsAreFoundAndRestIsNot() throws {
    let (findings, summary) = try run(Self.original(Self.entries))
    #expect(summary.records == 4_500)
    #expect(summary.samples == 4_500)
    #expect(summary.subjects == 3)
    #expect(summary.dangers == 2)
    #expect(summary.anomalies >= 2)
    #expect(summary.lateSamples > 0)
    #expect(summary.windows > 40)
    #expect(summary.invalid.isEmpty)
    #expect(findings.filter { $0.contains("danger") }.allSatisfy { $0.contains("u-1") })
  }

  @Test func allFormsOfTheSameSamplesLeadToTheSameFindings() throws {
    let original = try run(Self.original(Self.entries))
    #expect(original.findings.count > 60)

    let axes = try run(Self.axes(Self.entries))
    #expect(axes.findings == original.findings)
    #expect(axes.summary == original.summary)

    // The header takes a line, so lines are counted from one later.
    let csv = Self.entries.map { "\"\($0.user)\",\($0.time),ignored,\($0.value)" }
    let fromCSV = try run(
      "who,when,note,g\r\n" + csv.joined(separator: "\r\n") + "\r\n", isCSV: true,
      rename: [("who", "user"), ("when", "ts"), ("g", "acc")])
    let shifted = try run("\n" + Self.original(Self.entries))
    #expect(fromCSV.findings == shifted.findings)
    #expect(fromCSV.summary == original.summary)
  }

  @Test func replayIsDeterministic() throws {
    let text = Self.original(Self.entries)
    let first = try run(text)
    let second = try run(text)
    #expect(first.findings == second.findings)
    #expect(first.summary == second.summary)
  }

  @Test func burstIsJudgedAsItsSamples() throws {
    let begin: Int64 = 1_795_255_200_000
    let values = (0..<200).map { $0 == 150 ? "7.5" : $0 % 2 == 0 ? "1.01" : "0.99" }
    let singles = values.enumerated().map {
      #"{"user":"u","ts":\#(begin + Int64($0.offset) * 20),"acc":\#($0.element)}"#
    }
    let bursts = stride(from: 0, to: 200, by: 50).map { start in
      let samples = values[start..<start + 50].joined(separator: ",")
      return #"{"user":"u","t0":\#(begin + Int64(start) * 20),"hz":50,"samples":[\#(samples)]}"#
    }
    let one = try run(singles.joined(separator: "\n")).summary
    let other = try run(bursts.joined(separator: "\n")).summary
    #expect(one.anomalies == 1)
    #expect(other.anomalies == 1)
    #expect(other.samples == one.samples)
    #expect(other.records == 4)
  }

  @Test func invalidLinesAreToldWithTheirNumberAndTheRestIsJudged() throws {
    var lines = Self.original(Self.entries).split(separator: "\n").map(String.init)
    let good = try run(lines.joined(separator: "\n")).summary
    lines.insert("not json", at: 0)
    lines.insert("", at: 10)
    lines.insert(#"{"userid": "", "time": "2017-10-01 19:53:03 123456", "acc": "1"}"#, at: 20)
    lines.append(#"{"userid": "1", "time": "yesterday", "acc": "1"}"#)
    let (findings, summary) = try run(lines.joined(separator: "\n"))
    #expect(summary.invalid == ["not_json": 1, "empty_user": 1, "bad_time": 1])
    #expect(summary.records == good.records + 3)
    #expect(summary.anomalies == good.anomalies)
    #expect(summary.windows == good.windows)
    let invalid = findings.filter { $0.hasPrefix("invalid(") }
    #expect(invalid.count == 3)
    #expect(invalid[0].contains("line: 1, reason: \"not_json\""))
    #expect(invalid[1].contains("line: 21, reason: \"empty_user\""))
    #expect(invalid[2].contains("line: \(lines.count), reason: \"bad_time\""))
  }

  @Test func badLinesOfCSVAreToldWithTheirNumberAndTheRestIsJudged() throws {
    let (findings, summary) = try run(
      "user,ts,acc\nu,1795255200000,1\nu,1795255200100,1,5\n\"u,1795255200200,1\n\nu,x,1\nu,1795255200300,1",
      isCSV: true)
    #expect(summary.records == 5)
    #expect(summary.samples == 2)
    #expect(summary.invalid == ["bad_csv": 2, "bad_time": 1])
    let invalid = findings.filter { $0.hasPrefix("invalid(") }
    #expect(invalid[0].contains("line: 3, reason: \"bad_csv\""))
    #expect(invalid[0].contains("4 values for 3 columns"))
    #expect(invalid[1].contains("line: 4, reason: \"bad_csv\""))
    #expect(invalid[2].contains("line: 6, reason: \"bad_time\""))
  }

  @Test func anomalyNamesItsLine() throws {
    var lines = (0..<20).map { #"{"user":"u","ts":\#(1_795_255_200_000 + $0 * 100),"acc":1}"# }
    lines.append(#"{"user":"u","ts":1795255202500,"acc":9}"#)
    let (findings, _) = try run(lines.joined(separator: "\n"))
    #expect(findings.contains { $0.hasPrefix("anomaly(") && $0.hasSuffix("line: 21)") })
  }

  @Test func emptyFilesAreNoError() throws {
    #expect(try run("").summary == Replay.Summary())
    #expect(throws: CSVRecords.HeaderError.self) { try run("", isCSV: true) }
  }

  // MARK: Output

  private func print(_ text: String, _ format: ReplayOutput.Format, all: Bool = true) throws
    -> [String]
  {
    let file = try TemporaryFile(text.utf8)
    let printed = Printed()
    try ReplayRun(
      file: file.path, isCSV: false, stream: StreamSettings(), rename: [], constants: []
    ).run(
      ReplayOutput(format: format, includesAll: all, isSummaryOnly: false, unit: "g") {
        printed.data.append($0)
      })
    return String(decoding: printed.data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private final class Printed {
    var data = Data()
  }

  @Test func everyLineOfJSONOutputIsAnObjectWithItsType() throws {
    let lines = try print(Self.original(Self.entries) + "\nnonsense", .json)
    var types: Set<String> = []
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      types.insert(try #require(object?["type"] as? String))
    }
    #expect(types == ["anomaly", "transition", "window", "late", "invalid", "summary"])
  }

  @Test func textOutputEndsWithASummary() throws {
    let lines = try print(Self.original(Self.entries), .text, all: false)
    #expect(lines.last?.hasPrefix("4500 records, 4500 samples of 3 subjects: ") == true)
    #expect(lines.contains { $0.contains("u-1  flagged: 5.0 g, mean 1.00") })
    #expect(lines.contains { $0.contains("u-1  warning → danger: 3 abnormal within 5 s") })
  }
}

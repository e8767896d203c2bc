import AcalertService
import ArgumentParser
import Foundation

/// `acalert status`: who is in which state, from the database.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the status table, the most urgent first.",
    discussion: """
      Reads the database of a service, whether it runs or not; it never disturbs the service. Exit \
      code 0 if at least one subject matched, 1 if none did:

        acalert status --state danger || echo "nobody is in danger"
      """)

  @Option(help: "The folder of the database.")
  var data = "data"

  @Option(name: [.short, .long], help: "Take the folder from this configuration.")
  var config: String?

  @Option(help: "Only these states, separated by commas: danger, warning, stale, unknown, safe.")
  var state: String?

  @Option(help: "Only subjects of this kind, e.g. wearer.")
  var kind: String?

  @Option(help: "Only users whose id begins so.")
  var prefix = ""

  @Option(help: "At most so many rows, up to 1000.")
  var limit = 100

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  @Flag(help: "Go on, and print each change of a state as it comes. Ctrl-C ends it.")
  var watch = false

  func run() throws {
    var filter = StatusReport.Filter()
    do { filter.states = try StatusReport.states(named: state ?? "") } catch {
      throw ValidationError("\(error)")
    }
    filter.kind = kind
    filter.prefix = prefix
    filter.limit = limit
    let folder = try config.map { try readConfiguration($0).store.folder } ?? data
    do {
      let report = try StatusReport(folder: folder)
      var revision = try report.currentRevision()
      let (lines, total, counts) = try report.rows(filter)
      try print(lines)
      if !json {
        let more = total > lines.count ? "; \(total - lines.count) more match" : ""
        Swift.print("\(total) shown of: \(counts)\(more)")
      }
      if watch {
        let stop = StopSignal()
        while !stop.wait(seconds: 0.5) {
          let changes = try report.changes(after: revision, filter)
          revision = changes.revision
          try print(changes.lines, heading: false)
        }
        return
      }
      if total == 0 { throw ExitCode.failure }
    } catch let error as ServiceError {
      complain(error.description)
      throw ExitCodes.noInput
    }
  }

  private func print(_ lines: [StatusReport.Line], heading: Bool = true) throws {
    if !json && heading && !lines.isEmpty { Swift.print(StatusReport.Line.heading) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for line in lines {
      Swift.print(json ? String(decoding: try encoder.encode(line), as: UTF8.self) : line.text)
    }
    fflush(nil)
  }
}

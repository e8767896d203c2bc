import AcalertService
import ArgumentParser
import Foundation

/// `acalert silence`: nobody is told, for a time.
struct SilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silence",
    abstract: "Keeps alerts that match from being told, for a time; they are still recorded.",
    subcommands: [AddSilenceCommand.self, ListSilencesCommand.self, ExpireSilenceCommand.self])

  static func line(_ silence: SilenceAnswer) -> String {
    "\(silence.id)  \(silence.state)  \(silence.starts) to \(silence.ends)  "
      + "\(silence.matchers.joined(separator: " "))  \(silence.author): \(silence.comment)"
  }
}

struct AddSilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Adds a silence.",
    discussion: """
      All matchers must match. A label (kind, user, device, site, cause, rule, severity), then = for the \
      value itself or a pattern with * and ?, =~ for a regular expression, != and !~ for the opposite:

        acalert silence add --for 2h --comment "battery change" user=u-17
        acalert silence add --for 1d --comment "building works" kind=camera 'site=s-1*' severity=warning
      """)

  @Argument(help: "LABEL=VALUE; all must match.")
  var matchers: [String]

  @OptionGroup var service: ServiceOptions

  @Option(name: .customLong("for"), help: "How long from now: 30m, 2h, 1d12h.")
  var duration: String

  @Option(help: "Why.")
  var comment: String

  @Option(help: "Your name.")
  var author = userName

  func run() throws {
    let client = try service.client()
    let silence = try asking {
      try client.ask(
        SilenceAnswer.self, .post, "/api/v1/silences",
        body: [
          "matchers": matchers, "duration": duration, "comment": comment, "author": author,
        ])
    }
    print(SilenceCommand.line(silence))
  }
}

struct ListSilencesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Shows the silences that hold or will hold.")

  @OptionGroup var service: ServiceOptions

  @Flag(help: "Also those that are over.")
  var all = false

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func run() throws {
    let client = try service.client()
    let page = try asking {
      try client.ask(
        SilencePageAnswer.self, .get, "/api/v1/silences", query: [("state", all ? "all" : nil)])
    }
    if json { return try printJSON(page.items) }
    for silence in page.items { print(SilenceCommand.line(silence)) }
  }
}

struct ExpireSilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire", abstract: "Ends a silence now.")

  @Argument(help: "The silence's number.")
  var id: Int64

  @OptionGroup var service: ServiceOptions

  func run() throws {
    let client = try service.client()
    let silence = try asking {
      try client.ask(SilenceAnswer.self, .delete, "/api/v1/silences/\(id)")
    }
    print(SilenceCommand.line(silence))
  }
}

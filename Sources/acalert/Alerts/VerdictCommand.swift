import AcalertService
import ArgumentParser

/// `acalert alerts verdict`.
struct VerdictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdict",
    abstract: "Says what an alert was: confirmed, or a false alarm.",
    discussion: """
      At any time, also when it is over; the newest verdict counts. Models are compared and trained by it: \
      acalert label.

        acalert alerts verdict 17 false-alarm --note "sat down hard"
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case confirmed
    case falseAlarm = "false-alarm"

    /// The interface's name.
    var name: String { self == .confirmed ? "confirmed" : "false_alarm" }
  }

  @Argument(help: "The alert's number.")
  var id: Int64

  @Argument(help: "confirmed or false-alarm.")
  var verdict: Kind

  @OptionGroup var service: ServiceOptions

  @Option(help: "Your name.")
  var author = userName

  @Option(help: "What there is to be said.")
  var note = ""

  func run() throws {
    let client = try service.client()
    let alert = try asking {
      try client.ask(
        AlertAnswer.self, .post, "/api/v1/alerts/\(id)/verdict",
        body: ["verdict": verdict.name, "author": author, "note": note])
    }
    print(AlertsCommand.line(alert))
  }
}

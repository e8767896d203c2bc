import AcalertService
import ArgumentParser
import Foundation

/// `acalert alerts`: shows them, and takes verdicts on them.
struct AlertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts",
    abstract: "Shows alerts of a running service, and takes verdicts on them.",
    discussion: """
      acalert alerts [ID] is acalert alerts show [ID]: see acalert alerts show --help.
      """,
    subcommands: [ShowAlertsCommand.self, VerdictCommand.self],
    defaultSubcommand: ShowAlertsCommand.self)

  static let heading =
    "  ID  SEVERITY  PHASE       SINCE                     WHO, WHY"

  static func line(_ alert: AlertAnswer) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
    let id = String(repeating: " ", count: max(0, 4 - "\(alert.id)".count)) + "\(alert.id)"
    let by = alert.acknowledged.map { acknowledgement in
      " (acknowledged\(acknowledgement.author.isEmpty ? "" : " by \(acknowledgement.author)"))"
    }
    let judged = alert.verdict.map { verdict in
      let word = verdict.verdict.replacing("_", with: " ")
      return " (\(word)\(verdict.author.isEmpty ? "" : " by \(verdict.author)"))"
    }
    let flaps = alert.flaps == 0 ? "" : " (came back \(alert.flaps) times)"
    return "\(id)  \(padded(alert.severity, 8))  \(padded(alert.phase, 10))  \(alert.began)  "
      + "\(alert.subject): \(alert.reason)\(flaps)\(by ?? "")\(judged ?? "")"
  }
}

/// `acalert alerts show`: what is open, or one alert's history.
struct ShowAlertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows alerts of a running service: the open ones, or one with its history.",
    discussion: """
      Danger first, then the newest. With an id: what happened to that alert, who was told of it, and \
      how often. Exit code 0 if there was at least one, 1 if there was none:

        acalert alerts --severity danger || echo "nobody is in danger"
        acalert alerts 17
      """)

  @Argument(help: "Only this alert, with its history.")
  var id: Int64?

  @OptionGroup var service: ServiceOptions

  @Option(help: "open, resolved or all.")
  var state = "open"

  @Option(help: "Only warning or danger.")
  var severity: String?

  @Option(help: "Only subjects of this kind, e.g. wearer.")
  var kind: String?

  @Option(help: "Only this user.")
  var user: String?

  @Option(help: "At most so many, up to 1000.")
  var limit = 100

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func run() throws {
    let client = try service.client()
    if let id { return try show(id, client) }
    let page = try asking {
      try client.ask(
        AlertPageAnswer.self, .get, "/api/v1/alerts",
        query: [
          ("state", state), ("severity", severity), ("kind", kind), ("user", user),
          ("limit", "\(limit)"),
        ])
    }
    if json {
      try printJSON(page.items)
    } else {
      if !page.items.isEmpty { print(AlertsCommand.heading) }
      for alert in page.items { print(AlertsCommand.line(alert)) }
      let more = page.next == nil ? "" : "; more match, raise --limit"
      print(
        "\(page.counts.danger) in danger, \(page.counts.warning) warnings, of these "
          + "\(page.counts.acknowledged) acknowledged\(more)")
    }
    if page.items.isEmpty { throw ExitCode.failure }
  }

  private func show(_ id: Int64, _ client: ServiceClient) throws {
    let alert = try asking {
      try client.ask(AlertAnswer.self, .get, "/api/v1/alerts/\(id)")
    }
    if json { return try printJSON([alert]) }
    print(AlertsCommand.line(alert))
    for event in alert.events ?? [] {
      let author = event.author.isEmpty ? "" : " by \(event.author)"
      let text = event.text.isEmpty ? "" : ": \(event.text)"
      print("      \(event.time)  \(event.kind)\(author)\(text)")
    }
    for notification in alert.notifications ?? [] {
      print(
        "      \(notification.created)  to \(notification.receiver): \(notification.state), "
          + "attempts: \(notification.attempts)")
    }
  }
}

/// `acalert ack`.
struct AckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ack",
    abstract: "Says that you look after an alert: nobody else is called for it.",
    discussion: "Exit code 1 if the alert is unknown, over, or somebody has been quicker.")

  @Argument(help: "The alert's number; several may be given.")
  var ids: [Int64]

  @OptionGroup var service: ServiceOptions

  @Option(help: "Your name.")
  var author = userName

  @Option(help: "What there is to be said.")
  var note = ""

  @Flag(help: "End the alert instead.")
  var resolve = false

  func run() throws {
    let client = try service.client()
    var failure: (any Error)?
    for id in ids {
      do {
        let alert = try asking {
          try client.ask(
            AlertAnswer.self, .post, "/api/v1/alerts/\(id)/\(resolve ? "resolve" : "ack")",
            body: ["author": author, "note": note])
        }
        print(AlertsCommand.line(alert))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

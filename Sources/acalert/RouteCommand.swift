import AcalertService
import Alerting
import ArgumentParser
import Events
import Foundation

/// `acalert route`: who is told of which alerts.
struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route",
    abstract: "Says who is told of which alerts.",
    discussion: """
      Who is told is said in a file of alerts, which the configuration names; how it is written: \
      docs/ALERTS.md.
      """,
    subcommands: [ShowRouteCommand.self, TestRouteCommand.self])
}

/// Where the routes are read from.
struct RouteOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "The configuration, which names the file of alerts.")
  var config: String?

  @Option(help: "The file of alerts itself.")
  var alerts: String?

  func validate() throws {
    guard (config == nil) != (alerts == nil) else {
      throw ValidationError("give --config FILE or --alerts FILE")
    }
  }

  /// Reads it without its secrets, which need not be there.
  func file() throws -> AlertsFile {
    let settings = try config.map(readConfiguration)
    guard let file = alerts ?? settings?.alerts.file else {
      complain("\(config ?? ""): names no file of alerts (alerts.file): nobody is told of any")
      throw ExitCode.failure
    }
    do throws(ConfigurationError) {
      if let found = try settings?.alertsFile(surroundings: .imagined) { return found }
      return try AlertsFile(file: file, surroundings: .imagined)
    } catch {
      throw ended(by: error, reading: file)
    }
  }
}

/// `acalert route show`.
struct ShowRouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows receivers, routes and schedules.",
    discussion: """
      Secrets are neither needed nor shown; acalert check-config also looks whether they are there. \
      Exit code 78: the file cannot be used.
      """)

  @OptionGroup var options: RouteOptions

  func run() throws { print(try options.file().summary) }
}

/// `acalert route test`.
struct TestRouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Says who would be told of an alert.",
    discussion: """
      The alert is described by its labels: kind, user, device, site, cause (abnormal, fall, \
      rule:ID, void_image, stale), rule (an id), severity (warning, danger).

        acalert route test kind=wearer user=u-17 severity=danger --config config/acalert.yaml

      Silences, and alerts that inhibit others, are not looked at: they depend on what goes on. \
      Secrets are not needed. Exit code 0: somebody would be told; 1: nobody would; 78: the file \
      cannot be used.
      """)

  @Argument(help: "Labels of the alert, as LABEL=VALUE.")
  var labels: [String]

  @OptionGroup var options: RouteOptions

  @Option(help: "When it is, as 2026-11-21T23:00:00Z, for mute schedules (default: now).")
  var at: String?

  @Option(
    help:
      "The device's time zone, for schedules that go by it (default: that of the file of alerts)."
  )
  var timezone: String?

  func run() throws {
    let time = try at.map(time(ofArgument:)) ?? Int64(Date().timeIntervalSince1970 * 1000)
    if let timezone, ZoneOffsets.system(timezone) == nil {
      throw ValidationError(
        "\"\(timezone)\" is no time zone; it is named like Europe/Berlin or UTC")
    }
    let labels: AlertLabels
    do { labels = try RouteTrial.labels(self.labels) } catch {
      throw ValidationError(error.description)
    }
    let missing = RouteTrial.missing(labels).map(\.rawValue)
    if !missing.isEmpty { complain("not given, so empty: \(missing.joined(separator: ", "))") }
    let trial = RouteTrial(try options.file(), labels: labels, at: time, zone: timezone)
    print(trial.report)
    if !trial.isAnybodyTold { throw ExitCode.failure }
  }
}

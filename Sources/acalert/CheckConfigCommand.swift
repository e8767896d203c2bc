import AcalertService
import ArgumentParser

/// `acalert check-config`: says what a configuration means, or what is wrong with it.
struct CheckConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-config",
    abstract: "Checks a configuration and says what it means.",
    discussion: """
      Errors are written as FILE:LINE:COLUMN: what is wrong. Unknown keys, wrong units, values out of \
      range, contradictions and properties that librdkafka does not know are errors. The rules files \
      of camera streams, the models and the file of alerts are checked with it, and whether the secrets of \
      receivers are there, which are never shown. Exit code 0: the configuration can be used; 78: it \
      cannot.
      """)

  @Argument(help: "The configuration file.")
  var file: String

  func run() throws {
    let settings = try readConfiguration(file)
    do {
      try settings.checkKafkaProperties()
    } catch {
      complain("\(file): \(error)")
      throw ExitCodes.badConfiguration
    }
    do throws(ConfigurationError) {
      let rules = try RulesFiles(settings)
      let alerts = try settings.alertsFile()
      print(settings.summary(rules))
      print(alerts?.summary ?? "alerts: recorded, and nobody is told (no alerts.file)")
    } catch {
      throw ended(by: error, reading: error.file)
    }
  }
}

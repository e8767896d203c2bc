import AcalertService
import ArgumentParser
import Foundation

/// `acalert serve`: the service against a Kafka cluster.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Runs the service against a Kafka cluster.",
    discussion: """
      Reads the topics named in the configuration, keeps its database in the folder named there, and \
      serves the dashboard, the interface and the event stream. Ctrl-C or SIGTERM stops it cleanly; \
      started again it goes on where it was, and so it does after kill -9. SIGHUP makes it read the \
      rules files of its camera streams, its models and the file of its alerts again; a file that is \
      not good changes nothing.

      Every setting is described in docs/CONFIGURATION.md.
      """)

  @Option(name: [.short, .long], help: "The configuration file.")
  var config: String

  @Option(help: "Listen here instead of where the configuration says, as ADDRESS:PORT.")
  var http: String?

  @Option(help: "Keep the database in this folder instead.")
  var data: String?

  func run() throws {
    var settings = try readConfiguration(config)
    if let data { settings.store.folder = data }
    if let http { settings.http = try settings.http.listening(on: http) }
    startLogging(settings.log.level)
    let stop = StopSignal()
    // Until it can be obeyed it must not end the process, as it does by default.
    signal(SIGHUP, SIG_IGN)
    let keeper = try orUnavailable { try ServiceKeeper(settings) }
    // What comes of it is in the log.
    let reload = ReloadSignal {
      let service = keeper.service
      _ = service.reloadRules()
      _ = service.reloadAlerts()
    }
    defer { withExtendedLifetime(reload) {} }
    print("acalert is watching; the dashboard is at \(keeper.service.url)")
    fflush(nil)
    while !stop.wait(seconds: 0.5) {
      do {
        try keeper.look()
      } catch {
        complain("\(error)")
        throw ExitCode.failure
      }
    }
    keeper.stop()
  }
}

extension HTTPSettings {
  func listening(on text: String) throws -> HTTPSettings {
    guard let place = ListenAddress(text) else {
      throw ValidationError("\"\(text)\" is not ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:8080")
    }
    var settings = self
    settings.address = place.address
    settings.port = place.port
    return settings
  }
}

/// Starts what may fail to, or ends with one clear line about why it cannot.
func orUnavailable<Started>(_ start: () throws -> Started) throws -> Started {
  do {
    return try start()
  } catch {
    complain("\(error)")
    throw ExitCodes.unavailable
  }
}

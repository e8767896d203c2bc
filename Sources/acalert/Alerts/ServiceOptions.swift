import AcalertService
import ArgumentParser
import Foundation

/// Which running service is meant.
struct ServiceOptions: ParsableArguments {
  @Option(help: "The service's address.")
  var url: String?

  @Option(name: [.short, .long], help: "Take the address from this configuration.")
  var config: String?

  func client() throws -> ServiceClient {
    if let url { return ServiceClient(url: url) }
    if let config { return ServiceClient(try readConfiguration(config)) }
    return ServiceClient(Configuration())
  }
}

/// Runs `body`; an answer that is a refusal becomes one line and an exit code: 69 if nobody answers, else 1.
func asking<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let refusal as ServiceClient.Refusal {
    complain(refusal.description)
    throw refusal.status == nil ? ExitCodes.unavailable : ExitCode.failure
  }
}

/// Prints values as JSON, one a line.
func printJSON(_ values: [some Encodable]) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  for value in values { print(String(decoding: try encoder.encode(value), as: UTF8.self)) }
}

/// The name of whoever uses the command, for the record.
var userName: String { ProcessInfo.processInfo.environment["USER"] ?? "" }

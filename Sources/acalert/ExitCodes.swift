import AcalertService
import ArgumentParser
import Foundation

/// Exit codes that scripts can rely on, as in BSD's sysexits.h.
enum ExitCodes {
  static let badData = ExitCode(65)
  static let noInput = ExitCode(66)
  static let unavailable = ExitCode(69)
  static let badConfiguration = ExitCode(78)
}

/// Writes a line to standard error.
func complain(_ message: String) {
  FileHandle.standardError.write(Data("acalert: \(message)\n".utf8))
}

/// Reads a configuration, or ends with what is wrong with it.
func readConfiguration(_ file: String) throws -> Configuration {
  do {
    return try Configuration(file: file)
  } catch {
    throw ended(by: error, reading: file)
  }
}

/// Says what is wrong with a file, and gives the exit code for it.
func ended(by error: ConfigurationError, reading file: String) -> ExitCode {
  complain(error.description)
  return error.line == nil && !FileManager.default.isReadableFile(atPath: file)
    ? ExitCodes.noInput : ExitCodes.badConfiguration
}

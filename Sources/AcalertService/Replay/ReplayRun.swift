import Detection
import Events
import Foundation

/// One run of `acalert replay`: a file through the engine, findings to an output.
public struct ReplayRun {
  private let file: String
  private let isCSV: Bool
  private let stream: StreamSettings
  private let rules: RuleSet
  private let rename: [String: String]
  private let constants: [(name: String, value: String)]

  /// - Parameters:
  ///   - rules: the threat rules for a stream of cameras.
  ///   - rename: pairs of a CSV column and the field that it is.
  ///   - constants: pairs of a field and the value that every record is to have, in a CSV file.
  public init(
    file: String, isCSV: Bool, stream: StreamSettings, rules: RuleSet = .standard,
    rename: [(String, String)], constants: [(String, String)]
  ) {
    self.rules = rules
    self.file = file
    self.isCSV = isCSV
    self.stream = stream
    self.rename = Dictionary(rename, uniquingKeysWith: { _, last in last })
    self.constants = constants.map { (name: $0.0, value: $0.1) }
  }

  /// Judges the whole file and prints what is found.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read, ``CSVRecords/HeaderError`` if its
  ///   header cannot be used.
  public func run(_ output: ReplayOutput) throws {
    var output = output
    let summary = try run { output.write($0) }
    output.finish(summary)
  }

  /// Judges the whole file and hands what is found to `found`, in the order of the file.
  func run(_ found: (Replay.Finding) -> Void) throws -> Replay.Summary {
    var reader = try LineReader(path: file)
    var replay = try Replay(stream: stream, rules: rules)
    var line = 0
    var csv: CSVRecords?
    if isCSV {
      var header: [UInt8] = []
      _ = try reader.next { header = [UInt8]($0) }
      line = 1
      csv = try header.withUnsafeBytes { header throws(CSVRecords.HeaderError) in
        try CSVRecords(
          header: header, names: stream.format.names, rename: rename, constants: constants)
      }
    }
    while true {
      line += 1
      let hasMore = try reader.next { bytes in
        // An empty line is no record.
        guard !bytes.isEmpty else { return }
        guard let csv else { return replay.take(bytes, line: line, found: found) }
        do {
          try csv.record(bytes).withUnsafeBytes { replay.take($0, line: line, found: found) }
        } catch {
          replay.reject(line: line, reason: "bad_csv", detail: "\(error)", found: found)
        }
      }
      if !hasMore { break }
    }
    return replay.summary
  }
}

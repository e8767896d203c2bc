import Events
import Foundation

/// Reads recordings from files and folders, one after the other, without holding more than one file's trial
/// (of files whose lines say whose they are: one file).
///
/// Files are told by their names: `.csv` is CSV (see ``CSVColumns``), `.ndjson` and `.jsonl` are records of
/// the service, each also gzipped with `.gz` behind. Of a folder all such files are read, those of its
/// folders too, in the order of their paths; files of a folder that are CSV of something else are passed over
/// and listed in ``skipped``.
public struct RecordingReader: ~Copyable {
  private struct File {
    var path: String
    var name: String
    var size: Int
    /// Found in a folder, as against named by the caller.
    var isFound: Bool
  }

  private let options: RecordingOptions
  private let files: [File]
  private var next = 0
  private var source: (any TrialSource)?
  private var finishedBadLines = BadLines()
  private var finishedBytes = 0
  private let allBytes: Int

  /// Files of folders that are no recordings, each with what speaks against it.
  public private(set) var skipped: [String] = []

  /// - Throws: ``BacktestError`` if a path cannot be read, or a file is of no known kind.
  public init(
    paths: [String], options: RecordingOptions = RecordingOptions()
  ) throws(BacktestError) {
    self.options = options
    var files: [File] = []
    for path in paths { files += try Self.files(at: path) }
    guard !files.isEmpty else {
      throw BacktestError(
        .unreadable, file: paths.joined(separator: ", "),
        "holds no recording: no file ends in .csv, .ndjson or .jsonl (or those and .gz)")
    }
    self.files = files
    allBytes = files.reduce(0) { $0 + $1.size }
  }

  /// Lines that could not be used so far.
  public var badLines: BadLines {
    var all = finishedBadLines
    if let source { all += source.badLines }
    return all
  }

  /// The share of the files that has been read, 0 … 1.
  public var fraction: Double {
    Double(finishedBytes + (source?.offset ?? 0)) / Double(max(allBytes, 1))
  }

  /// The next recording that has a sample; `nil` at the end.
  public mutating func read() throws(BacktestError) -> Recording? {
    while true {
      if let source {
        if let recording = try source.next() { return recording }
        finishedBadLines += source.badLines
        finishedBytes += files[next - 1].size
        self.source = nil
      }
      guard next < files.count else { return nil }
      let file = files[next]
      next += 1
      do throws(BacktestError) {
        source = try open(file)
      } catch {
        guard file.isFound, error.kind == .malformed else { throw error }
        skipped.append(error.description)
        finishedBytes += file.size
      }
    }
  }

  private func open(_ file: File) throws(BacktestError) -> any TrialSource {
    let lines = try RecordingLines(path: file.path)
    let isSingle = files.count == 1
    return Self.isCSV(file.path)
      ? try CSVTrials(lines, name: file.name, isSingle: isSingle, options: options)
      : RecordTrials(lines, name: file.name, isSingle: isSingle, options: options)
  }

  // MARK: Files

  private static func files(at path: String) throws(BacktestError) -> [File] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw BacktestError(.unreadable, file: path, "there is no such file or folder")
    }
    guard isFolder.boolValue else {
      guard isRecording(path) else {
        throw BacktestError(
          .malformed, file: path, "the name must end in .csv, .ndjson or .jsonl (or those and .gz)")
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return [File(path: path, name: plain(name), size: size(path), isFound: false)]
    }
    let names: [String]
    do {
      names = try FileManager.default.subpathsOfDirectory(atPath: path)
    } catch {
      throw BacktestError(.unreadable, file: path, "cannot be read: \(error.localizedDescription)")
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    return names.filter(isRecording).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { name in
        File(path: folder + name, name: plain(name), size: size(folder + name), isFound: true)
      }
  }

  private static func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// A file's name without `.gz`.
  private static func plain(_ name: String) -> String {
    name.lowercased().hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }

  private static func isCSV(_ path: String) -> Bool { plain(path).lowercased().hasSuffix(".csv") }

  private static func isRecording(_ path: String) -> Bool {
    let name = plain(path).lowercased()
    return isCSV(path) || name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl")
  }
}

import CZlib
import Detection
import Events
import Foundation

@testable import Backtesting

/// A folder of its own for one test.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "backtesting-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders it lies in.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func gzip(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    let stream = gzopen(file, "wb")
    let bytes = Array(text.utf8)
    gzwrite(stream, bytes, UInt32(bytes.count))
    gzclose(stream)
    return file
  }
}

/// All recordings of some paths.
func recordings(
  _ paths: String..., options: RecordingOptions = RecordingOptions()
) throws -> (recordings: [Recording], badLines: BadLines, skipped: [String]) {
  var reader = try RecordingReader(paths: paths, options: options)
  var all: [Recording] = []
  while let recording = try reader.read() { all.append(recording) }
  return (all, reader.badLines, reader.skipped)
}

/// Wearers at rest, of whom some fall: enough for the z-score, which finds these at once.
enum Scene {
  /// Trials `F…` hold a fall of half a second at 12 s, those named `D…` none, `D…x` a false one at 15 s.
  static let trials: [(name: String, user: String, fallAt: Int?)] = (0..<24).map { number in
    let user = "u-\(number % 5)"
    switch number % 4 {
    case 0: return ("F\(number)", user, 12_000)
    case 1: return ("D\(number)x", user, 15_000)
    default: return ("D\(number)", user, nil)
    }
  }

  static var csv: String {
    var random = SplitMix64(seed: 7)
    var text = "trial,t_ms,ax,ay,az\n"
    for trial in trials {
      for time in stride(from: 0, to: 20_000, by: 20) {
        var z = 980 + Int.random(in: 0...40, using: &random)
        if let fall = trial.fallAt, (fall..<fall + 500).contains(time) { z = 4_000 }
        text += "\(trial.name),\(time).0,0.01,-0.02,\(Double(z) / 1_000)\n"
      }
    }
    return text
  }

  static var labels: String {
    var text = "trial,user,group,activity,is_fall,impact_ms\n"
    for trial in trials {
      let isFall = trial.name.hasPrefix("F")
      text += "\(trial.name),\(trial.user),\(trial.user == "u-0" ? "old" : "young"),"
      text += "\(isFall ? "fall" : "walk"),\(isFall ? 1 : 0),\(isFall ? "12100" : "")\n"
    }
    return text
  }

  static var rules: StreamRules {
    StreamRules(zscore: ZScoreRules(thousandthsOfK: 6_000, minSamples: 50))
  }
}

import Foundation
import Synchronization
import Testing

@testable import AcalertService

enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}

/// A file that goes when its owner does.
final class TemporaryFile {
  let path: String

  init(_ bytes: some Sequence<UInt8>, suffix: String = "") throws {
    path = NSTemporaryDirectory() + "acalert-\(UUID().uuidString)\(suffix)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private let madeFolders = Mutex<[String]>([])

/// A folder that goes when the tests are over.
func makeFolder() throws -> String {
  let path = NSTemporaryDirectory() + "acalert-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  madeFolders.withLock {
    if $0.isEmpty {
      atexit {
        madeFolders.withLock { folders in
          for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
        }
      }
    }
    $0.append(path)
  }
  return path
}

/// SplitMix64: the same sequence for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The error that a text leads to.
func fault(_ text: String) -> ConfigurationError? {
  do {
    _ = try Configuration(text: text, file: "test.yaml")
    return nil
  } catch {
    return error
  }
}

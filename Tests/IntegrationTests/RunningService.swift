import AcalertService
import Foundation
import Synchronization
import Testing

private let madeFolders = Mutex<[String]>([])

/// A service in this process, with a folder of its own, and what a user would see of it.
final class RunningService {
  let service: Service
  let folder: String

  init(
    _ cluster: TestCluster, topic: String, folder: String? = nil,
    change: (inout Configuration) -> Void = { _ in }
  ) throws {
    let folder = folder ?? Self.makeFolder()
    self.folder = folder
    var settings = Configuration()
    settings.kafka.bootstrapServers = cluster.brokers
    settings.kafka.group = cluster.group
    settings.kafka.properties = cluster.properties
    settings.streams[0].topics = [topic]
    settings.store.folder = folder
    settings.http.port = 0
    change(&settings)
    service = Service(settings)
    try service.start()
  }

  deinit { service.stop() }

  /// A folder that goes when the tests are over: who was killed in it may come back before.
  static func makeFolder() -> String {
    let path = NSTemporaryDirectory() + "acalert-\(UInt64.random(in: 0...UInt64.max))"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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

  var database: String { service.databasePath }

  /// A GET by curl, as JSON.
  func get(_ path: String) throws -> [String: Any] {
    let url = service.url + (service.url.hasSuffix("/") ? "" : "/") + path
    let (output, _, _) = try ForeignProgram.run(["curl", "-s", "--max-time", "10", url])
    return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
  }

  /// A query by sqlite3.
  func query(_ sql: String) throws -> String {
    let (output, errors, _) = try ForeignProgram.run(
      ["sqlite3", "-cmd", ".timeout 5000", "file:\(database)?mode=ro", sql])
    if !errors.isEmpty { throw QueryError(description: errors) }
    return output.trimmingCharacters(in: .newlines)
  }

  struct QueryError: Error, CustomStringConvertible {
    var description: String
  }

  /// Waits until the service reads its partitions.
  func waitUntilReady() throws {
    try eventually(within: 30, "the service is ready") {
      try get("readyz")["status"] as? String == "ready"
    }
  }
}

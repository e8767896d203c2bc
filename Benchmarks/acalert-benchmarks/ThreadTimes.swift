import Foundation

/// Processor time of each thread of this process so far.
struct ThreadTimes {
  private var threads: [String: (name: String, nanoseconds: UInt64)] = [:]

  /// Looks at all threads that there are. The kernel counts in nanoseconds (`schedstat`) what
  /// `/proc/self/task/*/stat` has in hundredths of a second.
  static func now() -> ThreadTimes {
    var times = ThreadTimes()
    let folder = "/proc/self/task"
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      // A thread may end at any moment.
      guard let name = text("\(folder)/\(thread)/comm"),
        let nanoseconds = text("\(folder)/\(thread)/schedstat")?
          .split(separator: " ").first.flatMap({ UInt64($0) })
      else { continue }
      times.threads[thread] = (String(name.prefix { $0 != "\n" }), nanoseconds)
    }
    return times
  }

  /// What each kind of threads has used since then, the busiest first.
  func since(_ earlier: ThreadTimes) -> [ThreadShare] {
    let main = "\(getpid())"
    let process = threads[main]?.name
    var seconds: [String: Double] = [:]
    for (thread, entry) in threads {
      let used =
        entry.nanoseconds - min(entry.nanoseconds, earlier.threads[thread]?.nanoseconds ?? 0)
      let kind = Self.kind(entry.name, isMain: thread == main, process: process)
      seconds[kind, default: 0] += Double(used) / 1e9
    }
    return seconds.map { ThreadShare(name: $0.key, cpuSeconds: $0.value) }
      .sorted { ($1.cpuSeconds, $0.name) < ($0.cpuSeconds, $1.name) }
  }

  /// The service's two threads by their names, librdkafka's together, and all others. A thread that has
  /// not been named bears the name of the process, as the main thread does.
  private static func kind(_ name: String, isMain: Bool, process: String?) -> String {
    if name.hasPrefix("rdk:") { return "librdkafka" }
    if name == process, !isMain { return "unnamed" }
    return name == "pipeline" || name == "store" ? name : "others"
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

/// What threads of one kind took of a run.
struct ThreadShare: Codable {
  var name: String
  var cpuSeconds: Double
}

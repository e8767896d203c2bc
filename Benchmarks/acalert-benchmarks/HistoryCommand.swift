import ArgumentParser
import Detection
import Foundation
import Store

/// What the history costs as it grows, and once the oldest of it is deleted as fast as new one comes.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Measures windows being stored while their history grows, and at its limit.",
    discussion: """
      Each subject closes one window of ten samples in each round, and a batch holds a seventh of the \
      subjects, as of a topic with several partitions. After the rounds of growth the same number of \
      rounds follows with the size that was reached as the limit.

      Exit code 1: in the last quarter of the growth a window took --goal-factor times as long as in the \
      first, or at the limit the database grew by more than a tenth.
      """)

  @Option(help: "Subjects, of which each closes a window in each round.")
  var subjects = 200_000

  @Option(help: "Rounds of growth.")
  var rounds = 40

  @Option(help: "How many times as long a window may take at the end.")
  var goalFactor = 1.5

  @Option(help: ArgumentHelp("Write the figures to this file.", valueName: "file"))
  var json: String?

  @Option(help: "Where the database is made, and removed again.")
  var folder = NSTemporaryDirectory()

  private static let batches = 7

  func run() throws {
    try ScratchFolder.with(in: folder, "history") { scratch in
      let store = try Store(path: "\(scratch)/acalert.db")
      defer { store.close() }
      var introduction = Decisions()
      introduction.subjects = StoreStage.subjects(UInt32(subjects))
      try store.apply(introduction)
      var batches = (0..<Self.batches).map { batch in
        StoreStage.windows(
          (0..<UInt32(subjects)).filter { Int($0 &* 2_654_435_761 >> 16) % Self.batches == batch },
          samples: 10)
      }
      var pace = UpkeepPace.retention(now: Meter.now)
      var times: [Double] = []
      var used: Int64 = 0
      func round(limit: Int64?) throws {
        let begin = Meter.cpu
        for place in batches.indices {
          let start = Workload.startTime + Int64(times.count) * 10_000
          for window in batches[place].windows.indices {
            batches[place].windows[window].start = start
          }
          try store.apply(batches[place])
          guard let limit else { continue }
          pace.wrote(batches[place].windows.count)
          while let budget = pace.budget(now: Meter.now) {
            let step = try store.prune(
              now: start, policy: Retention(maxBytes: limit), budget: budget)
            pace.stepped(done: step.deleted, isFinished: step.isFinished, now: Meter.now)
          }
        }
        times.append((Meter.cpu - begin) / Double(subjects) * 1e9)
        used = try store.prune(now: 0, policy: Retention(), budget: 1).usedBytes
      }
      for _ in 0..<rounds { try round(limit: nil) }
      let grown = used
      let quarter = max(1, rounds / 4)
      let first = Self.mean(times.prefix(quarter))
      let last = Self.mean(times.suffix(quarter))
      for _ in 0..<rounds { try round(limit: grown) }
      var goals = Goals()
      goals.add("windows", Double(rounds * subjects), "")
      goals.add("database", Double(grown) / 1_048_576, "MiB")
      goals.add("first quarter, a window", first, "ns")
      goals.add("last quarter, a window", last, "ns", atMost: goalFactor * first)
      goals.add("at the limit, with the oldest deleted", Self.mean(times.suffix(quarter)), "ns")
      goals.add(
        "database then", Double(used) / 1_048_576, "MiB", atMost: 1.1 * Double(grown) / 1_048_576)
      try goals.report(json: json)
    }
  }

  private static func mean(_ times: some Collection<Double>) -> Double {
    times.reduce(0, +) / Double(max(1, times.count))
  }
}

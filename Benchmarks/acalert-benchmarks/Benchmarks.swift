import ArgumentParser

/// Measures the stages of a record's way apart, and the whole of it.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acalert-benchmarks",
    abstract: "Measures what a record costs, stage by stage, and what the whole service can do.",
    subcommands: [
      RunCommand.self, StageCommand.self, BrokerCommand.self, AlarmsCommand.self,
      StormCommand.self, HistoryCommand.self, NoveltyCommand.self, LatencyCommand.self,
      WatchersCommand.self,
      StartupCommand.self, BackpressureCommand.self, ServeCommand.self, SourceCommand.self,
      FeedCommand.self, CrowdCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}

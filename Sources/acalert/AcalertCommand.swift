import AcalertService
import ArgumentParser

/// The command line.
@main
struct AcalertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acalert",
    abstract: "Watches streams of sensor records and says who is safe.",
    discussion: """
      Wearables send accelerometer samples through Kafka. Acalert compares each sample with the \
      wearer's own last seconds, keeps one row per wearer in a SQLite database, and shows every \
      change of a row in the browser at once. What cameras saw is held against rules that you write.

      To see it work:                    acalert demo
      Against a Kafka cluster:           acalert serve --config config/acalert.yaml
      Who is in danger just now:         acalert status --state danger
      Is my configuration right:         acalert check-config config/acalert.yaml
      What would it say of a recording:  acalert replay recording.csv
      How good is it on my recordings:   acalert backtest falls.csv --labels falls_trials.csv
      Do my rules for cameras work:      acalert rules test config/rules.yaml
      What is open, and I take care:     acalert alerts; acalert ack 17
      Who would be told of an alert:     acalert route test --help
      It was a false alarm:              acalert alerts verdict 17 false-alarm
      Learn from our own alerts:         acalert label --out labels.csv

      Exit codes: 0 done; 1 failed, or nothing matched (status, alerts, label), or a test failed (rules test), \
      or nobody would be told (route test); 64 wrong arguments; 65 a file is not what it should be; \
      66 a file cannot be read; 73 a file cannot be written; \
      69 something needed is not available (a port, a broker, the service); 78 the configuration is wrong.
      """,
    version: AcalertVersion.current,
    subcommands: [
      DemoCommand.self, ServeCommand.self, StatusCommand.self, CheckConfigCommand.self,
      ReplayCommand.self, BacktestCommand.self, FeaturesCommand.self, TuneCommand.self,
      RulesCommand.self, AlertsCommand.self, LabelCommand.self, AckCommand.self,
      SilenceCommand.self, RouteCommand.self, CheckCommand.self,
    ])
}

import AcalertService
import ArgumentParser
import Foundation

/// `acalert check`: an active check for Nagios and its kin.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a running service, as a plugin for Nagios.",
    discussion: """
      Prints one line and exits with 0 OK, 1 WARNING, 2 CRITICAL or 3 UNKNOWN, with performance data \
      behind the bar, as https://nagios-plugins.org/doc/guidelines.html says. Acknowledged alerts do not \
      count. A service that does not answer or is not ready, Kafka that has not answered it for half a \
      minute, and a receiver of alerts that keeps failing, are CRITICAL: somebody may be in danger and \
      nobody would know.
      """)

  @OptionGroup var service: ServiceOptions

  @Option(help: "WARNING from so many alerts that nobody has acknowledged, of any severity.")
  var warning = 1

  @Option(help: "CRITICAL from so many in danger that nobody has acknowledged.")
  var critical = 1

  @Option(help: "Only subjects of this kind, e.g. wearer.")
  var kind: String?

  @Option(help: "Only this site.")
  var site: String?

  /// From so many seconds without an answer of Kafka on the check is CRITICAL.
  private static let unheardLimit = 30

  /// What is said, and with which code.
  enum Level: Int32 {
    case ok = 0
    case warning, critical, unknown

    var name: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }
  }

  func run() throws {
    let (level, text, figures) = judge()
    // A bar or a line break would be taken for the beginning of the figures.
    let clean = text.map { $0 == "|" ? "/" : $0.isNewline ? " " : $0 }
    print("ACALERT \(level.name) - \(String(clean))\(figures.isEmpty ? "" : " | \(figures)")")
    if level != .ok { throw ExitCode(level.rawValue) }
  }

  private func judge() -> (Level, String, String) {
    do {
      let client = try service.client()
      let (isReady, detail) = try client.readiness()
      let open = try all(client)
      let fresh = open.filter { $0.acknowledged == nil }
      let dangers = fresh.filter { $0.severity == "danger" }
      let failing = try client.ask(ReceiversAnswer.self, .get, "/api/v1/receivers").items
        .filter(\.failing).map(\.name)
      let state = try client.ask(ServiceAnswer.self, .get, "/api/v1/service")
      let figures = [
        "danger=\(dangers.count);;\(critical);0",
        "alerts=\(fresh.count);\(warning);;0",
        "acknowledged=\(open.count - fresh.count);;;0",
        "records_per_second=\((state.recordsPerSecond * 10).rounded() / 10);;;0",
        state.lag.map { "lag=\($0);;;0" } ?? "",
      ].filter { !$0.isEmpty }.joined(separator: " ")
      if !isReady { return (.critical, "not ready: \(detail)", figures) }
      if let unheard = state.unheardSeconds, unheard >= Self.unheardLimit {
        return (
          .critical,
          "Kafka has not answered for \(unheard) s, or not for all partitions: new records are not seen",
          figures
        )
      }
      let count = "\(dangers.count) in danger, \(fresh.count - dangers.count) warnings"
      let first = fresh.first.map { "; \($0.subject): \($0.reason)" } ?? ""
      if dangers.count >= critical { return (.critical, count + first, figures) }
      if !failing.isEmpty {
        return (
          .critical, "receivers keep failing: \(failing.joined(separator: ", ")); \(count)", figures
        )
      }
      if fresh.count >= warning { return (.warning, count + first, figures) }
      return (.ok, count, figures)
    } catch let refusal as ServiceClient.Refusal {
      return (refusal.status == nil ? .critical : .unknown, refusal.description, "")
    } catch {
      return (.unknown, "the check could not be made: \(error)", "")
    }
  }

  /// All open alerts that the check is about.
  private func all(_ client: ServiceClient) throws -> [AlertAnswer] {
    var found: [AlertAnswer] = []
    var cursor: String?
    repeat {
      let page = try client.ask(
        AlertPageAnswer.self, .get, "/api/v1/alerts",
        query: [("kind", kind), ("site", site), ("limit", "1000"), ("cursor", cursor)])
      found += page.items
      cursor = page.next
    } while cursor != nil
    return found
  }

  func validate() throws {
    guard warning > 0, critical > 0 else {
      throw ValidationError("--warning and --critical must be above 0")
    }
  }
}

import Alerting
import Detection
import Events

/// Who would be told of an alert that is only thought of. What depends on other alerts is not in it:
/// silences, inhibition, and rate caps.
public struct RouteTrial: Equatable, Sendable {
  /// For people, several lines.
  public let report: String
  /// Whether anybody would be told, at once or if nobody acknowledges it.
  public let isAnybodyTold: Bool

  /// - Parameters:
  ///   - labels: of the alert; see ``labels(_:)``.
  ///   - time: when it is, in milliseconds since 1970: schedules may be in force.
  ///   - zone: the device's time zone, for schedules that go by it; that of the settings if absent.
  public init(
    _ file: AlertsFile, labels: AlertLabels, at time: Int64, zone: String? = nil
  ) {
    let settings = file.settings
    let routes = Dictionary(
      settings.route.all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var lines: [String] = []
    var told: [String] = []
    for match in RouteTree(settings.route).routes(for: labels) {
      guard let route = routes[match.route] else { continue }
      let matchers = route.matchers.isEmpty ? "everything" : route.matchers.words
      lines.append("route \(route.name): \(matchers)")
      if let name = Self.mute(route, settings, at: time, zone: zone) {
        lines.append(
          "  nobody: muted by \(name) at \(ReadableTime.text(time)); told afterwards, if it lasts")
        continue
      }
      let steps =
        [("", route.groupWait, match.receivers)]
        + route.escalations.map { ("not acknowledged: ", $0.after, $0.receivers) }
      for (condition, after, receivers) in steps {
        let when = Route.delay(after)
        for name in receivers {
          lines.append("  \(condition)\(when): \(Self.words(name, file))")
          if !told.contains(name) { told.append(name) }
        }
      }
      if match.receivers.isEmpty && route.escalations.isEmpty {
        lines.append("  nobody: it has no receivers")
      }
      lines.append("  group \(match.group): \(route.groupWords)")
    }
    lines.append(
      told.isEmpty ? "nobody is told" : "told: \(told.joined(separator: ", "))")
    report = lines.joined(separator: "\n")
    isAnybodyTold = !told.isEmpty
  }

  private static func words(_ receiver: String, _ file: AlertsFile) -> String {
    guard let found = file.settings.receivers.first(where: { $0.name == receiver }) else {
      return receiver
    }
    let place = file.destinations[receiver] ?? ""
    return "\(receiver) (\(found.kind.name)\(place.isEmpty ? "" : " \(place)"))"
  }

  /// The first schedule in force.
  private static func mute(
    _ route: Route, _ settings: AlertSettings, at time: Int64, zone: String?
  ) -> String? {
    route.mute.first { name in
      settings.muteSchedules[name]?.times.contains { schedule in
        let zone =
          switch schedule.zone {
          case .device: zone ?? settings.timeZone
          case .named(let name): name
          }
        return schedule.isOpen(at: time, offsets: ZoneOffsets.system(zone) ?? .utc)
      } ?? false
    }
  }
}

extension RouteTrial {
  /// What is wrong with the description of an alert.
  public struct LabelError: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// Reads `kind=wearer`, `user=u-17`, … A label that is not given is empty; `cause=rule:7` and `rule=7`
  /// say each other.
  public static func labels(_ words: [String]) throws(LabelError) -> AlertLabels {
    var values: [AlertLabel: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let label = AlertLabel(rawValue: String(parts[0])) else {
        let known = AlertLabel.allCases.map(\.rawValue).joined(separator: ", ")
        throw LabelError(description: "\"\(word)\" is not LABEL=VALUE; labels are \(known)")
      }
      guard values.updateValue(String(parts[1]), forKey: label) == nil else {
        throw LabelError(description: "\(label.rawValue) is given twice")
      }
    }
    if let cause = values[.cause], !cause.isEmpty {
      guard let cause = Cause(name: cause) else {
        throw LabelError(
          description: "\"\(cause)\" is no cause: abnormal, fall, rule:ID, void_image, stale")
      }
      let rule = cause.rule.map(String.init) ?? ""
      guard values[.rule, default: rule] == rule else {
        throw LabelError(
          description: "cause=\(cause.name) and rule=\(values[.rule] ?? "") contradict each other")
      }
      values[.rule] = rule
    } else if let rule = values[.rule], !rule.isEmpty {
      guard let id = Int(rule) else {
        throw LabelError(description: "\"\(rule)\" is not the id of a rule, which is a number")
      }
      values[.cause] = Cause.rule(id).name
    }
    if let severity = values[.severity], !["", "warning", "danger"].contains(severity) {
      throw LabelError(description: "\"\(severity)\" is no severity: warning, danger")
    }
    return AlertLabels(values: values)
  }

  /// Labels that every alert has, and these words do not give: their absence may mislead.
  public static func missing(_ labels: AlertLabels) -> [AlertLabel] {
    [.kind, .user, .cause, .severity].filter { labels[$0].isEmpty }
  }
}

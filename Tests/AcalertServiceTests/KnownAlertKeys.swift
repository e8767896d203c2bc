@testable import AcalertService

/// The keys that the reader of a file of alerts knows, asked of the reader itself, as in ``KnownKeys``.
enum KnownAlertKeys {
  /// The paths of all keys that hold a value, e.g. `receivers[].smtp.server`. A secret, and the labels of
  /// a matcher, are values. Routes below the root are asked for what the root has not.
  static let leaves: Set<String> = {
    var found: Set<String> = []
    collect([], into: &found)
    return found
  }()

  private static func collect(_ path: [String], into found: inout Set<String>) {
    guard let keys = known(at: path), !keys.contains("severity") || path.last == "stale" else {
      found.insert(path.joined(separator: "."))
      return
    }
    for key in keys {
      let child = path + [key]
      if key == "muteSchedules" {
        collect(child + ["NAME[]"], into: &found)
        continue
      }
      let isList = fault(child, "{}")?.contains("must be a list") ?? false
      if child == ["route", "routes[]", "routes"] { continue }
      collect(isList ? path + [key + "[]"] : child, into: &found)
    }
    found = found.filter { key in
      // What a route below has as the root has it.
      guard key.hasPrefix("route.routes[].") else { return true }
      let rest = key.dropFirst("route.routes[].".count)
      return ["name", "match", "continue"].contains { rest.hasPrefix($0) }
    }
  }

  /// The keys known in the mapping at `path`; nil if there is a value of another kind.
  private static func known(at path: [String]) -> [String]? {
    guard let message = fault(path, "{\"?\": 1}"), message.contains("unknown key \"?\""),
      let list = message.firstMatch(of: /\(known here: (.*)\)/)
    else { return nil }
    return list.1.split(separator: ", ").map(String.init)
  }

  private static func fault(_ path: [String], _ value: String) -> String? {
    AlertsFile.fault(document(path, value))?.message
  }

  /// A text that says one thing only.
  private static func document(_ path: [String], _ value: String) -> String {
    path.reversed().reduce(value) { inner, key in
      key.hasSuffix("[]") ? "{\(key.dropLast(2)): [\(inner)]}" : "{\(key): \(inner)}"
    }
  }
}

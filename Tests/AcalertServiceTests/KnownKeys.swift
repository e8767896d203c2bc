@testable import AcalertService

/// The keys that the reader knows, asked of the reader itself: an unknown key is refused with the list
/// of those known in its place.
enum KnownKeys {
  /// The paths of all keys that hold a value, e.g. `streams[].window.length`.
  static let leaves: Set<String> = {
    var found: Set<String> = []
    collect([], into: &found)
    return found
  }()

  private static func collect(_ path: [String], into found: inout Set<String>) {
    guard let keys = known(at: path) else {
      found.insert(path.joined(separator: "."))
      return
    }
    for key in keys {
      // What is a list of mappings says so; probe its first item.
      let child = path + [key]
      let isList = fault(document(child, "{}"))?.message.contains("must be a list") ?? false
      collect(isList ? path + [key + "[]"] : child, into: &found)
    }
  }

  /// The keys known in the mapping at `path`; nil if there is a value of another kind.
  private static func known(at path: [String]) -> [String]? {
    guard
      let message = fault(document(path, "{\"?\": 1}"))?.message,
      message.contains("unknown key \"?\""),
      let list = message.firstMatch(of: /\(known here: (.*)\)/)
    else { return nil }
    return list.1.split(separator: ", ").map(String.init)
  }

  private static func document(_ path: [String], _ value: String) -> String {
    path.reversed().reduce(value) { inner, key in
      key.hasSuffix("[]") ? "{\(key.dropLast(2)): [\(inner)]}" : "{\(key): \(inner)}"
    }
  }
}

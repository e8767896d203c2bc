@testable import AcalertService

/// The keys that the reader knows, asked of the reader itself: an unknown key is refused with the list
/// of those known in its place.
enum KnownKeys {
  /// The paths of all keys that hold a value, e.g. `streams[].window.length`, in streams of any type.
  static let leaves = samples.union(camera)

  /// Those of an entry of `overrides` that are the stream's own, with the same meaning and bounds.
  static let repeated = leaves.filter { key in
    key.hasPrefix("streams[].overrides[].")
      && leaves.contains(key.replacing("overrides[].", with: ""))
  }

  static let samples = leaves(ofType: "samples")
  static let camera = leaves(ofType: "camera")

  private static func leaves(ofType type: String) -> Set<String> {
    var found: Set<String> = []
    collect([], type, into: &found)
    return found
  }

  private static func collect(_ path: [String], _ type: String, into found: inout Set<String>) {
    guard let keys = known(at: path, type) else {
      found.insert(path.joined(separator: "."))
      return
    }
    for key in keys {
      // What is a list of mappings says so; probe its first item.
      let child = path + [key]
      let isList = fault(document(child, type, "{}"))?.message.contains("must be a list") ?? false
      collect(isList ? path + [key + "[]"] : child, type, into: &found)
    }
  }

  /// The keys known in the mapping at `path`; nil if there is a value of another kind.
  private static func known(at path: [String], _ type: String) -> [String]? {
    guard
      let message = fault(document(path, type, "{\"?\": 1}"))?.message,
      message.contains("unknown key \"?\""),
      let list = message.firstMatch(of: /\(known here: (.*)\)/)
    else { return nil }
    return list.1.split(separator: ", ").map(String.init)
  }

  /// A text that says one thing only, of a stream of this type.
  private static func document(_ path: [String], _ type: String, _ value: String) -> String {
    path.reversed().reduce(value) { inner, key in
      switch key {
      case "streams[]": "{streams: [{type: \(type), \(inner.dropFirst())]}"
      case _ where key.hasSuffix("[]"): "{\(key.dropLast(2)): [\(inner)]}"
      default: "{\(key): \(inner)}"
      }
    }
  }
}

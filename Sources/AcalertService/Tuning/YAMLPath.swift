/// A way through a YAML document: keys of mappings and places in lists.
struct YAMLPath: Equatable, CustomStringConvertible {
  enum Step: Equatable {
    case key(String)
    case item(Int)
  }

  var steps: [Step]

  init(_ steps: [Step]) { self.steps = steps }

  /// Reads a text such as `status.raise.count` or `overrides[0].zscore.k`; nil if it is none.
  init?(_ text: String) {
    steps = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      guard let match = part.wholeMatch(of: /([A-Za-z][A-Za-z0-9_-]*)((?:\[[0-9]{1,4}\])*)/)
      else { return nil }
      steps.append(.key(String(match.1)))
      for number in match.2.matches(of: /[0-9]+/) {
        guard let place = Int(number.0) else { return nil }
        steps.append(.item(place))
      }
    }
  }

  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .item(let place): text += "[\(place)]"
      }
    }
  }

  static func + (left: YAMLPath, right: YAMLPath) -> YAMLPath { YAMLPath(left.steps + right.steps) }
}

/// A single value to be put into a YAML document.
struct YAMLEdit: Equatable {
  var path: YAMLPath
  var value: String
}

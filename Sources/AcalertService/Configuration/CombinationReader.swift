import Detection

extension CombinationRules {
  /// Reads `combine`; what it leaves out stays.
  ///
  /// - Parameters:
  ///   - names: what can be weighed.
  ///   - times: whether there are `hold` and `refractory`.
  mutating func read(_ node: StrictNode, names: Set<String>, times: Bool = true) throws {
    var rules = self
    var readers: [String: (StrictNode) throws -> Void] = [
      "need": { rules.need = try Need($0) },
      "weights": { node in
        rules.weights = [:]
        for (key, name, value) in try node.entries() {
          guard names.contains(name) else {
            throw key.error("\"\(name)\" is none of: \(names.sorted().joined(separator: ", "))")
          }
          rules.weights[name] = try value.number(in: 0...1000)
        }
      },
    ]
    if times {
      readers["hold"] = { rules.hold = try $0.duration() }
      readers["refractory"] = { rules.refractory = try $0.duration() }
    }
    try node.mapping(readers)
    self = rules
  }
}

extension CombinationRules.Need {
  fileprivate init(_ node: StrictNode) throws {
    switch try node.text() {
    case "any": self = .any
    case "all": self = .all
    case let text:
      guard let sum = try? node.number(in: 0...1_000_000), sum > 0 else {
        throw node.error("\"\(text)\" is neither any, nor all, nor a number above 0")
      }
      self = .atLeast(sum)
    }
  }

  /// As one would write it.
  var text: String {
    switch self {
    case .any: "any"
    case .all: "all"
    case .atLeast(let sum): StrictNode.text(sum)
    }
  }
}

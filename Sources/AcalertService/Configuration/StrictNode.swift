import Yams

/// A place in a YAML file that knows its path, and how to complain about itself.
struct StrictNode {
  let node: Node
  let file: String
  /// The path from the root, e.g. `streams[0].window`.
  let path: String

  func error(_ message: String) -> ConfigurationError {
    ConfigurationError(
      file: file, line: node.mark?.line, column: node.mark?.column,
      message: path.isEmpty ? message : "\(path): \(message)")
  }

  /// Hands each entry to `read` under its key; unknown keys and keys given twice are errors.
  ///
  /// - Parameter elsewhere: keys known in another kind of mapping, and what is said of one here.
  func mapping(
    _ known: [String: (StrictNode) throws -> Void],
    elsewhere: (keys: Set<String>, message: String) = ([], "")
  ) throws {
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return }
    guard case .mapping(let mapping) = node else {
      throw error("must be a mapping (key: value)")
    }
    var seen: Set<String> = []
    for (key, value) in mapping {
      guard let name = key.string else { throw error("keys must be words") }
      let child = StrictNode(
        node: value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
      let place = StrictNode(node: key, file: file, path: path)
      guard seen.insert(name).inserted else { throw place.error("\"\(name)\" is given twice") }
      guard let read = known[name] else {
        if elsewhere.keys.contains(name) { throw place.error("\"\(name)\" \(elsewhere.message)") }
        let names = known.keys.sorted()
        let close = names.min { Self.distance($0, name) < Self.distance($1, name) }
        // Of a short word half may differ, of a long one three letters: more is no slip of the pen.
        let hint =
          close.map {
            Self.distance($0, name) <= min(3, (name.count + 1) / 2)
              ? "; did you mean \"\($0)\"?" : ""
          } ?? ""
        throw place.error(
          "unknown key \"\(name)\"\(hint) (known here: \(names.joined(separator: ", ")))")
      }
      try read(child)
    }
  }

  /// Each entry of a mapping whose keys are free.
  func entries() throws -> [(key: StrictNode, name: String, value: StrictNode)] {
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
    guard case .mapping(let mapping) = node else {
      throw error("must be a mapping (key: value)")
    }
    var seen: Set<String> = []
    return try mapping.map { key, value in
      guard let name = key.string else { throw error("keys must be words") }
      let place = StrictNode(node: key, file: file, path: path)
      guard seen.insert(name).inserted else { throw place.error("\"\(name)\" is given twice") }
      return (place, name, StrictNode(node: value, file: file, path: "\(path).\(name)"))
    }
  }

  /// The value under a key, if this is a mapping that has it.
  func child(_ key: String) -> StrictNode? {
    guard case .mapping(let mapping) = node,
      let entry = mapping.first(where: { $0.key.string == key })
    else { return nil }
    return StrictNode(
      node: entry.value, file: file, path: path.isEmpty ? key : "\(path).\(key)")
  }

  func sequence() throws -> [StrictNode] {
    guard case .sequence(let sequence) = node else { throw error("must be a list ([a, b])") }
    return sequence.enumerated().map { place, item in
      StrictNode(node: item, file: file, path: "\(path)[\(place)]")
    }
  }

  /// The same, or nothing where the file has a key without a value.
  func sequenceOrNothing() throws -> [StrictNode] {
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
    return try sequence()
  }

  func text() throws -> String {
    guard case .scalar(let scalar) = node else { throw error("must be a single value") }
    return scalar.string
  }

  func nonEmptyText() throws -> String {
    let text = try text()
    guard !text.isEmpty else { throw error("must not be empty") }
    return text
  }

  /// One word, or a list of them.
  func texts() throws -> [String] { try items().map { try $0.nonEmptyText() } }

  /// The items of a list, or the single value itself.
  func items() throws -> [StrictNode] {
    if case .sequence = node { return try sequence() }
    return [self]
  }

  /// An error about the entry at a path of keys below this node, e.g. `window.length`: at that entry, or
  /// as near above it as the file goes.
  func error(_ message: String, at setting: String) -> ConfigurationError {
    var place = self
    var rest = setting.split(separator: ".")[...]
    while let key = rest.first, let child = place.child(String(key)) {
      place = child
      rest.removeFirst()
    }
    return place.error(rest.isEmpty ? message : "\(rest.joined(separator: ".")): \(message)")
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    let text = try text()
    guard let value = Int(text) else { throw error("\"\(text)\" is not a whole number") }
    guard range.contains(value) else {
      throw error("\(value) is not within \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func boolean() throws -> Bool {
    let text = try text()
    switch text {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw error("\"\(text)\" is neither true nor false")
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>() throws -> Choice
  where Choice.RawValue == String {
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("\"\(text)\" is none of: \(all)")
    }
    return choice
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    var row = Array(0...right.count)
    for i in 0..<left.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<right.count {
        let change = diagonal + (left[i] == right[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}

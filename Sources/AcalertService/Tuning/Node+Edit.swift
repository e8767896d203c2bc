import Yams

extension Node {
  /// Whether nothing stands here, as behind a key without a value, which is read as an empty mapping.
  private var isNothing: Bool {
    guard case .scalar(let scalar) = self, scalar.string.isEmpty else { return false }
    return scalar.style == .plain || scalar.style == .any
  }

  /// The node at the end of a path; nil if the document does not go so far.
  func node(at steps: some Collection<YAMLPath.Step>) -> Node? {
    guard let step = steps.first else { return self }
    return child(step)?.node(at: steps.dropFirst())
  }

  private func child(_ step: YAMLPath.Step) -> Node? {
    switch (self, step) {
    case (.mapping(let mapping), .key(let key)):
      mapping.first { $0.key.string == key }?.value
    case (.sequence(let sequence), .item(let place)):
      sequence.indices.contains(place) ? sequence[place] : nil
    default: nil
    }
  }

  /// Puts a single value at the end of a path; mappings that are missing on the way are made.
  ///
  /// - Returns: what stands against it, e.g. that a list is not so long; nil if it is done.
  mutating func set(_ steps: ArraySlice<YAMLPath.Step>, to value: String) -> String? {
    guard let step = steps.first else {
      if case .scalar = self {
        self = Node(value)
        return nil
      }
      return "is not a single value"
    }
    let rest = steps.dropFirst()
    switch step {
    case .key(let key):
      if isNothing { self = Node([(Node, Node)]()) }
      guard case .mapping(var mapping) = self else { return "is no mapping that could have \(key)" }
      if let place = mapping.firstIndex(where: { $0.key.string == key }) {
        var child = mapping[place].value
        if let fault = child.set(rest, to: value) { return fault }
        mapping[mapping[place].key] = child
      } else {
        var child = Node("")
        if let fault = child.set(rest, to: value) { return fault }
        mapping[Node(key)] = child
      }
      self = .mapping(mapping)
    case .item(let place):
      guard case .sequence(var sequence) = self, sequence.indices.contains(place) else {
        return "has no item [\(place)]"
      }
      if let fault = sequence[place].set(rest, to: value) { return fault }
      self = .sequence(sequence)
    }
    return nil
  }

  /// Every single value below, with its path.
  func leaves(below path: YAMLPath = YAMLPath([])) -> [(path: YAMLPath, text: String)] {
    switch self {
    case .scalar(let scalar): [(path, scalar.string)]
    case .mapping(let mapping):
      mapping.flatMap { key, value in
        value.leaves(below: path + YAMLPath([.key(key.string ?? "")]))
      }
    case .sequence(let sequence):
      sequence.enumerated().flatMap { $1.leaves(below: path + YAMLPath([.item($0)])) }
    case .alias: []
    }
  }
}

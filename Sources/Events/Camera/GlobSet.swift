/// Patterns for ids, of which any may match: those without wildcards in one look-up, the others one
/// after the other.
struct GlobSet: Sendable {
  private let literals: Set<[UInt8]>
  private let patterns: [GlobPattern]

  init(_ globs: [String]) {
    let all = globs.map(GlobPattern.init)
    literals = Set(all.filter(\.isLiteral).map { Array($0.text.utf8) })
    patterns = all.filter { !$0.isLiteral }
  }

  var isEmpty: Bool { literals.isEmpty && patterns.isEmpty }

  func matches(_ id: UnsafeRawBufferPointer) -> Bool {
    patterns.contains { $0.matches(id) } || !literals.isEmpty && literals.contains(Array(id))
  }

  /// Whether there are no patterns, or one that matches.
  func admits(_ id: UnsafeRawBufferPointer) -> Bool { isEmpty || matches(id) }
}

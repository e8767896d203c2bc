import Events

/// Distinct patterns for one kind of id, by number, and which of them fit an id.
///
/// Exact names lie in a hash table; patterns are grouped by what all their matches begin with. So
/// looking up an id costs one probe, one for each length of prefix in use, and the tests of the patterns
/// that share the id's beginning.
struct PatternIndex {
  private var patterns: [GlobPattern] = []
  /// By bytes: strings that only look the same are different patterns.
  private var numbers: [[UInt8]: Int32] = [:]
  private var exact: [[UInt8]: Int32] = [:]
  private var byPrefix: [[UInt8]: [Int32]] = [:]
  private var prefixLengths: [Int] = []
  /// For each pattern, the look-up in which it fitted last.
  private var stamps: [UInt64] = []
  private var lookUp: UInt64 = 0

  /// The pattern's number: new ones get the next.
  mutating func add(_ text: String) -> Int32 {
    let bytes = Array(text.utf8)
    if let number = numbers[bytes] { return number }
    let pattern = GlobPattern(text)
    let number = Int32(patterns.count)
    numbers[bytes] = number
    patterns.append(pattern)
    stamps.append(0)
    if pattern.isLiteral {
      exact[bytes] = number
    } else {
      let prefix = pattern.literalPrefix
      byPrefix[prefix, default: []].append(number)
      if !prefixLengths.contains(prefix.count) { prefixLengths.append(prefix.count) }
    }
    return number
  }

  /// The numbers of the patterns that fit, each once.
  mutating func find(_ id: UnsafeRawBufferPointer) -> [Int32] {
    lookUp += 1
    var found: [Int32] = []
    if patterns.isEmpty { return found }
    if let number = exact[Array(id)] { found.append(number) }
    for length in prefixLengths where length <= id.count {
      guard let group = byPrefix[Array(id.prefix(length))] else { continue }
      for number in group where patterns[Int(number)].matches(id) { found.append(number) }
    }
    for number in found { stamps[Int(number)] = lookUp }
    return found
  }

  /// Whether any of these patterns (in ascending order; none stands for anything) is among `found`, the
  /// answer of the last call of `find`.
  func fits(anyOf numbers: [Int32], _ found: [Int32]) -> Bool {
    if numbers.isEmpty { return true }
    // Few are looked up one by one; in a long list, the few that were found are searched for.
    if numbers.count <= 8 { return numbers.contains { stamps[Int($0)] == lookUp } }
    return found.contains { number in
      var low = 0
      var high = numbers.count
      while low < high {
        let middle = (low + high) / 2
        if numbers[middle] < number { low = middle + 1 } else { high = middle }
      }
      return low < numbers.count && numbers[low] == number
    }
  }
}

/// A pattern for ids: `*` stands for any characters, `?` for one byte, everything else for itself.
public struct GlobPattern: Hashable, Sendable {
  public let text: String
  private let bytes: [UInt8]

  public init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// Whether it has neither `*` nor `?`.
  public var isLiteral: Bool { !bytes.contains(Self.any) && !bytes.contains(Self.one) }

  /// What every match begins with.
  public var literalPrefix: [UInt8] {
    Array(bytes.prefix { $0 != Self.any && $0 != Self.one })
  }

  /// Whether all of `id` fits. Linear in the pattern times the id at worst.
  public func matches(_ id: UnsafeRawBufferPointer) -> Bool {
    bytes.withUnsafeBufferPointer { pattern in
      var place = 0
      var next = 0
      // Where to go on after the last `*`, if what followed it did not fit.
      var star = -1
      var retry = 0
      while next < id.count {
        if place < pattern.count, pattern[place] == Self.any {
          star = place
          retry = next
          place += 1
        } else if place < pattern.count, pattern[place] == Self.one || pattern[place] == id[next] {
          place += 1
          next += 1
        } else if star >= 0 {
          retry += 1
          next = retry
          place = star + 1
        } else {
          return false
        }
      }
      while place < pattern.count, pattern[place] == Self.any { place += 1 }
      return place == pattern.count
    }
  }

  public func matches(_ id: String) -> Bool {
    var id = id
    return id.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  private static let any = UInt8(ascii: "*")
  private static let one = UInt8(ascii: "?")
}

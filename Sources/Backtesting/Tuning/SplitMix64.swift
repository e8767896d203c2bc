/// Random numbers that a seed determines, the same on every machine.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number from 0 up to, and without, `bound`, each as likely as the others.
  ///
  /// Written out, since the standard library does not promise that its own way stays as it is.
  ///
  /// - Parameter bound: at least 1.
  public mutating func below(_ bound: UInt64) -> UInt64 {
    // Words above the last whole multiple of the bound would favour small numbers.
    let limit = UInt64.max - (UInt64.max % bound + 1) % bound
    while true {
      let word = next()
      if word <= limit { return word % bound }
    }
  }

  /// A number from 0 up to, and without, 1: a multiple of 2^−53.
  public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Puts the items into an order that is each as likely as the others (Fisher and Yates).
  public mutating func shuffle<Item>(_ items: inout [Item]) {
    for last in items.indices.dropFirst().reversed() {
      items.swapAt(last, Int(below(UInt64(last) + 1)))
    }
  }
}

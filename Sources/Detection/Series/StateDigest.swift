/// A digest of saved words that changes with any of them: against bytes that were cut or harmed, not against
/// somebody who wants to forge them.
enum StateDigest {
  /// Each word is mixed in with the finishing step of SplitMix64 (Steele, Lea, Flood 2014).
  static func of(_ bytes: [UInt8]) -> Int64 {
    bytes.withUnsafeBytes { bytes in
      var digest = UInt64(bytes.count)
      for place in stride(from: 0, to: bytes.count &- bytes.count % 8, by: 8) {
        digest = mixed(
          digest
            &+ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      }
      for byte in bytes.suffix(bytes.count % 8) { digest = mixed(digest &+ UInt64(byte)) }
      return Int64(bitPattern: digest)
    }
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    var word = word &+ 0x9e37_79b9_7f4a_7c15
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

import COpenSSL

/// SHA-256 (FIPS 180-4), by OpenSSL.
enum FileHash {
  private static let size = 32

  /// 64 lower-case hexadecimal digits.
  static func hex(of bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: size)
    EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    return digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}

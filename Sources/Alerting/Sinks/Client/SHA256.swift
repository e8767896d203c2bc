import COpenSSL

/// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), by OpenSSL, in hexadecimal.
enum SHA256 {
  private static let size = 32

  static func hex(of bytes: some Collection<UInt8>) -> String {
    var digest = [UInt8](repeating: 0, count: size)
    let bytes = Array(bytes)
    EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    return hex(digest)
  }

  static func authenticationCode(of bytes: [UInt8], key: some Collection<UInt8>) -> String {
    var digest = [UInt8](repeating: 0, count: size)
    let key = Array(key)
    HMAC(EVP_sha256(), key, Int32(clamping: key.count), bytes, bytes.count, &digest, nil)
    return hex(digest)
  }

  private static func hex(_ digest: [UInt8]) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}

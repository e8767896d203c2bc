import Events
import Foundation
import Store

extension Configuration {
  /// What decides how records are judged, as text without secrets: recorded with every change of a row.
  var judgementText: String {
    streams.map { stream in
      """
      stream \(stream.name): topics \(stream.topics.joined(separator: " ")), format \(stream.format), \
      rules \(stream.rules)
      """
    }.joined(separator: "\n")
  }

  /// The version of the judgement: the first 32 bits of the FNV-1a hash of its text, as eight digits
  /// (http://www.isthe.com/chongo/tech/comp/fnv/).
  var version: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in judgementText.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash >> 32, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  func configurationVersion(at time: Int64) -> ConfigurationVersion {
    ConfigurationVersion(
      version: version, text: judgementText, firstUsed: time,
      units: Dictionary(
        streams.map { ($0.rules.kind, $0.rules.unit) }, uniquingKeysWith: { first, _ in first }))
  }
}

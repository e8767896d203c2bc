import Detection
import Events
import Foundation
import Store

extension Configuration {
  /// What decides how records are judged, as text without secrets: recorded with every change of a row.
  ///
  /// - Parameter rules: the threat rules of the camera streams, by the streams' places; those of a
  ///   stream that is not in it are the standard ones.
  func judgementText(rules: [Int: RuleSet] = [:]) -> String {
    streams.enumerated().map { place, stream in
      guard let camera = stream.camera else {
        return """
          stream \(stream.name): topics \(stream.topics.joined(separator: " ")), \
          format \(stream.format), rules \(stream.rules)
          """
      }
      return """
        stream \(stream.name): topics \(stream.topics.joined(separator: " ")), \
        format \(camera.format.judgementText), rules \(stream.rules)
        threat rules of \(stream.name):
        \((rules[place] ?? .standard).text)
        """
    }.joined(separator: "\n")
  }

  /// The version of the judgement: the first 32 bits of the FNV-1a hash of its text, as eight digits
  /// (http://www.isthe.com/chongo/tech/comp/fnv/).
  static func version(of text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash >> 32, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// The judgement by these rules (as in ``judgementText(rules:)``), in use from `time` on.
  func judgement(rules: [Int: RuleSet] = [:], at time: Int64) -> JudgementVersion {
    let text = judgementText(rules: rules)
    return JudgementVersion(version: Self.version(of: text), text: text, firstUsed: time)
  }

  /// What the store is told of a judgement.
  func configurationVersion(of judgement: JudgementVersion) -> ConfigurationVersion {
    ConfigurationVersion(
      version: judgement.version, text: judgement.text, firstUsed: judgement.firstUsed,
      units: Dictionary(
        streams.map(\.rules).withCounts.map { ($0.kind, $0.unit) },
        uniquingKeysWith: { first, _ in first }))
  }

  /// The same of the judgement without rules files, in use from `time` on.
  func configurationVersion(at time: Int64) -> ConfigurationVersion {
    configurationVersion(of: judgement(at: time))
  }
}

extension CameraFormat {
  /// All of it, in an order that does not change from one run to the next.
  fileprivate var judgementText: String {
    var format = self
    format.labels = [:]
    format.limits.required = []
    for place in format.deviceLimits.indices { format.deviceLimits[place].limits.required = [] }
    let required = ([limits] + deviceLimits.map(\.limits)).map { limits in
      limits.required.map(\.rawValue).sorted().joined(separator: "+")
    }
    let labels = labels.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return
      "\(format), required \(required.joined(separator: ", ")), labels \(labels.joined(separator: ", "))"
  }
}

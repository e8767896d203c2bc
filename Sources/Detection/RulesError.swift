import Events

/// Rules that contradict themselves or lie outside of what the arithmetic is proven for.
public struct RulesError: Error, Equatable, CustomStringConvertible {
  /// The setting at fault, as the configuration names it, e.g. `window.length`.
  public var setting: String
  public var message: String

  public var description: String { "\(setting): \(message)" }
}

extension StreamRules {
  /// Checks every bound that the engine relies on.
  public func validate() throws(RulesError) {
    func require(_ condition: Bool, _ setting: String, _ message: String) throws(RulesError) {
      if !condition { throw RulesError(setting: setting, message: message) }
    }
    // The ring keeps the low 32 bits of a time, so all times in one ring must lie within 2³¹ ms.
    let longest: Int64 = 86_400_000
    try require(
      (100...longest).contains(window.length), "window.length", "must be 100ms to 24h")
    try require(
      (100...longest).contains(window.aggregate), "window.aggregate", "must be 100ms to 24h")
    try require(
      (0...longest).contains(window.allowedLateness), "window.allowedLateness",
      "must be 0s to 24h")
    try require(
      (16...WindowSums.maxCount).contains(window.maxSamples), "window.maxSamples",
      "must be 16 to \(WindowSums.maxCount)")
    try require((0...9).contains(digits), "resolution", "must be 1 down to 1e-9, a power of ten")
    try require(
      (1...1_000_000).contains(zscore.thousandthsOfK), "zscore.k", "must be 0.001 to 1000")
    try require(
      (2...window.maxSamples).contains(zscore.minSamples), "zscore.minSamples",
      "must be 2 to window.maxSamples (\(window.maxSamples))")
    try require(
      (0...Int64(Sample.maxMagnitude)).contains(zscore.minStd), "zscore.minStd",
      "must be zero or more and below the stream's largest value")
    try require(
      (1...1000).contains(status.raiseCount), "status.raise.count", "must be 1 to 1000")
    try require(
      (1...longest).contains(status.raiseWithin), "status.raise.within", "must be 1ms to 24h")
    try require(
      (1...longest).contains(status.clearAfter), "status.clear.after", "must be 1ms to 24h")
    try require(
      status.staleAfter >= retention && status.staleAfter <= 365 * longest, "status.stale.after",
      "must be at least the window and the allowed lateness together (\(retention)ms), at most 365d"
    )
    try series.validate(zscoreHasVoice: zscore.isEnabled)
    try falls?.validate()
  }
}

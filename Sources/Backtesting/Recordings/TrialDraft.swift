import Events

/// A recording while its lines are read.
struct TrialDraft {
  let name: String
  var user: String?
  var device: String?
  /// The event time that labels count from, if that is not the first sample's.
  var origin: Int64?
  private var samples: [Sample] = []
  private var axes: [AxisSample] = []
  /// The values of `samples`, while their resolution is not known yet.
  private var decimals: [TextValues.Decimal] = []

  init(name: String, user: String? = nil, device: String? = nil, origin: Int64? = nil) {
    self.name = name
    self.user = user
    self.device = device
    self.origin = origin
  }

  mutating func append(_ sample: Sample) { samples.append(sample) }

  mutating func append(_ sample: Sample, _ axes: AxisSample) {
    samples.append(sample)
    self.axes.append(axes)
  }

  mutating func append(time: Int64, _ value: TextValues.Decimal) {
    samples.append(Sample(time: time, value: 0))
    decimals.append(value)
  }

  /// The whole; `nil` if it has no sample.
  ///
  /// - Parameters:
  ///   - values: the reader of the values, with the resolution of those that are read already.
  ///   - keepsResolution: see ``RecordingOptions``.
  /// - Throws: if a value is too large for any resolution.
  func finished(
    _ values: TextValues, keepsResolution: Bool, source: String
  ) throws(BacktestError) -> Recording? {
    guard let first = samples.first else { return nil }
    var digits = values.format.digits
    var samples = samples
    if !decimals.isEmpty {
      let unit = values.format.unit
      guard let finest = TextValues.finestDigits(holding: decimals, unit: unit),
        let format = try? RecordFormat(
          unit: unit, digits: keepsResolution ? min(digits, finest) : finest)
      else {
        throw BacktestError(
          .malformed, file: source,
          "\(name) has a value beyond \(Sample.maxMagnitude); give it in a larger unit")
      }
      digits = format.digits
      let reader = TextValues(format: format)
      for place in samples.indices { samples[place].value = reader.units(decimals[place]) ?? 0 }
    }
    // Axes that only some of the samples have say nothing of the others.
    return Recording(
      name: name, user: user, device: device, start: origin ?? first.time, digits: digits,
      samples: samples, axes: axes.count == samples.count ? axes : [], source: source)
  }
}

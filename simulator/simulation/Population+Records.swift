extension Population {
  /// Writes a record into `buffer`: the samples that the wearer's device measures, with the outlier in
  /// the place of one of them.
  func write(
    _ user: Int, record: Int, due: Int64, outlier: (sample: Int, value: SIMD3<Double>)?,
    _ random: inout SplitMix64
  ) {
    let (rate, first) = grid(record, due)
    func sample(_ number: Int) -> SIMD3<Double> {
      let measured = motions[user].sample(at: first + Double(number) / rate, &random)
      if let outlier, outlier.sample == number { return outlier.value }
      return measured
    }
    buffer.append(configuration.format == .original ? "{\"userid\": \"" : "{\"user\":\"")
    names.lend(user) { buffer.append($0) }
    if configuration.format != .original, !device.isEmpty {
      buffer.append("\",\"device\":\"")
      buffer.append(device)
    }
    if configuration.placed > 0, configuration.format != .original {
      writePlace(of: user, at: first)
    }
    switch configuration.format {
    case .original:
      buffer.append("\", \"time\": \"")
      clock.write(due, to: &buffer)
      buffer.append("\", \"acc\": \"")
      let value = sample(0)
      buffer.append(decimal: (value * value).sum().squareRoot())
      buffer.append("\"}")
    case .axes:
      buffer.append("\",\"ts\":")
      buffer.append(integer: due)
      let value = sample(0)
      buffer.append(",\"x\":")
      buffer.append(decimal: value.x)
      buffer.append(",\"y\":")
      buffer.append(decimal: value.y)
      buffer.append(",\"z\":")
      buffer.append(decimal: value.z)
      buffer.append("}")
    case .burst:
      buffer.append("\",\"t0\":")
      buffer.append(integer: firstSample(ofRecordDue: due))
      buffer.append(",\"hz\":")
      if configuration.hertz == configuration.hertz.rounded() {
        buffer.append(integer: Int64(configuration.hertz))
      } else {
        buffer.append(decimal: configuration.hertz)
      }
      buffer.append(",\"samples\":[")
      for number in 0..<configuration.samplesPerRecord {
        buffer.append(number == 0 ? "[" : ",[")
        let value = sample(number)
        buffer.append(decimal: value.x)
        buffer.append(",")
        buffer.append(decimal: value.y)
        buffer.append(",")
        buffer.append(decimal: value.z)
        buffer.append("]")
      }
      buffer.append("]}")
    }
  }

  /// Writes where a wearer is who tells it, behind a text that is not closed yet.
  private func writePlace(of user: Int, at time: Double) {
    guard
      let whereabouts = Whereabouts(
        seed: configuration.seed, user: user, share: configuration.placed)
    else { return }
    let (latitude, longitude) = whereabouts.position(at: time)
    buffer.append("\",\"latitude\":")
    buffer.append(decimal: latitude)
    buffer.append(",\"longitude\":")
    buffer.append(decimal: longitude)
    buffer.append(",\"timezone\":\"")
    buffer.append(whereabouts.timeZone)
  }
}

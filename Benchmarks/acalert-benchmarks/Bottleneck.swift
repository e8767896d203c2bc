/// Which threads a record costs its time, in words.
enum Bottleneck {
  /// One line about a measurement that knows its threads; nil for others.
  ///
  /// - Parameter stages: The stages measured in the same run, which say what the pipeline's thread does.
  static func text(of measurement: Measurement, stages: [Measurement]) -> String? {
    guard let busiest = measurement.threads.first else { return nil }
    func each(_ share: ThreadShare) -> String {
      Figures.whole(share.cpuSeconds / Double(measurement.count) * 1e9)
    }
    func busy(_ share: ThreadShare) -> String {
      "\(Figures.whole(share.cpuSeconds / measurement.threadSeconds * 100)) % busy"
    }
    let all = measurement.threads.reduce(0) { $0 + $1.cpuSeconds }
    let total = Figures.whole(all / Double(measurement.count) * 1e9)
    var text =
      "bottleneck of \(measurement.name): \(role(busiest.name)) \(each(busiest)) ns of \(total) ns "
      + "a \(measurement.unit.dropLast()), \(busy(busiest))"
    for share in measurement.threads.dropFirst() {
      text += "; \(role(share.name)) \(each(share))"
      if share.name != "others" { text += ", \(busy(share))" }
    }
    if let parts = parts(of: measurement, stages) { text += "; \(parts)" }
    return text
  }

  private static func role(_ thread: String) -> String {
    switch thread {
    case "librdkafka": "consume (librdkafka's threads)"
    case "pipeline": "pipeline thread"
    case "store": "store thread"
    case "unnamed": "threads without a name"
    default: thread
    }
  }

  /// What decoding and judging take of the pipeline's thread, by the stages that have them alone.
  private static func parts(of measurement: Measurement, _ stages: [Measurement]) -> String? {
    let names: (decode: String, detect: String)
    switch measurement.name {
    case "whole/original": names = ("decode/original", "detect/1-a-record-2000")
    case "whole/million": names = ("decode/original", "detect/1-a-record-1000000")
    default: return nil
    }
    guard let decode = stages.first(where: { $0.name == names.decode }),
      let detect = stages.first(where: { $0.name == names.detect })
    else { return nil }
    return "alone, decoding takes \(Figures.whole(decode.nanoseconds)) and judging "
      + "\(Figures.whole(detect.nanoseconds)) of the pipeline's"
  }
}

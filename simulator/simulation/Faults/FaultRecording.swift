/// What one device sent, and when it was at fault.
public struct FaultRecording: Equatable, Sendable {
  public struct Reading: Equatable, Sendable {
    /// Event time, Unix milliseconds. Never less than that of the reading before.
    public var time: Int64
    /// In ten-thousandths.
    public var value: Int32
  }

  /// One fault, from the first reading that is wrong to the last; of lost records, from when they are lost.
  public struct Fault: Equatable, Sendable {
    public var span: ClosedRange<Int64>
    /// Which variant of its kind.
    public var detail: String
  }

  public let kind: FaultKind
  /// The seed and the device's number, so that recordings of several seeds can be judged together: `3-0`.
  public let user: String
  /// What it is: ``FaultKind/Source``.
  public let device: String
  public internal(set) var readings: [Reading] = []
  /// In order of time.
  public internal(set) var faults: [Fault] = []

  /// Makes the recording of one device. It depends on the seed, the number and the kind alone.
  ///
  /// - Parameter user: its number, below ``FaultConfiguration/users``.
  /// - Throws: a setting that is out of its range.
  public init(_ configuration: FaultConfiguration, user number: Int) throws(SimulationError) {
    try configuration.validate()
    kind = configuration.kind
    user = "\(configuration.seed)-\(number)"
    device = configuration.kind.source.rawValue
    switch configuration.kind.source {
    case .wearer:
      var wearer = FaultyWearer(configuration, user: number)
      wearer.record(into: &self)
    case .gauge: FaultyGauge.record(configuration, user: number, into: &self)
    case .meter: FaultyMeter.record(configuration, user: number, into: &self)
    }
  }

  /// Puts down a reading, and whether it is part of a fault.
  mutating func add(time: Int64, value: Double, fault: Int?, _ detail: @autoclosure () -> String) {
    // Ten-thousandths of what any of the devices can show are far below 2³¹.
    readings.append(Reading(time: time, value: Int32((value * 10_000).rounded())))
    guard let fault else { return }
    extend(fault: fault, to: time, detail())
  }

  /// Says that the fault of this number lasts until `time`, or begins then.
  mutating func extend(fault: Int, to time: Int64, _ detail: @autoclosure () -> String) {
    if fault < faults.count {
      let begin = faults[fault].span.lowerBound
      faults[fault].span = begin...max(begin, time)
    } else {
      faults.append(Fault(span: time...time, detail: detail()))
    }
  }

  /// The header of a file of recordings, as `acalert backtest` reads it.
  public static let header = Array("user,device,ts,value\n".utf8)
  /// The header of a file of labels.
  public static let labelsHeader = Array("user,device,start,end,label,kind,detail\n".utf8)

  /// A line a reading.
  public var csv: [UInt8] {
    var buffer = RecordBuffer(capacity: 32 * (readings.count + 1))
    let subject = Array("\(user),\(device),".utf8)
    for reading in readings {
      buffer.append(subject)
      buffer.append(integer: reading.time)
      buffer.append(byte: UInt8(ascii: ","))
      buffer.append(decimal: Double(reading.value) / 10_000)
      buffer.append("\n")
    }
    return Array(buffer.view)
  }

  /// A line a fault; of a recording without one, a line that says that all of it is normal.
  public var labelsCSV: String {
    if faults.isEmpty, let first = readings.first, let last = readings.last {
      return "\(user),\(device),\(first.time),\(last.time),normal,,\n"
    }
    return faults.map { fault in
      "\(user),\(device),\(fault.span.lowerBound),\(fault.span.upperBound),anomaly,"
        + "\(kind.rawValue),\(fault.detail)\n"
    }.joined()
  }
}

import simulation

/// Records of the simulator, one behind the other in flat memory.
struct Records {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  init(format: simulation.RecordFormat, users: Int, count: Int) throws {
    let population = try Population(Self.configuration(format: format, users: users))
    ends.reserveCapacity(count)
    while ends.count < count {
      population.next { record in
        bytes.append(contentsOf: record.value)
        ends.append(bytes.count)
      }
    }
  }

  /// 1 record a second of each wearer; one in 500 begins a fall or an outlier.
  static func configuration(
    format: simulation.RecordFormat, users: Int
  ) -> PopulationConfiguration {
    var configuration = PopulationConfiguration(startTime: Workload.startTime)
    configuration.users = users
    configuration.format = format
    configuration.anomalyEvery = 500
    return configuration
  }

  /// Lends all records in their order.
  @inline(__always)
  func lend(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { bytes in
      var start = 0
      for end in ends {
        try body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }
}

/// What must not happen while measuring.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

import Events
import simulation

/// Records of simulated cameras, one behind the other in flat memory.
struct CameraRecords {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  /// - Parameter withObjects: whether frames that show nothing are left out, which are most and cost
  ///   less.
  init(_ configuration: CameraPopulationConfiguration, count: Int, withObjects: Bool) throws {
    let population = try CameraPopulation(configuration)
    ends.reserveCapacity(count)
    while ends.count < count {
      population.next { record in
        guard ends.count < count, !withObjects || !Self.isEmpty(record.value) else { return }
        bytes.append(contentsOf: record.value)
        ends.append(bytes.count)
      }
    }
  }

  /// Whether a record of our own format tells of no object.
  static func isEmpty(_ record: UnsafeRawBufferPointer) -> Bool {
    record.suffix(3).elementsEqual("[]}".utf8)
  }

  /// Lends all records in their order.
  @inline(__always)
  func lend(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try lend(0..<count, body)
  }

  /// Lends those with these numbers.
  @inline(__always)
  func lend(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { bytes in
      var start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
      for end in ends[range] {
        try body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }

  /// One camera of each user.
  ///
  /// - Parameter activity: relative to an ordinary day, on which a frame in sixty shows something; with
  ///   20 it is one in three, seldom more than one thing at once.
  static func cameras(
    users: Int, activity: Double, format: CameraRecordFormat = .acalert
  ) -> CameraPopulationConfiguration {
    var configuration = CameraPopulationConfiguration(startTime: Workload.startTime)
    configuration.users = users
    configuration.cameras = 1
    configuration.format = format
    configuration.activity = activity
    return configuration
  }
}

extension TimeZoneTable {
  /// The zones of the simulated sites.
  static func simulated() -> TimeZoneTable {
    TimeZoneTable { name in
      let zone = CameraScene.timeZones.first { $0.name.lowercased() == name.lowercased() }
      return zone.map {
        let offset = Int64($0.hours * 3_600_000)
        return ZoneOffsets(changes: [ZoneOffsets.Change(from: .min, offset: offset)])
      }
    }
  }
}

/// What goes wrong with a device.
public enum FaultKind: String, CaseIterable, Sendable {
  /// Of a wearer's accelerometer: it sends the same value for 2 to 15 minutes; a quarter of them flicker
  /// by the smallest step on one axis (`flickers`, else `held`).
  case stuck
  /// It loses 50 to 90 % of its records for 2 to 15 minutes.
  case slow
  /// It sends 2 to 5 times as many records as it should for 2 to 15 minutes.
  case fast
  /// It sends each record 2 to 5 times, with the same time, for 2 to 15 minutes.
  case repeated
  /// For 10 s to 5 minutes its values are no acceleration: one axis is `pinned` at full scale, or jumps
  /// there now and then (`jumps`), all axes are `dead`, or the unit is not g but m/s² (`scaled`).
  case limit
  /// Of a gauge: 1 to 3 readings are 6 to 15 standard deviations away.
  case spike
  /// The level is 1.5 to 5 standard deviations away for 10 to 40 minutes.
  case step
  /// The level wanders off by 3 to 8 standard deviations and back in 20 to 80 minutes, evenly.
  case drift
  /// Of a meter: the day is another for 1 to 3 days: `shifted` by 4 to 12 hours, `flat`, or with `half`
  /// of its swing.
  case pattern

  /// What has the fault.
  public enum Source: String, CaseIterable, Sendable {
    /// An accelerometer on the body, 10 values a second: the magnitude in g. Worn by somebody who rests,
    /// walks, runs and now and then falls, or lying on a table. One of six resolves 1/16 g, two of six
    /// 1/256 g, the others 1/2048 g, all up to 16 g an axis. Of its records 1 % are lost, and about every
    /// quarter of an hour all of 1 to 20 s.
    case wearer
    /// A reading a second about a level that is to be kept, in units of its standard deviation: noise
    /// that is sometimes half as large again, on a level that wanders by 0.4 within a quarter of an hour.
    case gauge
    /// A reading every ten minutes that follows the hours of the day, less at weekends, with noise that
    /// remembers the last hour; in kilowatts, if you like.
    case meter

    /// How long a recording is unless somebody says otherwise, in milliseconds: 6 h, 12 h, 84 d.
    public var duration: Int64 {
      switch self {
      case .wearer: 6 * 3_600_000
      case .gauge: 12 * 3_600_000
      case .meter: 84 * 86_400_000
      }
    }
  }

  public var source: Source {
    switch self {
    case .stuck, .slow, .fast, .repeated, .limit: .wearer
    case .spike, .step, .drift: .gauge
    case .pattern: .meter
    }
  }
}

/// Which recordings with faults are made. Two equal ones make the same recordings, to the byte.
public struct FaultConfiguration: Hashable, Sendable {
  public var kind: FaultKind
  /// Devices, each of a user of its own: 1 to 10,000.
  public var users = 12
  /// Length of each recording in milliseconds, 10 min to 366 d. A meter is healthy for 28 d first.
  public var duration: Int64
  public var seed: UInt64 = 1
  /// Event time of the beginning: Unix milliseconds. The default is a Monday, 2026-01-05T00:00:00Z.
  public var startTime: Int64 = 1_767_571_200_000

  public init(_ kind: FaultKind) {
    self.kind = kind
    duration = kind.source.duration
  }

  /// - Throws: the first setting that is out of its range.
  public func validate() throws(SimulationError) {
    guard (1...10_000).contains(users) else {
      throw SimulationError("users with faults must be from 1 to 10,000")
    }
    guard (600_000...366 * 86_400_000).contains(duration) else {
      throw SimulationError("recordings with faults last from 10 minutes to 366 days")
    }
    guard (0...253_000_000_000_000).contains(startTime) else {
      throw SimulationError("the start time must be from 1970 to 9987")
    }
  }
}

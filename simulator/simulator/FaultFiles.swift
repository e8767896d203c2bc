import ArgumentParser
import Glibc
import simulation

/// Writes recordings of devices with faults into a folder: `recordings.csv`, and what is known of them as
/// `labels.csv`, both as `acalert backtest` reads them.
enum FaultFiles {
  /// - Parameter folder: made if it is not there.
  /// - Returns: how many readings and faults were written.
  static func write(
    _ configuration: FaultConfiguration, to folder: String
  ) throws -> (readings: Int, faults: Int) {
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw ValidationError("cannot make \(folder): \(String(cString: strerror(errno)))")
    }
    let recordings = try LineFile(path: "\(folder)/recordings.csv")
    let labels = try LineFile(path: "\(folder)/labels.csv")
    defer {
      recordings.close()
      labels.close()
    }
    var counts = (readings: 0, faults: 0)
    try recordings.write(all: FaultRecording.header)
    try labels.write(all: FaultRecording.labelsHeader)
    for user in 0..<configuration.users where !StopSignal.isRaised {
      let recording = try FaultRecording(configuration, user: user)
      try recordings.write(all: recording.csv)
      try labels.write(all: Array(recording.labelsCSV.utf8))
      counts.readings += recording.readings.count
      counts.faults += recording.faults.count
    }
    return counts
  }
}

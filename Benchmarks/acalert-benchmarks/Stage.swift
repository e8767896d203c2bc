import ArgumentParser

/// What can be measured by itself.
enum Stage: String, CaseIterable, ExpressibleByArgument {
  /// A consumer that counts messages and does nothing else: the reference of all others.
  case consume
  case decode
  case detect
  /// Records of cameras: their decoding alone, and all the way to the decision.
  case cameraDecode = "camera-decode"
  case cameraDecide = "camera-decide"
  case store
  case feed
  /// Decode, detect and store on one thread, from a file.
  case wholeFile = "whole-file"
  /// What a plain C program makes of the topics that `whole` reads: the limit.
  case reference = "c"
  /// The service as it is shipped, from Kafka to the database.
  case whole

  /// Whether it reads from a preloaded broker.
  var needsBroker: Bool { self == .consume || isPaired }

  /// Whether it is measured in turn with another, for each load.
  var isPaired: Bool { self == .reference || self == .whole }
}

/// What a stage needs to know.
struct Workload {
  /// The size: records in the file; brokers hold multiples of it.
  var records: Int
  /// Wearers that they come from, one record a second each.
  var users: Int
  /// What the broker is filled with.
  var load = Load.original
  /// `host:port` of the preloaded broker; empty for stages that need none.
  var brokers: String
  /// A folder for databases and files, empty at the beginning.
  var folder: String
  /// Each case is measured so many times, and the least CPU time counts: what a neighbour on the
  /// machine adds is never part of the program.
  var rounds: Int
  /// Only cases whose name begins so.
  var only = ""

  func wants(_ name: String) -> Bool { name.hasPrefix(only) }

  var loadSize: Load.Size { load.size(records: records, users: users) }

  static let topic = "accelerometer"
  /// Event time at which all streams begin. Any fixed moment of the past serves.
  static let startTime: Int64 = 1_700_000_000_000
}

extension Stage {
  /// Measures the stage in this process and hands over one result a case.
  func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    switch self {
    case .consume: try ConsumeStage.measure(workload, result)
    case .decode: try DecodeStage.measure(workload, result)
    case .detect:
      try DetectStage.measure(workload, result)
      try FallStage.measure(workload, result)
    case .cameraDecode: try CameraDecodeStage.measure(workload, result)
    case .cameraDecide: try CameraDecideStage.measure(workload, result)
    case .store: try StoreStage.measure(workload, result)
    case .feed: try FeedStage.measure(workload, result)
    case .wholeFile: try FileStage.measure(workload, result)
    case .reference: try ReferenceStage.measure(workload, result)
    case .whole: try WholeStage.measure(workload, result)
    }
  }
}

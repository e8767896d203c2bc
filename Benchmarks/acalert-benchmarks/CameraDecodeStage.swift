import Events
import simulation

/// Decoding of cameras' records alone.
enum CameraDecodeStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    try measure("objects", .acalert, withObjects: true, workload, result)
    try measure("empty", .acalert, withObjects: false, workload, result)
    try measure("frigate", .frigate, withObjects: false, workload, result)
  }

  private static func measure(
    _ name: String, _ format: CameraRecordFormat, withObjects: Bool, _ workload: Workload,
    _ result: (Measurement) -> Void
  ) throws {
    let name = "camera-decode/\(name)"
    guard workload.wants(name) else { return }
    let isEmpty = format == .acalert && !withObjects
    var configuration = CameraRecords.cameras(
      users: 2_000, activity: isEmpty ? 0 : 20, format: format)
    if isEmpty { configuration.noise = 0 }
    let records = try CameraRecords(
      configuration, count: 300_000, withObjects: withObjects)
    var shape = CameraFormat()
    if format == .frigate {
      shape = CameraFormat(shape: .frigate)
      (shape.frameWidth, shape.frameHeight) = (CameraScene.width, CameraScene.height)
    }
    let decoder = CameraDecoder(
      format: shape, names: FrameNames(), timeZones: .simulated())
    var (frames, objects) = (0, 0)
    var measured = try Meter.measure(
      name, unit: "records", count: records.count, rounds: workload.rounds
    ) {
      (frames, objects) = (0, 0)
      try records.lend { record in
        try decoder.decode(record, arrival: -1)
        frames += decoder.batch.frames.count
        objects += decoder.batch.objects.count
      }
    }
    guard frames == records.count else { throw BenchmarkError("\(name): frames are missing") }
    let objectsEach = Double(objects) / Double(frames)
    measured.remark =
      "\(records.bytes.count / records.count) B a record, "
      + "\(Figures.fixed(objectsEach, 1)) objects"
    result(measured)
  }
}

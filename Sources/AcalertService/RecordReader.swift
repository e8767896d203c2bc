import Events

/// What reads the records of one stream.
enum RecordReader {
  case samples(RecordDecoder)
  case frames(CameraDecoder)

  init(_ stream: StreamSettings, names: FrameNames, timeZones: TimeZoneTable) {
    if let camera = stream.camera {
      self = .frames(CameraDecoder(format: camera.format, names: names, timeZones: timeZones))
    } else {
      self = .samples(RecordDecoder(format: stream.format, timeZones: timeZones))
    }
  }
}

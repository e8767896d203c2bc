import Detection
import Events

extension SingleRecord {
  /// What a decoder has made of a record, or nil if there is more to it: several samples, a place, or a key that
  /// lies in the decoder's own memory.
  @inline(__always)
  init?(
    _ decoder: RecordDecoder, of value: UnsafeRawBufferPointer, stream: Int, origin: RecordOrigin,
    arrival: Int64
  ) {
    let samples = decoder.samples
    let (user, device) = (decoder.user, decoder.device)
    guard samples.count == 1, decoder.place == nil, Self.lies(user, in: value),
      device.isEmpty || Self.lies(device, in: value)
    else { return nil }
    self.init(
      SubjectKey(stream: stream, user: user, device: device), samples[0],
      axes: decoder.axes.first, origin: origin, arrival: arrival)
  }

  @inline(__always)
  private static func lies(
    _ part: UnsafeRawBufferPointer, in whole: UnsafeRawBufferPointer
  ) -> Bool {
    guard let first = part.baseAddress, let start = whole.baseAddress else { return false }
    return first >= start && first < start + whole.count
  }
}

import Events

/// Where subjects are. Kept apart from them: those that never named a place cost nothing.
extension Engine {
  /// Judges the samples of one admitted record that also says where its subject is: the same as
  /// ``ingest(stream:user:device:samples:axes:origin:arrival:)``, whose parameters it shares. The place counts
  /// for what the samples show, too; a silence that ends with the record is still told with the place
  /// before it.
  ///
  /// - Parameter place: as the decoder gave it, see ``RecordDecoder/place``.
  public mutating func ingest(
    stream: Int, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer,
    samples: UnsafeBufferPointer<Sample>,
    axes: UnsafeBufferPointer<AxisSample> = UnsafeBufferPointer(start: nil, count: 0),
    place: ReportedPlace, origin: RecordOrigin, arrival: Int64
  ) {
    let (index, isNew) = interner.intern(
      SubjectKey(stream: stream, user: user, device: device))
    if isNew { introduce(index, stream: stream, at: samples.first?.time ?? arrival, origin) }
    let subject = subjects[index]
    let isWanted = arriving(index, subject, at: arrival, in: origin.partition)
    // A subject whose samples are not wanted, or come too late, has still been there.
    if let time = samples.lazy.map(\.time).max() { take(place, of: index, at: time) }
    guard isWanted else { return }
    judge(index, subject, samples, axes, origin: origin, arrival: arrival)
    if isLive { decisions.sampleCount += samples.count }
  }

  /// Where a subject is, as its records said; `nil` if none did. A series of counts is where its camera
  /// is.
  ///
  /// - Parameter index: one that this engine has given out.
  public func place(of index: UInt32) -> SubjectPlace? {
    if places.isEmpty { return nil }
    return places[index]?.place ?? placeOfCamera(countedBy: index)
  }

  /// Takes what a record says. What is new reaches the row with the next sweep; it is no transition.
  mutating func take(_ place: ReportedPlace, of index: UInt32, at time: Int64) {
    if place.isEmpty { return }
    if places[index, default: KnownPlace()].take(place, at: time) {
      subjects[index].pointee.flags.insert(.dirty)
    }
  }

  /// The same of a camera, whose every frame says it, and mostly the same: then only the time is noted,
  /// beside the camera, and the place is not looked for.
  @inline(__always)
  mutating func take(_ place: ReportedPlace, ofCamera index: UInt32, at time: Int64) {
    if place.isEmpty { return }
    let mark = PlaceMark(place)
    let camera = cameras[index]
    if let camera, let said = camera.said, said.place == mark, time >= said.time {
      if time > said.time {
        camera.said?.time = time
        subjects[index].pointee.flags.insert(.dirty)
      }
      return
    }
    settlePlace(ofCamera: index)
    take(place, of: index, at: time)
    if let camera, time >= camera.said?.time ?? .min { camera.said = (mark, time) }
  }

  /// Brings the times that are noted beside a camera to where its place is kept.
  mutating func settlePlace(ofCamera index: UInt32) {
    guard let said = cameras[index]?.said else { return }
    places[index]?.repeated(said.place, at: said.time)
  }

  /// Puts a subject's place, if one is known, into its row.
  mutating func fill(placeOf index: UInt32, into row: inout StatusRow) {
    if places.isEmpty { return }
    settlePlace(ofCamera: index)
    guard let known = places[index] else { return }
    row.location = known.place.location
    row.timeZone = known.place.timeZone
    row.site = known.place.site
    var evidence: [UInt8] = []
    known.encode(into: &evidence)
    row.evidence = evidence + row.evidence
  }

  /// Takes up a subject's place from its row of an earlier run. Returns the rest of the row's evidence.
  mutating func restorePlace(of index: UInt32, from row: StatusRow) -> [UInt8] {
    var evidence = row.evidence
    if let known = KnownPlace(row, evidence: &evidence) { places[index] = known }
    return evidence
  }

  /// A series is named for its camera, with the class behind a slash.
  private func placeOfCamera(countedBy index: UInt32) -> SubjectPlace? {
    let stream = Int(subjects[index].pointee.stream)
    guard let cameras = countStreams.firstIndex(of: stream) else { return nil }
    let series = identity(of: index)
    var camera = SubjectIdentity(kind: rules[cameras].kind, user: series.user)
    var rest = series.device[...]
    while let slash = rest.lastIndex(of: "/") {
      rest = rest[..<slash]
      camera.device = String(rest)
      if let found = find(camera) { return places[found]?.place }
    }
    return nil
  }
}

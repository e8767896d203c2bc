import Detection
import Events

/// An engine with one partition, and short words for feeding it.
struct Bench: ~Copyable {
  var engine: Engine
  var offset: Int64
  let partition: PartitionIndex = 0

  init(_ rules: StreamRules = StreamRules(), from rewind: Int64 = 0, next: Int64 = 0) throws {
    engine = try Engine(streams: [rules])
    engine.assign(partition, rewind: rewind, next: next)
    offset = rewind
  }

  /// Feeds one record; it arrives when its newest sample was taken, unless said otherwise.
  mutating func send(
    _ samples: [Sample], axes: [AxisSample] = [], user: String = "u", device: String = "",
    arrival: Int64? = nil, place: SubjectPlace? = nil
  ) {
    let origin = RecordOrigin(partition: partition, offset: offset)
    offset += 1
    let arrival = arrival ?? samples.map(\.time).max() ?? 0
    guard engine.admit(origin, arrival: arrival) else { return }
    var user = user
    var device = device
    user.withUTF8 { user in
      device.withUTF8 { device in
        samples.withUnsafeBufferPointer { samples in
          axes.withUnsafeBufferPointer { axes in
            let user = UnsafeRawBufferPointer(user)
            let device = UnsafeRawBufferPointer(device)
            guard let place else {
              return engine.ingest(
                stream: 0, user: user, device: device, samples: samples, axes: axes,
                origin: origin, arrival: arrival)
            }
            place.withReportedPlace { place in
              engine.ingest(
                stream: 0, user: user, device: device, samples: samples, axes: axes,
                place: place, origin: origin, arrival: arrival)
            }
          }
        }
      }
    }
  }

  mutating func send(_ time: Int64, _ value: Int32, user: String = "u") {
    send([Sample(time: time, value: value)], user: user)
  }

  /// The samples in a wearer's ring.
  func ring(user: String = "u") -> [PackedSamples.Element] {
    engine.recentSamples(of: SubjectIdentity(kind: "wearer", user: user)) ?? []
  }

  mutating func take(sweep: Double = 0) -> Decisions { engine.takeDecisions(sweep: sweep) }
}

extension SubjectPlace {
  /// The same as a decoder would give it.
  func withReportedPlace<Result>(_ body: (ReportedPlace) -> Result) -> Result {
    var zone = timeZone
    var site = site
    return zone.withUTF8 { zone in
      site.withUTF8 { site in
        body(
          ReportedPlace(
            location: location, timeZone: UnsafeRawBufferPointer(zone),
            site: UnsafeRawBufferPointer(site)))
      }
    }
  }
}

extension Decisions {
  /// The last row of the subject with this index.
  func row(_ subject: UInt32 = 0) -> StatusRow? { rows.last { $0.subject == subject } }

  /// A window's samples, unpacked.
  func samples(of window: WindowAggregate) -> [PackedSamples.Element]? {
    PackedSamples.unpack(packedSamples[window.packed], start: window.start)
  }
}

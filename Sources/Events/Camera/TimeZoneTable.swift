/// The offsets of one time zone from UTC.
public struct ZoneOffsets: Equatable, Sendable {
  /// A moment, in milliseconds since 1970, from which on local time is ahead of UTC by so much.
  public struct Change: Equatable, Sendable {
    public var from: Int64
    /// Milliseconds; negative west of Greenwich.
    public var offset: Int64

    public init(from: Int64, offset: Int64) {
      self.from = from
      self.offset = offset
    }
  }

  /// In order of time; the first also holds for all time before it.
  public let changes: [Change]

  public init(changes: [Change]) { self.changes = changes }

  public static let utc = ZoneOffsets(changes: [Change(from: .min, offset: 0)])

  /// How far local time is ahead of UTC at `time` (milliseconds since 1970), in milliseconds.
  public func offset(at time: Int64) -> Int64 {
    var low = 0
    var high = changes.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if changes[middle].from <= time { low = middle } else { high = middle }
    }
    return changes.isEmpty ? 0 : changes[low].offset
  }

  /// The moment at which clocks there show `local` (milliseconds since 1970 as if it were UTC): the
  /// first of two, and for a time that is skipped the one as far behind the skip.
  public func utc(ofLocal local: Int64) -> Int64 {
    let later = local - offset(at: local - 86_400_000)
    let other = local - offset(at: local + 86_400_000)
    if offset(at: later) == local - later { return later }
    if offset(at: other) == local - other { return other }
    return later
  }
}

/// Time zones by name, each loaded at its first use. Belongs to one thread.
///
/// What the names mean is said by whoever makes the table: this room has no clock and no files.
public final class TimeZoneTable {
  private let names = Vocabulary()
  private var zones: [ZoneOffsets?] = []
  private let load: (String) -> ZoneOffsets?

  /// - Parameter load: the offsets of a zone of the IANA database, by its name, of which case does not
  ///   count (`America/New_York`, `utc`); `nil` if there is none.
  public init(load: @escaping (String) -> ZoneOffsets?) { self.load = load }

  /// Whether a text can be the name of a zone at all: what cannot is better not looked up, or kept.
  @inline(__always)
  static func canBeName(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.count <= 64 else { return false }
    for byte in name {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "+"):
        break
      default: return false
      }
    }
    return true
  }

  /// A zone's number; `nil` for a name that means nothing.
  public func find(_ name: UnsafeRawBufferPointer) -> Int16? {
    guard let id = names.intern(name), id <= UInt16(Int16.max) else { return nil }
    if Int(id) == zones.count { zones.append(load(names.name(id))) }
    return zones[Int(id)] == nil ? nil : Int16(id)
  }

  public func find(_ name: String) -> Int16? {
    var name = name
    return name.withUTF8 { find(UnsafeRawBufferPointer($0)) }
  }

  /// The offsets of a zone by its number; UTC for a number never given out.
  public func offsets(_ id: Int16) -> ZoneOffsets {
    guard id >= 0, Int(id) < zones.count, let zone = zones[Int(id)] else { return .utc }
    return zone
  }

  /// A zone's name in lower case.
  public func name(_ id: Int16) -> String { id >= 0 ? names.name(UInt16(id)) : "" }
}

import Events

/// The identities behind one engine's subject indices, in flat memory: 24 bytes a subject, and the bytes
/// of its user and device.
struct SubjectNames {
  struct Entry {
    /// Where the user's bytes begin in the arena, the device's behind them.
    var start = 0
    var userLength: UInt32 = 0
    var deviceLength: UInt32 = 0
    /// Index into the feed's kinds; -1 while the index has not been introduced.
    var kind: Int32 = -1
    /// Index into the feed's configuration versions.
    var configuration = ConfigurationNumber.notLookedUp
  }

  /// Tells this table's subjects from those of all other tables there ever were: indices are given anew
  /// after an engine has been rebuilt, and an event must never replace one of another subject.
  let serial: UInt64
  private(set) var entries: [Entry] = []
  private var arena: [UInt8] = []

  init(serial: UInt64) { self.serial = serial }

  /// A subject's key in the event log.
  @inline(__always)
  func key(_ index: UInt32) -> UInt64 { serial << 32 | UInt64(index) }

  mutating func set(
    _ index: UInt32, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, kind: Int32
  ) {
    let index = Int(index)
    if entries.count == index {
      entries.append(Entry())
    } else if entries.count < index {
      entries.append(contentsOf: repeatElement(Entry(), count: index + 1 - entries.count))
    } else if entries[index].kind == kind, isNamed(user, device, index) {
      // Introduced again, as a restored subject is when its first record comes.
      return
    }
    entries[index] = Entry(
      start: arena.count, userLength: UInt32(user.count), deviceLength: UInt32(device.count),
      kind: kind)
    arena.append(contentsOf: user)
    arena.append(contentsOf: device)
  }

  @inline(__always)
  func contains(_ index: UInt32) -> Bool {
    Int(index) < entries.count && entries[Int(index)].kind >= 0
  }

  @inline(__always)
  mutating func setConfiguration(_ number: ConfigurationNumber, of index: UInt32) {
    entries[Int(index)].configuration = number
  }

  /// Lends the bytes of a subject's user and device.
  @inline(__always)
  func withNames<T>(
    _ index: UInt32,
    _ body: (_ user: UnsafeBufferPointer<UInt8>, _ device: UnsafeBufferPointer<UInt8>) -> T
  ) -> T {
    let entry = entries[Int(index)]
    let middle = entry.start + Int(entry.userLength)
    return arena.withUnsafeBufferPointer { arena in
      body(
        UnsafeBufferPointer(rebasing: arena[entry.start..<middle]),
        UnsafeBufferPointer(rebasing: arena[middle..<(middle + Int(entry.deviceLength))]))
    }
  }

  private func isNamed(
    _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer, _ index: Int
  ) -> Bool {
    withNames(UInt32(index)) { $0.elementsEqual(user) && $1.elementsEqual(device) }
  }
}

/// A configuration's version by number: 0 for rows without one, from 1 the feed's versions.
struct ConfigurationNumber: Equatable {
  var rawValue: Int32

  static let none = ConfigurationNumber(rawValue: 0)
  /// The row in the table knows it.
  static let notLookedUp = ConfigurationNumber(rawValue: -1)
}

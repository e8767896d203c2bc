import Detection
import Events

/// What the feed knows of the subjects behind one engine's indices: four bytes each, and four more if it must
/// keep their names itself.
struct FeedSubjects {
  struct Entry {
    /// The kind's index plus one in the upper 12 bits, the configuration's number plus one in the lower 20.
    private var bits: UInt32

    /// An index that has not been introduced.
    init() { bits = 0 }

    init(kind: Int) { bits = UInt32(min(kind + 1, 0xfff)) << 20 }

    /// Index into the feed's kinds, which are fewer than 4,095; -1 while the index has not been introduced.
    var kind: Int { Int(bits >> 20) - 1 }

    var configuration: ConfigurationNumber {
      get { ConfigurationNumber(rawValue: Int32(bits & 0xf_ffff) - 1) }
      set { bits = bits & ~0xf_ffff | UInt32(newValue.rawValue + 1) }
    }
  }

  /// Tells this table's subjects from those of all other tables there ever were: indices are given anew
  /// after an engine has been rebuilt, and an event must never replace one of another subject.
  let serial: UInt64
  /// The engine's own, where index and name have the same number; or else ours.
  private let names: SubjectNames
  /// The numbers of ours by index.
  private var ownNames: [UInt32]?
  private(set) var entries: [Entry] = []

  /// - Parameter names: those of the engine, if it lends them.
  init(serial: UInt64, names: SubjectNames? = nil) {
    self.serial = serial
    ownNames = names == nil ? [] : nil
    self.names = names ?? SubjectNames()
  }

  /// A subject's key in the event log.
  @inline(__always)
  func key(_ index: UInt32) -> UInt64 { serial << 32 | UInt64(index) }

  mutating func set(
    _ index: UInt32, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, kind: Int
  ) {
    let place = Int(index)
    if place < entries.count, entries[place].kind == kind, isNamed(user, device, index) {
      // Introduced again, as a restored subject is when its first record comes.
      return
    }
    entries.set(Entry(kind: kind), at: place, filling: Entry())
    ownNames?.set(names.append(user: user, device: device), at: place, filling: 0)
  }

  @inline(__always)
  func contains(_ index: UInt32) -> Bool {
    Int(index) < entries.count && entries[Int(index)].kind >= 0
  }

  @inline(__always)
  mutating func setConfiguration(_ number: ConfigurationNumber, of index: UInt32) {
    entries[Int(index)].configuration = number
  }

  /// The name of a subject that has been introduced.
  @inline(__always)
  func name(_ index: UInt32) -> SubjectName { names[ownNames?[Int(index)] ?? index] }

  private func isNamed(
    _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer, _ index: UInt32
  ) -> Bool {
    let name = name(index)
    return name.user.elementsEqual(user) && name.device.elementsEqual(device)
  }
}

extension Array {
  /// Sets the element at a place, which may be beyond the end.
  fileprivate mutating func set(_ element: Element, at place: Int, filling: Element) {
    if place == count { return append(element) }
    if place > count { append(contentsOf: repeatElement(filling, count: place + 1 - count)) }
    self[place] = element
  }
}

/// A configuration's version by number: 0 for rows without one, from 1 the feed's versions.
struct ConfigurationNumber: Equatable {
  let rawValue: Int32

  static let none = ConfigurationNumber(rawValue: 0)
  /// The row in the table knows it.
  static let notLookedUp = ConfigurationNumber(rawValue: -1)

  init(rawValue: Int32) { self.rawValue = rawValue }

  /// That of the version at `place` of the feed's; versions after the millionth are not told.
  init(ofVersionAt place: Int) {
    self = place < 1_000_000 ? ConfigurationNumber(rawValue: Int32(place) + 1) : .none
  }
}

import Synchronization

/// Small numbers for kinds of subjects, for the tags of events. Filters look a kind up that may not have
/// been seen yet, on a thread that must not wait: the lock is never held for longer than a search.
final class KindNumbers: Sendable {
  private let names = Mutex<[String]>([])

  /// The number of a kind, given at the first asking; 65,535 kinds at most, the rest share the last.
  func number(for name: String) -> UInt16 {
    names.withLock { names in
      if let known = names.firstIndex(where: name.hasSameBytes) { return UInt16(known) }
      guard names.count < Int(UInt16.max) else { return .max }
      names.append(name)
      return UInt16(names.count - 1)
    }
  }

  /// The number of a kind that the feed has seen.
  func known(_ name: String) -> UInt16? {
    names.withLock { names in
      names.firstIndex(where: name.hasSameBytes).map { UInt16($0) }
    }
  }
}

import Glibc

/// When each revision's change began to be written, in a file that two processes map: seconds of the
/// monotonic clock, one number a revision.
///
/// The publisher writes an entry before it publishes the event; the watchers' process reads it when the
/// event has come over a socket, which orders the two.
final class PublishTimes {
  private static let capacity = 1 << 20
  private let entries: UnsafeMutablePointer<Double>

  init(path: String, isWritable: Bool) throws {
    let bytes = Self.capacity * MemoryLayout<Double>.stride
    let file = open(path, isWritable ? O_RDWR | O_CREAT : O_RDONLY, 0o600)
    guard file >= 0 else { throw BenchmarkError("cannot open \(path)") }
    defer { close(file) }
    if isWritable { ftruncate(file, bytes) }
    let memory = mmap(
      nil, bytes, isWritable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0)
    guard let memory, memory != MAP_FAILED else { throw BenchmarkError("cannot map \(path)") }
    entries = memory.bindMemory(to: Double.self, capacity: Self.capacity)
  }

  deinit { munmap(entries, Self.capacity * MemoryLayout<Double>.stride) }

  func set(_ time: Double, of revision: Int64) {
    guard (0..<Int64(Self.capacity)).contains(revision) else { return }
    entries[Int(revision)] = time
  }

  /// `nil` for a revision that was not noted.
  @inline(__always)
  subscript(revision: Int64) -> Double? {
    guard (0..<Int64(Self.capacity)).contains(revision), entries[Int(revision)] > 0 else {
      return nil
    }
    return entries[Int(revision)]
  }
}

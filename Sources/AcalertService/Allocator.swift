import CLinux

/// How the C library's allocator gives back what a batch has taken.
enum Allocator {
  /// From this size on a piece of memory is a mapping of its own, which goes back to the system with its
  /// last use.
  ///
  /// Left to itself glibc raises that bound, up to 32 MiB, whenever such a piece is freed
  /// (`mallopt(3)`, M_MMAP_THRESHOLD). The arrays of large batches, and the tables that grow with the
  /// subjects, then leave holes in its heap that nothing fits: a tenth to a fifth of the service's memory.
  /// What Kafka answers to a fetch is smaller (`fetch.max.bytes`), or each answer would be mapped, and
  /// cleared page by page by the system.
  private static let mappedFrom: Int32 = 4 << 20

  /// So much free memory at the end of a heap is kept (`mallopt(3)`, M_TRIM_THRESHOLD). At the default of
  /// 128 KiB librdkafka's thread gives back what the messages before took, to ask for it anew with the next
  /// answer.
  private static let keptBelow: Int32 = 64 << 20

  /// Settles it for the process, once; whether the C library has agreed.
  static let isSettled =
    mallopt(M_MMAP_THRESHOLD, mappedFrom) == 1 && mallopt(M_TRIM_THRESHOLD, keptBelow) == 1
}

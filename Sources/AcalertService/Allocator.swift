import CAllocator
import CLinux

/// How memory is taken and given back.
///
/// librdkafka's threads allocate each message, and the pipeline frees it. The C library keeps memory by
/// thread: both then wait for each other's lock, and sleep and wake each other over it. jemalloc does
/// not, and is linked where it is installed (`CAllocator`); the rest here is for the C library's own.
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

  /// Whether jemalloc is linked.
  static let isJemalloc = callocator_arenas() > 0

  /// Settles it for the process, once; whether it is as it should be.
  static let isSettled =
    isJemalloc
    || mallopt(M_MMAP_THRESHOLD, mappedFrom) == 1 && mallopt(M_TRIM_THRESHOLD, keptBelow) == 1
}

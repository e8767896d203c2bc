import CAllocator
import Foundation
import Testing

@testable import AcalertService

@Suite struct AllocatorTests {
  @Test func isSettled() {
    #expect(Allocator.isSettled)
  }

  @Test(.enabled(if: Allocator.isJemalloc))
  func jemallocReadsOurSettings() {
    let isOverridden = ProcessInfo.processInfo.environment["MALLOC_CONF"] != nil
    #expect(callocator_arenas() == 1 || isOverridden)
  }
}

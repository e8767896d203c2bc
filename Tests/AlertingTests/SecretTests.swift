import Testing

@testable import Alerting

@Suite struct SecretTests {
  @Test func isNotShownByAnyWayOfPrinting() {
    struct Holder { var key = Secret("hunter2") }
    var dumped = ""
    dump(Holder(), to: &dumped)
    for text in ["\(Secret("hunter2"))", "\(Holder())", String(reflecting: Holder()), dumped] {
      #expect(!text.contains("hunter2"))
    }
  }
}

import Foundation
import Testing

/// Waits for a condition, looking again and again until it holds or the deadline has passed.
func eventually<Value>(
  within seconds: Double = 20, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ look: () throws -> Value?
) throws -> Value {
  let deadline = Date(timeIntervalSinceNow: seconds)
  var last: (any Error)?
  while Date() < deadline {
    do {
      if let value = try look() { return value }
    } catch {
      last = error
    }
    // Between two looks, the program under test gets the processor.
    _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(5))
  }
  let because = last.map { "; last error: \($0)" } ?? ""
  try #require(Bool(false), "\(what) within \(seconds) s\(because)", sourceLocation: sourceLocation)
  throw CancellationError()
}

/// Waits until a condition is true.
func eventually(
  within seconds: Double = 20, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
  isTrue look: () throws -> Bool
) throws {
  let _: Void = try eventually(within: seconds, what, sourceLocation: sourceLocation) {
    try look() ? () : nil
  }
}

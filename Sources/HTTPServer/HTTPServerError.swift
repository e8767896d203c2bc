import Glibc
import Threads

/// Why the server could not start: what was attempted, why it failed, what to do.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// What the server tried to do, as it follows "cannot".
  public let attempted: String
  /// The system's error number, 0 if the fault is in the configuration.
  public let code: Int32
  /// What is wrong.
  public let reason: String
  /// What the operator should do, empty if that is not known.
  public let hint: String

  init(attempted: String, code: Int32, hint: String = "") {
    self.attempted = attempted
    self.code = code
    self.reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.hint = hint
  }

  init(attempted: String, reason: String, hint: String) {
    self.attempted = attempted
    self.code = 0
    self.reason = reason
    self.hint = hint
  }

  /// Does something with threads; their errors become the server's.
  static func wrapping<Value>(
    _ body: () throws(ThreadError) -> Value
  ) throws(HTTPServerError) -> Value {
    do { return try body() } catch {
      throw HTTPServerError(attempted: error.attempted, code: error.code)
    }
  }

  /// One line: `cannot listen on 127.0.0.1:8080: Address already in use; choose another port …`
  public var description: String {
    "cannot \(attempted): \(reason)" + (hint.isEmpty ? "" : "; \(hint)")
  }
}

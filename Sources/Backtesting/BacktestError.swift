/// Recordings or labels that cannot be used.
public struct BacktestError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Kind: Equatable, Sendable {
    /// The file cannot be opened, or the rest of it cannot be read.
    case unreadable
    /// The file can be read, and is not what it should be.
    case malformed
  }

  public var kind: Kind
  public var file: String
  /// Counted from 1; absent if the fault has no place.
  public var line: Int?
  public var message: String

  public init(_ kind: Kind, file: String, line: Int? = nil, _ message: String) {
    self.kind = kind
    self.file = file
    self.line = line
    self.message = message
  }

  /// `file:line: message`, which editors can jump to.
  public var description: String {
    line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
  }
}

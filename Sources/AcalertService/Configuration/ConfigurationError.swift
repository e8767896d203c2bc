/// What is wrong with a configuration, and where.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  public var file: String
  /// Line and column, counted from 1; absent if the fault has no place, as a missing file.
  public var line: Int?
  public var column: Int?
  public var message: String

  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: message`, which editors can jump to.
  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let line, let column, line > 0 { place += ":\(column)" }
    return "\(place): \(message)"
  }
}

/// Why bytes are not a request that the server can take, as the status and detail of the answer.
public struct HTTPParseFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The status to answer with: 400, 413, 414, 417, 431, 501 or 505.
  public let status: Int
  /// One sentence for whoever wrote the client.
  public let detail: String

  public init(_ status: Int, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  public var description: String { "\(status): \(detail)" }
}

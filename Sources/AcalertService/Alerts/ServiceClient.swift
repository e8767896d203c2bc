import Alerting
import Foundation

/// A service that runs, asked over its HTTP interface (docs/API.md): for the command line.
public struct ServiceClient: Sendable {
  /// Its address, without a slash at the end.
  public let url: String
  private let client = HTTPClient(userAgent: "acalert/\(AcalertVersion.current)")
  private let timeout: Int64

  /// - Parameter timeout: milliseconds.
  public init(url: String, timeout: Int64 = 10_000) {
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.timeout = timeout
  }

  /// The address at which a service with this configuration is reached from this machine.
  public init(_ configuration: Configuration) {
    let address =
      switch configuration.http.address {
      case "0.0.0.0": "127.0.0.1"
      case "::": "[::1]"
      case let address where address.contains(":"): "[\(address)]"
      case let address: address
      }
    self.init(url: "http://\(address):\(configuration.http.port)")
  }

  /// An answer that is not what was asked for.
  public struct Refusal: Error, CustomStringConvertible {
    /// The HTTP status; `nil` if there was no answer at all.
    public var status: Int?
    public var description: String
  }

  /// Asks for something; the answer is JSON.
  ///
  /// - Parameters:
  ///   - query: names and values, as they are; those without a value are left out.
  ///   - body: sent as JSON.
  /// - Throws: ``Refusal``.
  public func ask<Answer: Decodable>(
    _ answer: Answer.Type, _ method: HTTPRequest.Method, _ path: String,
    query: [(String, String?)] = [], body: [String: Any]? = nil
  ) throws -> Answer {
    let bytes: [UInt8]? = try body.map {
      Array(try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]))
    }
    let response = try send(method, path + Self.text(query), body: bytes)
    guard (200..<300).contains(response.status) else {
      let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
      throw Refusal(
        status: response.status,
        description: problem?.detail ?? "\(url)\(path) answered \(response.status)")
    }
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(response.body))
    } catch {
      throw Refusal(
        status: response.status,
        description: "\(url)\(path) did not answer as this version of acalert expects: \(error)")
    }
  }

  /// Whether the service is ready, and what is amiss if it is not.
  public func readiness() throws -> (isReady: Bool, detail: String) {
    let response = try send(.get, "/readyz", body: nil)
    if response.status == 200 { return (true, "") }
    return (false, response.text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private func send(
    _ method: HTTPRequest.Method, _ target: String, body: [UInt8]?
  ) throws -> HTTPResponse {
    var request = HTTPRequest(method, url: Secret(url + target))
    if let body { request = .json(method, url: Secret(url + target), body: body) }
    request.timeout = timeout
    request.maxBodyBytes = 64 << 20
    do {
      return try client.send(request)
    } catch {
      throw Refusal(
        status: nil,
        description: "no service answers at \(url): \(error.text); name its address with --url")
    }
  }

  private static func text(_ query: [(String, String?)]) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    let parts = query.compactMap { name, value in
      value.map { "\(name)=\($0.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")" }
    }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  private struct Problem: Decodable { var detail: String }
}

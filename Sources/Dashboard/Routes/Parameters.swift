import Detection
import HTTPServer

/// A query that cannot be answered, and why, for the client.
struct BadParameter: Error {
  var message: String
}

/// The parameters of one query, each known and given once. An empty value is the same as none.
struct Parameters {
  private var values: [String: String] = [:]

  /// - Throws: `BadParameter` for a name that is not among `known`, or that is given twice.
  init(_ request: HTTPRequest, known: [String]) throws {
    for item in request.query {
      guard known.contains(item.name) else {
        let name = item.name.prefix(64)
        throw BadParameter(
          message: known.isEmpty
            ? "There is no parameter named “\(name)”: this path takes none."
            : "There is no parameter named “\(name)”. Known here: "
              + known.joined(separator: ", ") + ".")
      }
      guard values.updateValue(item.value, forKey: item.name) == nil else {
        throw BadParameter(message: "\(item.name) is given more than once.")
      }
    }
  }

  subscript(name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A whole number in `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw BadParameter(
        message:
          "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// A revision, as rows and events name it.
  func revision(_ name: String) throws -> Int64? {
    guard let text = self[name] else { return nil }
    guard let number = Int64(text), number >= 0 else {
      throw BadParameter(message: "\(name) must be a revision: a whole number, 0 or more.")
    }
    return number
  }

  /// A time in milliseconds since 1970.
  func time(_ name: String) throws -> Int64? {
    guard let text = self[name] else { return nil }
    guard let time = QueryTime.parse(text) else {
      throw BadParameter(
        message: "\(name) must be Unix milliseconds, or RFC 3339 like 2026-11-21T04:32:00.123Z "
          + "(a + in a zone written as %2B).")
    }
    return time
  }

  /// `0` or `1`.
  func flag(_ name: String, default value: Bool = false) throws -> Bool {
    switch self[name] {
    case nil: value
    case "0": false
    case "1": true
    default: throw BadParameter(message: "\(name) must be 0 or 1.")
    }
  }

  /// One of the raw values of `Choice`.
  func choice<Choice: RawRepresentable<String>>(
    _ name: String, of all: [Choice]
  ) throws -> Choice? {
    guard let text = self[name] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw BadParameter(
        message: "\(name) must be one of: " + all.map(\.rawValue).joined(separator: ", ") + ".")
    }
    return choice
  }

  /// States by name, separated by commas; empty if none are named.
  func states(_ name: String) throws -> Set<SafetyState> {
    guard let text = self[name] else { return [] }
    return try Set(
      text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let state = SafetyState(name: part) else {
          let all = SafetyState.allCases.map(\.name).joined(separator: ", ")
          throw BadParameter(
            message: "\(name) must be one or more of these, separated by commas: \(all).")
        }
        return state
      })
  }
}

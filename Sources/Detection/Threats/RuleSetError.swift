/// What is wrong with a set of threat rules, and where.
public struct RuleSetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Places in ``RuleSet``'s arrays, from 0.
  public enum Place: Equatable, Sendable {
    case rule(Int)
    case assignment(Int)
    case exemption(Int)
  }

  public var place: Place
  /// The key at fault as the rules file writes it, e.g. `unsafe` or `persist.frames`.
  public var key: String
  /// Which element of the list at `key` is at fault, from 0; absent if it is no list or all of it.
  public var item: Int?
  /// What is wrong, and what to do.
  public var message: String

  public init(place: Place, key: String, item: Int? = nil, message: String) {
    self.place = place
    self.key = key
    self.item = item
    self.message = message
  }

  public var description: String {
    let list =
      switch place {
      case .rule(let place): "rules[\(place)]"
      case .assignment(let place): "assign[\(place)]"
      case .exemption(let place): "ignore[\(place)]"
      }
    let element = item.map { "[\($0)]" } ?? ""
    return "\(list).\(key)\(element): \(message)"
  }
}

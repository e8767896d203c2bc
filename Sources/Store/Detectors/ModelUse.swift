import Detection

/// A model that a stream's rules name, and for what.
public struct ModelUse: Equatable, Sendable {
  /// The kind of subjects whose falls it judges.
  public var kind: String
  /// Patterns of the users and devices of an override; both empty for all that no override fits.
  public var users: [String]
  public var devices: [String]
  /// Never `impact`.
  public var role: FallScore.Role
  public var model: Model
  /// The probability from which on it finds a fall.
  public var threshold: Double
}

extension StreamRules {
  /// The models in use, those of overrides included.
  public var modelUses: [ModelUse] {
    func uses(_ falls: FallRules?, users: [String] = [], devices: [String] = []) -> [ModelUse] {
      let roles: [(FallScore.Role, FallModelRules?)] = [
        (.active, falls?.model), (.early, falls?.early), (.shadow, falls?.shadow),
      ]
      return roles.compactMap { role, rules in
        rules.map {
          ModelUse(
            kind: kind, users: users, devices: devices, role: role, model: $0.model,
            threshold: $0.threshold)
        }
      }
    }
    return uses(falls)
      + overrides.flatMap { uses($0.falls, users: $0.users, devices: $0.devices) }
  }
}

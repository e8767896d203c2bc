import Events

/// Whose recordings are looked at.
public struct UserFilter: Sendable {
  private let included: [GlobPattern]
  private let excluded: [GlobPattern]

  /// Everybody's.
  public static let all = UserFilter()

  /// - Parameters:
  ///   - included: patterns as in file names, `SA0*`; all users, if there is none.
  ///   - excluded: patterns of users to leave out of them.
  public init(including included: [String] = [], excluding excluded: [String] = []) {
    self.included = included.map { GlobPattern($0) }
    self.excluded = excluded.map { GlobPattern($0) }
  }

  public func includes(_ user: String) -> Bool {
    (included.isEmpty || included.contains { $0.matches(user) })
      && !excluded.contains { $0.matches(user) }
  }
}

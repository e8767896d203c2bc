/// Users dealt into groups of about the same size, each user into exactly one.
///
/// All of a user's trials go with the user: what a search knows of a person never helps it to judge that
/// person. Users with events and users without are dealt one after the other, so the folds differ by at
/// most one user in the number of both.
public struct Folds: Equatable, Sendable {
  /// The users of each fold, sorted.
  public let users: [[String]]

  /// - Parameters:
  ///   - count: at least 2, at most the number of users.
  ///   - hasEvents: of each user, whether any trial holds an event.
  ///   - seed: decides who comes into which fold.
  public init(_ count: Int, of hasEvents: [String: Bool], seed: UInt64) throws(TuningError) {
    guard count >= 2 else { throw TuningError("there must be at least 2 folds") }
    guard count <= hasEvents.count else {
      throw TuningError(
        "\(count) folds need \(count) users, and there are \(hasEvents.count): a user is never in two"
      )
    }
    var random = SplitMix64(seed: seed)
    let sorted = hasEvents.sorted { $0.key < $1.key }
    var withEvents = sorted.filter(\.value).map(\.key)
    var without = sorted.filter { !$0.value }.map(\.key)
    random.shuffle(&withEvents)
    random.shuffle(&without)
    var dealt: [[String]] = Array(repeating: [], count: count)
    for (place, user) in (withEvents + without).enumerated() { dealt[place % count].append(user) }
    users = dealt.map { $0.sorted() }
  }

  public var count: Int { users.count }
}

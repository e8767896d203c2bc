import Testing

@testable import Backtesting

struct TuningFoldTests {
  @Test func everyUserIsInExactlyOneFoldOfEvenSize() throws {
    var random = SplitMix64(seed: 5)
    for round in 0..<300 {
      let count = 2 + Int(random.below(40))
      let users = Dictionary(
        uniqueKeysWithValues: (0..<count).map { ("u-\($0)", random.below(3) > 0) })
      let folds = try Folds(
        2 + Int(random.below(UInt64(count - 1))), of: users, seed: UInt64(round))
      #expect(folds.users.flatMap(\.self).sorted() == users.keys.sorted())
      let sizes = folds.users.map(\.count)
      let withEvents = folds.users.map { fold in fold.count { users[$0] == true } }
      let without = folds.users.map { fold in fold.count { users[$0] == false } }
      for figures in [sizes, withEvents, without] {
        #expect((figures.max() ?? 0) - (figures.min() ?? 0) <= 1)
      }
    }
  }

  @Test func seedAloneDecides() throws {
    let users = Dictionary(uniqueKeysWithValues: (0..<20).map { ("u-\($0)", $0 % 3 == 0) })
    let folds = try Folds(5, of: users, seed: 1)
    #expect(try Folds(5, of: users, seed: 1) == folds)
    #expect(try Folds(5, of: users, seed: 2) != folds)
  }

  @Test func moreFoldsThanUsersAreRefused() {
    #expect(throws: TuningError.self) { try Folds(3, of: ["a": true, "b": false], seed: 1) }
    #expect(throws: TuningError.self) { try Folds(1, of: ["a": true, "b": false], seed: 1) }
  }
}

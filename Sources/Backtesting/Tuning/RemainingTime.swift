/// How long a piece of work will still take, by how long it has taken so far.
public struct RemainingTime: Sendable {
  private let start: Int64

  /// - Parameter start: the moment at which it began, in milliseconds of any clock that does not jump.
  public init(start: Int64) { self.start = start }

  /// Milliseconds still to go; `nil` as long as nothing is done.
  public func estimate(done: Int, of total: Int, now: Int64) -> Int64? {
    guard done > 0 else { return nil }
    let perItem = Double(max(0, now - start)) / Double(done)
    return Int64((perItem * Double(max(0, total - done))).rounded())
  }

  /// As people say it: `8 s`, `3 min 20 s`, `2 h 05 min`.
  public static func text(_ milliseconds: Int64) -> String {
    let seconds = (milliseconds + 500) / 1000
    func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
    return "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) min"
  }
}

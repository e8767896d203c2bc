/// What somebody found when looking at what a rule had called a threat, or at an alert.
public struct Verdict: Equatable, Sendable {
  /// The raw values are the interface's names.
  public enum Kind: String, CaseIterable, Sendable {
    /// There was nothing of the kind.
    case falseAlarm = "false_alarm"
    /// It was one.
    case confirmed
  }

  /// The longest note and author's name, in bytes of UTF-8.
  public static let maxNoteBytes = 2_000
  public static let maxAuthorBytes = 256
  /// Verdicts kept of one threat or alert: the newest so many.
  public static let maxKept = 1_000

  public var kind: Kind
  public var note: String
  public var author: String
  /// When it was given, in milliseconds since 1970.
  public var time: Int64

  public init(kind: Kind, note: String = "", author: String = "", time: Int64) {
    self.kind = kind
    self.note = note
    self.author = author
    self.time = time
  }

  /// Checks the lengths.
  func validate() throws {
    for (what, text, limit) in [
      ("note", note, Self.maxNoteBytes), ("author", author, Self.maxAuthorBytes),
    ] where text.utf8.count > limit {
      throw StoreError(
        code: .invalidValue, message: "the \(what) is longer than \(limit) bytes",
        attempted: "write a verdict", hint: "shorten it")
    }
  }
}

extension Verdict.Kind {
  /// Its number in the database, where 0 says that there is no verdict yet.
  var number: Int64 { self == .confirmed ? 1 : 2 }

  init?(number: Int64) {
    switch number {
    case 1: self = .confirmed
    case 2: self = .falseAlarm
    default: return nil
    }
  }
}

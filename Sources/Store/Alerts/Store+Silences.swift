/// Silences: who is not to be told, and until when.
extension Store {
  /// Writes a new silence.
  ///
  /// - Returns: Its id.
  /// - Throws: ``StoreError``, with code `invalidValue` if it has no matcher, one that is empty or holds
  ///   a line break, too many or too long ones, if it ends before it starts, if the author or the
  ///   comment is too long, or if ``Silence/maxCurrent`` others are not over yet. What the matchers
  ///   mean is not checked here.
  @discardableResult
  public func add(_ silence: Silence) throws -> Int64 {
    let attempted = "add a silence"
    try silence.validate()
    return try exclusively(attempted) {
      try transaction(attempted) {
        let count = try connection.statement("SELECT count(*) FROM silence_rows WHERE ends > ?1")
        count.bind(1, silence.created)
        guard try count.first(attempted) ?? 0 < Silence.maxCurrent else {
          throw StoreError(
            code: .invalidValue, message: "there are already \(Silence.maxCurrent) silences",
            attempted: attempted, hint: "let one silence match more, or expire some")
        }
        mirror.counters.silence += 1
        let insert = try connection.statement(
          """
          INSERT INTO silence_rows(\(Silence.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
          """)
        insert.bind(1, mirror.counters.silence)
        insert.bind(2, silence.matchers.joined(separator: "\n"))
        insert.bind(3, silence.starts)
        insert.bind(4, silence.ends)
        insert.bind(5, silence.author)
        insert.bind(6, silence.comment)
        insert.bind(7, silence.created)
        try insert.run(attempted)
        try writeCounters()
        return mirror.counters.silence
      }
    }
  }

  /// Ends a silence now, also one that has not begun.
  ///
  /// - Returns: The silence, unchanged if it was over already; `nil` if there is none with this id.
  public func expireSilence(_ id: Int64, now: Int64) throws -> Silence? {
    let attempted = "expire a silence"
    return try exclusively(attempted) {
      try transaction(attempted) {
        let expire = try connection.statement(
          "UPDATE silence_rows SET ends = ?2 WHERE id = ?1 AND ends > ?2")
        expire.bind(1, id)
        expire.bind(2, now)
        try expire.run(attempted)
        let select = try connection.statement(
          "SELECT \(Silence.columns) FROM silence_rows WHERE id = ?1")
        select.bind(1, id)
        var found: Silence?
        try select.forEachRow(attempted) { found = Silence(select) }
        return found
      }
    }
  }

  /// The silences that end after a time, by id: those that hold, and those that will.
  public func silences(endingAfter time: Int64) throws -> [Silence] {
    let attempted = "read the silences"
    return try exclusively(attempted) {
      let select = try connection.statement(
        "SELECT \(Silence.columns) FROM silence_rows WHERE ends > ?1 ORDER BY id")
      select.bind(1, time)
      var found: [Silence] = []
      try select.forEachRow(attempted) { found.append(Silence(select)) }
      return found
    }
  }
}

extension Silence {
  func validate() throws {
    func refuse(_ message: String) -> StoreError {
      StoreError(code: .invalidValue, message: message, attempted: "add a silence")
    }
    guard !matchers.isEmpty else { throw refuse("a silence needs a matcher") }
    guard matchers.count <= Self.maxMatchers else {
      throw refuse("a silence has at most \(Self.maxMatchers) matchers")
    }
    for matcher in matchers {
      guard !matcher.isEmpty, !matcher.utf8.contains(UInt8(ascii: "\n")) else {
        throw refuse("a matcher is empty or holds a line break")
      }
      guard matcher.utf8.count <= Self.maxMatcherBytes else {
        throw refuse("a matcher is longer than \(Self.maxMatcherBytes) bytes")
      }
    }
    guard starts < ends else { throw refuse("the silence ends before it starts") }
    guard author.utf8.count <= Self.maxAuthorBytes else {
      throw refuse("the author is longer than \(Self.maxAuthorBytes) bytes")
    }
    guard comment.utf8.count <= Self.maxCommentBytes else {
      throw refuse("the comment is longer than \(Self.maxCommentBytes) bytes")
    }
  }
}

import Detection

/// Subjects: how an engine's new ones get their ids.
extension Store {
  /// Gives new subjects their ids, or finds the ones that they have had before.
  ///
  /// Ids go by the order in which the engine met them, so that the rows that follow are appended to their
  /// table. They are inserted in about the order of the indices by name, though, so that many subjects at
  /// once touch each page of those once, and not a page each.
  func introduce(_ newSubjects: [NewSubject], engine: Int) throws {
    guard !newSubjects.isEmpty else { return }
    let find = try connection.statement(
      "SELECT id FROM subject_rows WHERE kind = ?1 AND user = ?2 AND device = ?3")
    let insert = try connection.statement(
      """
      INSERT INTO subject_rows(id, kind, user, device) VALUES (?4, ?1, ?2, ?3)
      ON CONFLICT (kind, user, device) DO NOTHING
      """)
    let first = mirror.lastSubject + 1
    for place in try byName(newSubjects) {
      let subject = newSubjects[place]
      let kind = try kindID(subject.identity.kind)
      func bind(_ statement: Statement) {
        statement.bind(1, Int64(kind))
        statement.bind(2, subject.identity.user)
        statement.bind(3, subject.identity.device)
      }
      // Almost all are new to the table, too: one look at its index is enough for those.
      var id: Int64? = first + Int64(place)
      bind(insert)
      insert.bind(4, id)
      try insert.run("introduce \(subject.identity)")
      if connection.changes == 0 {
        bind(find)
        id = try find.first("introduce \(subject.identity)")
      }
      guard let id, let small = UInt32(exactly: id) else {
        throw StoreError(
          code: .misuse, message: "no id below 2^32 is left",
          attempted: "introduce \(subject.identity)")
      }
      mirror.lastSubject = max(mirror.lastSubject, id)
      subjects.set(.init(id: small, kind: kind), engine: engine, index: subject.index)
    }
  }

  /// The places of subjects by kind and by the first sixteen bytes of the user's name, which is order enough;
  /// a few subjects stay as they are.
  private func byName(_ newSubjects: [NewSubject]) throws -> [Int] {
    guard newSubjects.count > 256 else { return Array(newSubjects.indices) }
    var order: [(kind: UInt16, head: UInt64, tail: UInt64, place: UInt32)] = []
    order.reserveCapacity(newSubjects.count)
    for (place, subject) in newSubjects.enumerated() {
      var words: (UInt64, UInt64) = (0, 0)
      var count = 0
      for byte in subject.identity.user.utf8.prefix(16) {
        if count < 8 {
          words.0 |= UInt64(byte) << UInt64(56 - 8 * count)
        } else {
          words.1 |= UInt64(byte) << UInt64(120 - 8 * count)
        }
        count += 1
      }
      order.append((try kindID(subject.identity.kind), words.0, words.1, UInt32(place)))
    }
    order.sort { ($0.kind, $0.head, $0.tail, $0.place) < ($1.kind, $1.head, $1.tail, $1.place) }
    return order.map { Int($0.place) }
  }

  func kindID(_ name: String) throws -> UInt16 {
    if let known = mirror.kinds[name] { return known.id }
    let unit = mirror.units[name] ?? ""
    let id = mirror.kinds.count + 1
    guard id <= UInt16.max else {
      throw StoreError(
        code: .misuse, message: "more than 65535 kinds", attempted: "introduce the kind \(name)")
    }
    let insert = try connection.statement("INSERT INTO kinds(id, name, unit) VALUES (?1, ?2, ?3)")
    insert.bind(1, Int64(id))
    insert.bind(2, name)
    insert.bind(3, unit)
    try insert.run("introduce the kind \(name)")
    mirror.kinds[name] = (UInt16(id), unit)
    mirror.longestWindows.append(0)
    return UInt16(id)
  }

  @inline(__always)
  func reference(_ index: UInt32, engine: Int) throws -> SubjectMap.Reference {
    guard let reference = subjects.reference(engine: engine, index: index) else {
      throw StoreError(
        code: .misuse, message: "engine \(engine) never introduced its subject \(index)",
        attempted: "write a batch of results")
    }
    return reference
  }
}

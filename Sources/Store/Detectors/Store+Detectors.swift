import Detection

/// What the detectors led to: possible falls with what each model said of them, and the detectors' own
/// states; and the models' names.
extension Store {
  /// Makes models known by name, before an engine uses them.
  ///
  /// A model is its hash: one that is known keeps the time of its first use, and takes a new name. What a
  /// model says that nobody introduced is written all the same; it has no name then.
  ///
  /// - Parameter time: now, in milliseconds since 1970.
  public func introduce(_ models: [Model], at time: Int64) throws {
    let attempted = "write the models' names"
    try exclusively(attempted) {
      try transaction(attempted) {
        let insert = try connection.statement(
          """
          INSERT INTO model_rows(hash, name, kind, first_used) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT (hash) DO UPDATE SET name = excluded.name, kind = excluded.kind
          RETURNING id
          """)
        for model in models {
          insert.bind(1, model.hash)
          insert.bind(2, model.name)
          insert.bind(3, model.kind)
          insert.bind(4, time)
          mirror.models[model.hash] = try insert.first(attempted)
        }
      }
    }
  }

  // MARK: Within a transaction

  func write(_ candidates: [FallCandidate], engine: Int) throws {
    guard !candidates.isEmpty else { return }
    let insert = try connection.statement(
      """
      INSERT INTO fall_rows(id, subject, time, decided, peak, outcome, disagrees, partition, offset,
        config, feature_set, features)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """)
    for candidate in candidates {
      let subject = try reference(candidate.subject, engine: engine)
      try check(candidate.origin.partition)
      mirror.counters.fallCandidate += 1
      insert.bind(1, mirror.counters.fallCandidate)
      insert.bind(2, Int64(subject.id))
      insert.bind(3, candidate.time)
      insert.bind(4, candidate.decided)
      insert.bind(5, candidate.peak)
      insert.bind(6, candidate.outcome.rawValue)
      insert.bind(7, candidate.isDisputed ? 1 as Int64 : 0)
      insert.bind(8, Int64(candidate.origin.partition))
      insert.bind(9, candidate.origin.offset)
      insert.bind(10, mirror.configuration(of: engine))
      if candidate.features.isEmpty {
        insert.bindNull(11)
        insert.bindNull(12)
      } else {
        insert.bind(11, try featureSet(count: candidate.features.count))
        insert.bind(12, blob: FeatureBytes.pack(candidate.features))
      }
      try insert.run("write a possible fall")
      try write(candidate.scores, of: mirror.counters.fallCandidate, time: candidate.decided)
    }
  }

  private func write(_ scores: [FallScore], of candidate: Int64, time: Int64) throws {
    let insert = try connection.statement(
      """
      INSERT INTO fall_score_rows(candidate, place, role, model, probability, threshold, is_fall)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    for (place, score) in scores.enumerated() {
      insert.bind(1, candidate)
      insert.bind(2, Int64(place))
      insert.bind(3, score.role.rawValue)
      insert.bind(4, score.model.isEmpty ? nil : try modelID(score.model, time: time))
      insert.bind(5, score.probability)
      insert.bind(6, score.threshold)
      insert.bind(7, score.isFall ? 1 as Int64 : 0)
      try insert.run("write a model's score")
    }
  }

  private func modelID(_ hash: String, time: Int64) throws -> Int64? {
    if let known = mirror.models[hash] { return known }
    let insert = try connection.statement(
      "INSERT INTO model_rows(hash, name, kind, first_used) VALUES (?1, '', '', ?2) RETURNING id")
    insert.bind(1, hash)
    insert.bind(2, time)
    let id = try insert.first("write a model's version")
    mirror.models[hash] = id
    return id
  }

  /// The id of the features that are measured now.
  private func featureSet(count: Int) throws -> Int64? {
    guard count == FallFeature.allCases.count else {
      throw StoreError(
        code: .misuse,
        message: "a candidate has \(count) features instead of \(FallFeature.allCases.count)",
        attempted: "write a possible fall")
    }
    if let known = mirror.featureSet { return known }
    let attempted = "write the features' names"
    let insert = try connection.statement(
      "INSERT INTO feature_sets(names) VALUES (?1) ON CONFLICT (names) DO NOTHING")
    insert.bind(1, FeatureBytes.names)
    try insert.run(attempted)
    let find = try connection.statement("SELECT id FROM feature_sets WHERE names = ?1")
    find.bind(1, FeatureBytes.names)
    mirror.featureSet = try find.first(attempted)
    return mirror.featureSet
  }

  func write(_ states: [DetectorState], engine: Int) throws {
    guard !states.isEmpty else { return }
    let upsert = try connection.statement(
      """
      INSERT INTO detector_states(subject, state) VALUES (?1, ?2)
      ON CONFLICT (subject) DO UPDATE SET state = excluded.state
      """)
    let forget = try connection.statement("DELETE FROM detector_states WHERE subject = ?1")
    for state in states {
      let subject = try reference(state.subject, engine: engine)
      if state.bytes.isEmpty {
        forget.bind(1, Int64(subject.id))
        try forget.run("forget a subject's detectors")
      } else {
        upsert.bind(1, Int64(subject.id))
        upsert.bind(2, blob: state.bytes)
        try upsert.run("write the state of a subject's detectors")
      }
    }
  }
}

extension FallCandidate {
  /// Whether the active and the shadow model differ about it.
  var isDisputed: Bool {
    guard let active = scores.first(where: { $0.role == .active }),
      let shadow = scores.first(where: { $0.role == .shadow })
    else { return false }
    return active.isFall != shadow.isFall
  }
}

import Events

/// A set of rules made ready for judging: names as numbers, assignments as an index.
///
/// Belongs to one thread, as its names and time zones do.
public final class CompiledRules {
  /// What it was made of.
  public let set: RuleSet
  private let names: FrameNames
  private let timeZones: TimeZoneTable
  private let rules: [CompiledRule]
  private var assignments = ClauseIndex()
  private var exemptions = ClauseIndex()
  /// For each assignment, the places of its rules.
  private let assigned: [[Int32]]
  /// For each exemption, what it exempts, by number: those that exempt the same share one.
  private var contentOf: [Int32] = []
  private var contents: [(text: String, classes: ClassSet, zones: [CompiledZone])] = []
  private let findings = FrameFindings()
  private var lists: [[Int32]: CameraRuleList] = [:]

  /// - Parameter set: a set that has passed ``RuleSet/validate(knownClasses:isTimeZone:)``. (A rule that
  ///   an assignment names and that does not exist is passed over; a time zone unknown to the table
  ///   counts as UTC.)
  public init(_ set: RuleSet, names: FrameNames, timeZones: TimeZoneTable) {
    self.set = set
    self.names = names
    self.timeZones = timeZones
    rules = set.rules.map { CompiledRule($0, names: names, timeZones: timeZones) }
    let places = Dictionary(
      set.rules.enumerated().map { ($1.id, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    assigned = set.assignments.map { $0.rules.compactMap { places[$0] } }
    for clause in set.assignments {
      assignments.add(users: clause.users, devices: clause.devices, sites: clause.sites)
    }
    var numbers: [String: Int32] = [:]
    for clause in set.exemptions {
      exemptions.add(users: clause.users, devices: clause.devices, sites: clause.sites)
      let text = "\(clause.classes.sorted()) \(clause.zones)"
      if let number = numbers[text] {
        contentOf.append(number)
        continue
      }
      let number = Int32(contents.count)
      numbers[text] = number
      contentOf.append(number)
      contents.append(
        (
          text, ClassSet(clause.classes.compactMap { names.classes.intern($0) }),
          clause.zones.map { CompiledZone($0, names: names) }
        ))
    }
  }

  /// What holds for a camera. Called once for each camera: the work grows with the clauses that fit it,
  /// not with those that do not.
  ///
  /// The same object is returned for all cameras to which the same applies.
  func assigned(
    user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, site: UnsafeRawBufferPointer
  ) -> CameraRuleList {
    var key: [Int32] = []
    for clause in assignments.find(user: user, device: device, site: site) {
      key.append(contentsOf: assigned[Int(clause)])
    }
    key = Self.distinct(key)
    let ruleCount = key.count
    // Without rules there is nothing to be exempted from.
    if ruleCount > 0 {
      let found = exemptions.find(user: user, device: device, site: site)
      key.append(-1)
      key.append(contentsOf: Self.distinct(found.map { contentOf[Int($0)] }))
    }
    if let list = lists[key] { return list }
    let list = makeList(
      rules: key.prefix(ruleCount).map { rules[Int($0)] },
      contents: key.dropFirst(ruleCount + 1).map { contents[Int($0)] })
    lists[key] = list
    return list
  }

  private static func distinct(_ numbers: [Int32]) -> [Int32] {
    var result: [Int32] = []
    for number in numbers.sorted() where number != result.last { result.append(number) }
    return result
  }

  private func makeList(
    rules: [CompiledRule], contents: [(text: String, classes: ClassSet, zones: [CompiledZone])]
  ) -> CameraRuleList {
    var exemptions = CompiledExemptions()
    for content in contents { exemptions.add(classes: content.classes, zones: content.zones) }
    return CameraRuleList(
      rules: rules, exemptions: exemptions, exemptionText: contents.map(\.text).sorted(),
      findings: findings, names: names, timeZones: timeZones)
  }
}

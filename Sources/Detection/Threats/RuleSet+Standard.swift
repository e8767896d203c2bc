extension RuleSet {
  /// The rules of the demonstration, and a beginning for rules of one's own.
  ///
  /// Every rule asks for the object in three of five frames and for a track whose median is high, so
  /// that one frame of a wrong class, and a curtain that is a person now and then, raise nothing.
  public static let standard = RuleSet(
    rules: [
      ThreatRule(
        id: 100, name: "animals at the door", unsafe: ["raccoon", "fox", "bear", "skunk"],
        match: .any, probability: 600_000, persist: steady, medianProbability: 650_000,
        cooldown: 60_000, severity: .warning),
      ThreatRule(
        id: 200, name: "person in restricted area at night", unsafe: ["person"],
        match: .any, probability: 650_000,
        schedule: Schedule(from: 22 * 60, to: 6 * 60, zone: .device),
        persist: steady, medianProbability: 700_000, cooldown: 60_000, severity: .danger),
      ThreatRule(
        id: 300, name: "person where nobody may be", unsafe: ["person"],
        match: .any, probability: 650_000, persist: steady, medianProbability: 700_000,
        cooldown: 60_000, severity: .danger),
    ],
    assignments: [
      RuleAssignment(devices: ["door*"], rules: [100]),
      RuleAssignment(devices: ["yard*", "dock*"], rules: [200]),
      RuleAssignment(devices: ["restricted*", "vault*"], rules: [300]),
    ])

  private static let steady = ThreatRule.Persistence(frames: 3, of: 5, within: 10_000)
}

import Events

extension RuleSet {
  /// The rules of the demonstration, and a beginning for rules of one's own.
  ///
  /// Every rule asks for several frames, and those for persons for a track whose median is high, so that
  /// one frame of a wrong class, and a curtain that is a person now and then, raise nothing. Animals are
  /// often taken for other animals: their rule names them all and asks for no median, which is a single
  /// class's. Persons are to be found at one frame a second too, where many are before a camera for five
  /// frames only.
  public static let standard = RuleSet(
    rules: [
      ThreatRule(
        id: 100, name: "animals at the door",
        unsafe: ["dog", "cat", "raccoon", "fox", "bear", "skunk"], probability: 620_000,
        persist: steady, severity: .warning),
      ThreatRule(
        id: 200, name: "person in restricted area at night", unsafe: ["person"],
        probability: 720_000, zones: [restricted],
        schedule: Schedule(from: 22 * 60, to: 6 * 60, zone: .device),
        persist: twice, medianProbability: 700_000),
      ThreatRule(
        id: 300, name: "person where nobody may be", unsafe: ["person"],
        probability: 720_000, persist: twice, medianProbability: 700_000),
    ],
    assignments: [
      RuleAssignment(devices: ["door*"], rules: [100]),
      RuleAssignment(devices: ["door*", "yard*", "dock*", "hall*"], rules: [200]),
      RuleAssignment(devices: ["restricted*", "vault*"], rules: [300]),
    ])

  /// The fourth frame of a track at the earliest: two seconds at two frames a second.
  private static let steady = ThreatRule.Persistence(frames: 3, of: 5, within: 10_000)
  /// The third frame of a track at the earliest.
  private static let twice = ThreatRule.Persistence(frames: 2, of: 5, within: 10_000)

  /// The lower right of the image, as the simulator's cameras are set up.
  private static let restricted = ThreatRule.Zone.polygon(
    name: "restricted",
    [
      Point(x: 550_000, y: 450_000), Point(x: 1_000_000, y: 450_000),
      Point(x: 1_000_000, y: 1_000_000), Point(x: 550_000, y: 1_000_000),
    ])
}

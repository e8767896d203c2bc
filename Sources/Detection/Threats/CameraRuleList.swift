import Events

/// The rules that hold for a camera and what is never a threat there. Immutable; one object for all
/// cameras to which the same applies.
final class CameraRuleList {
  /// In the order of the file; ``RuleOutcome/rule`` is a place in it.
  let rules: [CompiledRule]
  let exemptions: CompiledExemptions
  /// What `exemptions` were made of: equal numbers, equal exemptions (within one set of rules).
  let exemptionText: [String]
  /// Every class that is unsafe in any of the rules: a frame without one of them needs no further look.
  let unsafeClasses: ClassSet
  /// Whether any rule asks for the median of an object's track.
  let needsTracks: Bool
  /// How many frames a camera's memory of them holds; 0 if every rule is content with one frame.
  let rememberedFrames: Int
  /// The outcomes of a frame in which there is nothing unsafe.
  let quietOutcomes: [RuleOutcome]
  /// Where the outcomes of one frame are written: shared by all lists of one set of rules.
  let findings: FrameFindings
  let names: FrameNames
  let timeZones: TimeZoneTable

  init(
    rules: [CompiledRule], exemptions: CompiledExemptions, exemptionText: [String],
    findings: FrameFindings, names: FrameNames, timeZones: TimeZoneTable
  ) {
    self.findings = findings
    self.rules = rules
    self.exemptions = exemptions
    self.exemptionText = exemptionText
    self.names = names
    self.timeZones = timeZones
    unsafeClasses = rules.reduce(into: ClassSet()) { $0.formUnion($1.unsafe) }
    needsTracks = rules.contains { $0.median > 0 }
    let longest = rules.map(\.persist.of).max() ?? 1
    rememberedFrames = longest > 1 ? min(64, 2 * longest) : 0
    quietOutcomes = rules.indices.map {
      RuleOutcome(rule: $0, finding: .noUnsafeClass, of: rules[$0].persist.of)
    }
  }

  var isEmpty: Bool { rules.isEmpty }

  func rule(id: Int) -> CompiledRule? { rules.first { $0.id == id } }
}

/// What the rules found in one frame: written anew for each, so that 100,000 cameras need it once.
final class FrameFindings {
  var outcomes: [RuleOutcome] = []
  var matches: [MatchedObject] = []
}

/// What one rule found in one frame of a camera.
struct RuleOutcome: Equatable {
  /// The last that can be said; why-nots in the order in which an object has to pass them.
  enum Finding: UInt8 {
    /// The rule's condition holds.
    case fires
    /// There is an unsafe object, but not yet in enough frames.
    case notYet
    /// Nothing of a class that the rule calls unsafe.
    case noUnsafeClass
    /// It is ignored for this camera.
    case exempted
    case outsideSchedule
    case belowProbability
    case outsideZones
    /// The frame came after a later one, so the object's track is not known, and the rule asks for it.
    case late
    case belowMedian
    /// Under `match: all`, something is there that is not unsafe.
    case otherObject
  }

  /// A place in ``CameraRuleList/rules``.
  var rule: Int
  var finding: Finding
  /// The number of frames with an unsafe object, this one included, among `of`; 0 if this one has none.
  var frames = 0
  var of: Int
  /// A range of ``CameraJudge/matches``: the unsafe objects of `fires` and `notYet`; for the others the
  /// object that came nearest, if there is one.
  var objects = 0..<0

  var holds: Bool { finding == .fires }
}

/// An object that an outcome speaks of.
struct MatchedObject: Equatable {
  /// Its place in `FrameBatch.objects`.
  var object: Int
  /// The place of the zone it stands in among the rule's; −1 if in none, or none is asked for.
  var zone: Int
}

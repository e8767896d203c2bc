import Detection
import Events

/// A model as the database knows it.
public struct ModelRecord: Equatable, Hashable, Sendable {
  /// The model's version.
  public var hash: String
  /// Empty if nobody introduced it; see ``Store/introduce(_:at:)``.
  public var name: String
  /// What it is, in a few words.
  public var kind: String
  /// In milliseconds since 1970.
  public var firstUsed: Int64
}

/// A possible fall as a reader sees it.
public struct FallRecord: Equatable, Sendable {
  /// What one model, or `impact`, said.
  public struct Score: Equatable, Sendable {
    public var role: FallScore.Role
    /// `nil` for `impact`.
    public var model: ModelRecord?
    /// `nil` if it was no number.
    public var probability: Double?
    public var threshold: Double?
    public var isFall: Bool
  }

  /// An alert within whose ``LabelWindow`` the candidate lies.
  public struct Alert: Equatable, Sendable {
    public var id: Int64
    public var verdict: Verdict.Kind?
  }

  public var id: Int64
  public var identity: SubjectIdentity
  /// Event time of the peak, and of the sample at which it was decided; in milliseconds since 1970.
  public var time: Int64
  public var decided: Int64
  /// In g.
  public var peak: Double?
  public var outcome: FallCandidate.Outcome
  /// In the order in which they were asked.
  public var scores: [Score]
  /// In the order of `FallFeature.allCases`, NaN where one is missing or was not yet measured by the
  /// program of that time; empty if none were recorded, or not asked for.
  public var features: [Double]
  /// The record at which it was decided.
  public var place: RecordPlace?
  /// The version of the configuration by which, empty if none had been named.
  public var judgement: String
  /// The nearest alert, if there is one.
  public var alert: Alert?
}

/// A page of possible falls, the newest first.
public struct FallPage: Equatable, Sendable {
  public var items: [FallRecord]
  /// What to give as `before` for the next page; `nil` on the last.
  public var next: Int64?
}

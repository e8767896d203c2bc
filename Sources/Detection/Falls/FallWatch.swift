/// The peaks of one subject that are being looked at as possible falls.
struct FallWatch {
  /// A sample above the trigger that none within the separation exceeds, so far.
  struct Peak: Equatable {
    let time: Int64
    /// In the stream's fixed point.
    let value: Int32
    /// What has been found of it.
    var scores: [FallScore] = []
    var features: [Double] = []
    /// The early model has been asked, and has said that it may be a fall.
    var isEarlyDone = false
    var isPossible = false
    /// The impact has yet to be told as a warning.
    var isImpactNew = false
    /// The models have been asked, or cannot be.
    var isModelDone = false
    var isImpactDone = false
    /// When the impact's sequence is looked at next.
    var nextLook: Int64
    /// What it has been found to be; `nil` while that is open.
    var outcome: FallCandidate.Outcome?
  }

  /// In order of time.
  var peaks: [Peak] = []
  /// Before this time nothing is to be done.
  var nextDue: Int64 = .max
  /// The newest of the peaks: most samples of somebody who runs are below it, and need no other look.
  var newestTime: Int64 = .min
  var newestValue: Int32 = .min
}

/// What is said of a state for which there is no particular reason.
enum UsualReason: String {
  case tooLittle = "not enough data yet"
  case usualRange = "within its usual range"
  case nothingUnsafe = "nothing unsafe in sight"
  case abnormal
  case silent = "no data"

  init(_ state: SafetyState, isCamera: Bool) {
    self =
      switch state {
      case .unknown: .tooLittle
      case .safe: isCamera ? .nothingUnsafe : .usualRange
      case .warning, .danger: .abnormal
      case .stale: .silent
      }
  }
}

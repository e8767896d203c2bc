import Detection
import Synchronization

/// New threat rules on their way to the pipeline's thread, which takes them up between two batches: each
/// batch is judged by one set.
final class RulesInbox: Sendable {
  struct Change: Sendable {
    /// The rules of the camera streams that have new ones, by the stream's place in the configuration.
    var rules: [Int: RuleSet]
    /// What judges from then on.
    var judgement: JudgementVersion
  }

  private let waiting = Mutex<Change?>(nil)

  /// Leaves new rules. What an earlier change has left and this one does not speak of still holds.
  func put(_ rules: [(stream: Int, rules: RuleSet)], judgement: JudgementVersion) {
    waiting.withLock { waiting in
      var change = Change(rules: waiting?.rules ?? [:], judgement: judgement)
      for entry in rules { change.rules[entry.stream] = entry.rules }
      waiting = change
    }
  }

  func take() -> Change? {
    waiting.withLock { waiting in
      let taken = waiting
      waiting = nil
      return taken
    }
  }
}

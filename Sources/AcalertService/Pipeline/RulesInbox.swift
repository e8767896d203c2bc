import Detection
import Synchronization

/// New threat rules and models on their way to the pipeline's thread, which takes them up between two
/// batches: each batch is judged by one set.
final class RulesInbox: Sendable {
  private let waiting = Mutex<JudgementChange?>(nil)

  /// Leaves a change. What an earlier one has left and this one does not speak of still holds.
  func put(_ change: JudgementChange) {
    waiting.withLock { waiting in
      if waiting == nil { waiting = change } else { waiting?.merge(change) }
    }
  }

  func take() -> JudgementChange? {
    waiting.withLock { waiting in
      let taken = waiting
      waiting = nil
      return taken
    }
  }
}

import Detection
import Events
import Foundation
import Synchronization

/// Questions from the dashboard to the pipeline's thread: which samples does a subject's ring hold just
/// now? The pipeline answers between two batches.
final class LiveSamples: Sendable {
  /// One question; `@unchecked Sendable`: `answer` is written before `answered` is signalled and read
  /// after it.
  final class Question: @unchecked Sendable {
    let identity: SubjectIdentity
    let answered = DispatchSemaphore(value: 0)
    var answer: [PackedSamples.Element]?

    init(_ identity: SubjectIdentity) { self.identity = identity }
  }

  private static let capacity = 64
  private let questions = Mutex<[Question]>([])

  /// The ring's samples, oldest first; `nil` if the subject is unknown, or the pipeline too busy to say
  /// within half a second.
  func samples(of identity: SubjectIdentity) -> [PackedSamples.Element]? {
    let question = Question(identity)
    let isTaken = questions.withLock { waiting in
      guard waiting.count < Self.capacity else { return false }
      waiting.append(question)
      return true
    }
    guard isTaken, question.answered.wait(timeout: .now() + 0.5) == .success else { return nil }
    return question.answer
  }

  /// The questions that wait, for the pipeline to answer.
  func take() -> [Question] {
    questions.withLock { waiting in
      let taken = waiting
      waiting.removeAll()
      return taken
    }
  }
}

import Foundation
import Synchronization

/// Lets a process run only a part of each hundredth of a second, by stopping and continuing it: what a
/// control group's quota of processor time does, without the right to make one.
final class Quota {
  private let process: pid_t
  private let ending = Ending()
  private var thread: Thread?

  private final class Ending: Sendable {
    let hasBegun = Atomic(false)
  }

  /// - Parameter part: above 0; 1 sets no limit.
  init(of process: pid_t, part: Double) throws {
    self.process = process
    guard part < 1 else { return }
    let run = useconds_t(part * 10_000)
    let rest = useconds_t((1 - part) * 10_000)
    let thread = Thread { [ending] in
      while !ending.hasBegun.load(ordering: .relaxed) {
        kill(process, SIGSTOP)
        usleep(rest)
        kill(process, SIGCONT)
        usleep(run)
      }
    }
    thread.name = "quota"
    thread.start()
    self.thread = thread
  }

  /// Lifts the limit.
  func end() {
    ending.hasBegun.store(true, ordering: .relaxed)
    while thread?.isFinished == false { usleep(1_000) }
    kill(process, SIGCONT)
    thread = nil
  }
}

import Detection
import Synchronization
import Threads

extension BacktestRunner {
  /// Reads recordings and judges them while the next ones are read: no more than a few are in memory.
  ///
  /// - Parameters:
  ///   - next: gives the next trial; `nil` at the end.
  ///   - digest: makes of a trial and its outcome what is kept. It is called on several threads.
  /// - Returns: what was made, in the order in which the trials were read.
  public func stream<Digest: Sendable>(
    next: () throws(BacktestError) -> LabelledTrial?,
    digest: @escaping @Sendable (LabelledTrial, TrialOutcome) -> Digest
  ) throws -> [Digest] {
    let queue = TrialQueue<(place: Int, trial: LabelledTrial)>(limit: 4 * threads)
    let results = Results<Digest>()
    var workers: [NamedThread] = []
    for number in 0..<threads {
      let work: @Sendable () -> Void = { [self] in
        while let (place, trial) = queue.take() {
          do throws(RulesError) {
            let outcome = try judge(trial.recording, user: trial.label.user)
            results.put(digest(trial, outcome), at: place)
          } catch {
            results.fail(error)
            queue.close()
          }
        }
      }
      do throws(ThreadError) {
        workers.append(try NamedThread(name: "backtest-\(number)", work))
      } catch {
        // Fewer threads do the same work, but one there must be.
        if workers.isEmpty { throw error }
      }
    }
    var fault: BacktestError?
    do throws(BacktestError) {
      var place = 0
      while let trial = try next() {
        guard queue.put((place, trial)) else { break }
        place += 1
      }
    } catch {
      fault = error
    }
    queue.close()
    for worker in workers { worker.join() }
    if let fault { throw fault }
    return try results.inOrder()
  }

  private final class Results<Digest: Sendable>: Sendable {
    private let state = Mutex<(values: [Int: Digest], fault: RulesError?)>(([:], nil))

    func put(_ value: Digest, at place: Int) { state.withLock { $0.values[place] = value } }
    func fail(_ error: RulesError) { state.withLock { $0.fault = error } }

    func inOrder() throws(RulesError) -> [Digest] {
      let (values, fault) = state.withLock { $0 }
      if let fault { throw fault }
      return values.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}

extension LabelledTrial {
  /// Reads all labelled recordings into memory, for judging them many times.
  ///
  /// - Parameters:
  ///   - isIncluded: whether a trial is to be kept, by its label.
  /// - Returns: the trials in the order of the files, and how many recordings had no label.
  public static func read(
    paths: [String], labels: LabelBook, options: RecordingOptions = RecordingOptions(),
    where isIncluded: (TrialLabel) -> Bool = { _ in true }
  ) throws(BacktestError) -> (trials: [LabelledTrial], unlabelled: Int) {
    var reader = try RecordingReader(paths: paths, options: options)
    var trials: [LabelledTrial] = []
    var unlabelled = 0
    while let recording = try reader.read() {
      guard let label = labels.label(of: recording) else {
        unlabelled += 1
        continue
      }
      if isIncluded(label) {
        trials.append(LabelledTrial(recording: recording, label: label))
      }
    }
    return (trials, unlabelled)
  }
}
